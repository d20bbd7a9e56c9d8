"""Shells inside of a RUN that waits: what they change is told apart from what its commands change."""

import pytest

from stepper.debugger.inspection import ShellPlace
from stepper.engine.protocol import ShellSession
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import added, modified
from tests.scripted_stepped_run import ScriptedCommand

TEXT = "FROM busybox\nRUN one && two && three\n"


def _inside(debug: Debug) -> Debugged:
    debugged = debug(TEXT)
    debugged.engine.on(
        "RUN one",
        commands={0: ScriptedCommand(changes=[added("/one", 1)]), 1: ScriptedCommand(changes=[added("/two", 1)])},
    )
    debugged.session.step_over()
    debugged.session.step_into()
    debugged.session.step_over()
    return debugged


def _shell(debugged: Debugged, *paths: str) -> None:
    shell = debugged.session.open_shell(debugged.step(2), (24, 80))
    assert debugged.engine.stepped is not None
    debugged.engine.stepped.change(*(added(path, 3) for path in paths))
    shell.close()
    shell.close()


def test_what_a_shell_changed_is_its_own_and_not_the_next_command_s(debug: Debug) -> None:
    debugged = _inside(debug)
    _shell(debugged, "/by-hand")
    debugged.session.step_over()
    _shell(debugged, "/again")
    debugged.session.step_over()

    record = debugged.at(2)
    told = [(each.before, [change.path for change in each.layer.changes]) for each in record.shell_changes]
    assert told == [(1, ["/by-hand"]), (2, ["/again"])]
    known = [record.changes_of(number) for number in range(3)]
    assert [[change.path for change in layer.changes] for layer in known if layer is not None] == [
        ["/one"],
        ["/two"],
        [],
    ]
    assert record.layer is not None
    assert [change.path for change in record.layer.changes] == ["/again", "/by-hand", "/one", "/two"]


def test_while_the_run_stands_its_changes_are_shown_with_those_of_the_shell(debug: Debug) -> None:
    debugged = _inside(debug)
    _shell(debugged, "/by-hand")

    record = debugged.at(2)
    assert record.layer is not None
    assert [change.path for change in record.layer.changes] == ["/by-hand", "/one"]
    assert debugged.state.inside is not None


def test_the_console_looks_at_what_a_shell_left(debug: Debug) -> None:
    debugged = _inside(debug)
    debugged.session.console.run("tried", lambda _: None)
    _shell(debugged, "/by-hand")
    assert debugged.engine.kept == {}
    assert "true" in debugged.session.console.run('p exists("/by-hand")', lambda _: None).text


@pytest.mark.parametrize("paths", [("/by-hand",), ()])
def test_a_shell_opened_while_a_command_ran_is_looked_after_where_the_run_stands_then(
    debug: Debug, paths: tuple[str, ...]
) -> None:
    debugged = debug(TEXT)
    shells: list[ShellSession] = []

    def enter() -> None:
        shells.append(debugged.session.open_shell(debugged.step(2), (24, 80), ShellPlace.RUNNING))

    debugged.engine.on("RUN one", commands={0: ScriptedCommand(changes=[added("/one", 1)], hook=enter)})
    debugged.session.step_over()
    debugged.session.step_into()
    debugged.session.step_over()
    debugged.session.console.run("tried", lambda _: None)
    assert debugged.engine.stepped is not None
    debugged.engine.stepped.change(*(added(path, 3) for path in paths))
    shells[0].close()
    debugged.session.look_after_shell(debugged.step(2))

    record = debugged.at(2)
    assert record.layer is not None
    assert [change.path for change in record.layer.changes] == [*paths, "/one"]
    assert [[change.path for change in each.layer.changes] for each in record.shell_changes] == [[*paths]] * len(paths)
    assert debugged.engine.kept == {}


def test_a_shell_left_when_the_session_stands_elsewhere_is_not_looked_after(debug: Debug) -> None:
    debugged = _inside(debug)
    assert debugged.engine.stepped is not None
    debugged.engine.stepped.change(added("/by-hand", 3))
    debugged.session.look_after_shell(debugged.step(1))
    assert debugged.at(2).shell_changes == ()


def test_a_shell_before_the_run_is_not_one_inside(debug: Debug) -> None:
    debugged = _inside(debug)
    shell = debugged.session.open_shell(debugged.step(2), (24, 80), ShellPlace.BEFORE)
    shell.close()
    assert debugged.at(2).shell_changes == ()


def test_a_path_that_a_shell_changed_and_a_command_changed_again_is_the_command_s_too(debug: Debug) -> None:
    debugged = _inside(debug)
    _shell(debugged, "/two")
    debugged.engine.on("RUN other", changes=[modified("/x", 1, was=1)])
    debugged.session.step_over()

    layer = debugged.at(2).changes_of(1)
    assert layer is not None
    assert [(change.path, change.kind.value) for change in layer.changes] == [("/two", "~")]
