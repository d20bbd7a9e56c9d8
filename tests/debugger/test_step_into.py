"""Inside of a RUN: one command after the other, what each did, and how it is left."""

import pytest

from stepper.debugger.pausing import seconds_so_far, seconds_so_far_of_all
from stepper.debugger.state import Mode, Status, StopReason
from stepper.image.layer import Change, ChangeKind
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import added, deleted, directory_entry, modified
from tests.scripted_stepped_run import ScriptedCommand

FILE = """\
FROM busybox
RUN set -e; \\
    # why
    make all && \\
    make install
RUN after
"""


def _inside(debug: Debug, *, commands: dict[int, ScriptedCommand] | None = None, text: str = FILE) -> Debugged:
    debugged = debug(text)
    debugged.engine.on("RUN", commands=commands or {})
    debugged.session.step_over()
    debugged.events.clear()
    debugged.session.step_into()
    return debugged


def _results(debugged: Debugged) -> list[tuple[str, int | None, list[str]]]:
    inside = debugged.state.inside
    assert inside is not None
    record = debugged.state.record(inside.step)
    return [
        (run.text, run.exit_code, [f"{change.kind.value}{change.path}" for change in layer.changes])
        for run, layer in zip(record.commands, record.command_changes, strict=True)
    ]


def test_it_stops_before_the_first_command(debug: Debug) -> None:
    debugged = _inside(debug)

    inside = debugged.state.inside
    assert inside is not None
    assert [(command.title, command.line) for command in inside.commands] == [
        ("set -e", 2), ("make all", 4), ("make install", 5)
    ]  # fmt: skip
    assert (inside.next, inside.next_command.title, debugged.at(2).commands) == (0, "set -e", ())
    assert (debugged.line, debugged.mode, debugged.state.running) == (2, Mode.STOPPED, ())
    assert debugged.told() == ["started 2", "stopped at 2: step"]


def test_each_command_shows_what_it_printed_and_changed(debug: Debug) -> None:
    debugged = _inside(
        debug,
        commands={
            0: ScriptedCommand(changes=[added("/a", 1)]),
            1: ScriptedCommand("made\n", seconds=2.5, changes=[added("/b", 1), modified("/c", 3, was=2)]),
        },
    )
    debugged.session.step_over()
    assert _results(debugged) == [("set -e", 0, ["+/a"])]
    debugged.session.step_into()
    assert _results(debugged) == [("set -e", 0, ["+/a"]), ("make all", 0, ["+/b", "~/c"])]

    record = debugged.at(2)
    result = record.commands[1]
    assert (result.number, result.seconds, result.output) == (1, 2.5, (0, 5))
    assert record.changes_of(2) is None
    assert record.layer is not None
    assert [change.path for change in record.layer.changes] == ["/a", "/b", "/c"]
    assert record.status is Status.RUNNING


def test_a_command_that_undoes_another_one_s_change_is_seen_to_do_it(debug: Debug) -> None:
    debugged = _inside(
        debug,
        commands={
            0: ScriptedCommand(changes=[added("/a", 1), deleted("/d", 5)]),
            1: ScriptedCommand(changes=[added("/a", 7)]),
        },
    )
    debugged.session.step_over()
    debugged.session.step_over()

    assert _results(debugged)[1] == ("make all", 0, ["~/a"])


def test_a_directory_that_the_engine_alone_touched_is_no_command_s_change(debug: Debug) -> None:
    def touched(path: str, ctime_ns: int) -> Change:
        entry = directory_entry()
        return Change(path, ChangeKind.MODIFIED, entry, entry._replace(ctime_ns=ctime_ns))

    debugged = _inside(
        debug,
        commands={
            0: ScriptedCommand(changes=[added("/a", 1), touched("/", 1), touched("/etc", 1)]),
            1: ScriptedCommand(changes=[touched("/", 2), touched("/etc", 2), added("/etc/new", 1)]),
        },
    )
    debugged.session.step_over()
    debugged.session.step_over()

    assert _results(debugged)[1] == ("make all", 0, ["~/etc", "+/etc/new"])


def test_the_last_command_ends_the_step(debug: Debug) -> None:
    debugged = _inside(debug)
    for _ in range(3):
        debugged.session.step_over()

    assert debugged.state.inside is None
    assert debugged.line == 6
    assert [run.text for run in debugged.at(2).commands] == ["set -e", "make all", "make install"]
    assert debugged.told()[-2:] == ["finished 2", "stopped at 6: step"]


@pytest.mark.parametrize("exit_code", [0, 1])
def test_what_each_command_changed_stays_known_once_the_run_has_ended(debug: Debug, exit_code: int) -> None:
    debugged = _inside(
        debug,
        commands={
            0: ScriptedCommand(changes=[added("/a", 1)]),
            1: ScriptedCommand(changes=[added("/b", 1), modified("/c", 3, was=2)]),
            2: ScriptedCommand(changes=[added("/d", 1)], exit_code=exit_code),
        },
    )
    for _ in range(3):
        debugged.session.step_over()

    record = debugged.at(2)
    assert record.status is (Status.FAILED if exit_code else Status.DONE)
    known = [record.changes_of(number) for number in range(3)]
    assert [[change.path for change in layer.changes] for layer in known if layer is not None] == [
        ["/a"], ["/b", "/c"], ["/d"]
    ]  # fmt: skip


def test_of_commands_that_ran_without_a_stop_nobody_knows_which_changed_what(debug: Debug) -> None:
    debugged = _inside(debug, commands={number: ScriptedCommand(changes=[added(f"/{number}", 1)]) for number in (0, 2)})
    debugged.session.step_over()
    debugged.session.step_out()

    record = debugged.at(2)
    first = record.changes_of(0)
    assert first is not None
    assert [change.path for change in first.changes] == ["/0"]
    assert (record.changes_of(1), record.changes_of(2)) == (None, None)


def test_the_clock_stands_still_while_the_session_stands_at_a_command(debug: Debug) -> None:
    debugged = _inside(debug)
    record = debugged.at(2)
    assert record.paused_since is not None
    later = record.paused_since + 3600
    assert seconds_so_far(record, later) == seconds_so_far(record, record.paused_since)
    before = debugged.state.built_seconds
    assert seconds_so_far_of_all(debugged.state, later) == before + seconds_so_far(record, later)

    debugged.session.step_over()
    again = debugged.at(2)
    assert again.paused > 0
    assert again.paused_since is not None
    assert again.paused_since > record.paused_since


def test_step_out_runs_what_is_left_of_the_run(debug: Debug) -> None:
    debugged = _inside(debug)
    debugged.session.step_over()
    debugged.session.step_out()

    assert (debugged.line, debugged.state.inside) == (6, None)
    assert debugged.ran() == [1, 2]


def test_continue_goes_on_from_inside(debug: Debug) -> None:
    debugged = _inside(debug)
    debugged.session.resume()

    assert debugged.mode is Mode.FINISHED
    assert debugged.ran() == [1, 2, 6]
    assert debugged.engine.calls.count("step into RUN set -e;     make all &&     make install") == 1


def test_run_to_cursor_goes_on_from_inside(debug: Debug) -> None:
    debugged = _inside(debug)
    debugged.session.run_to(debugged.step(6))

    assert (debugged.line, debugged.state.inside, debugged.ran()) == (6, None, [1, 2])


def test_stepping_back_gives_the_run_up_and_stands_before_it_again(debug: Debug) -> None:
    debugged = _inside(debug)
    debugged.session.step_over()
    debugged.session.step_back()

    assert (debugged.line, debugged.mode, debugged.state.inside) == (2, Mode.STOPPED, None)
    assert debugged.at(2).status is Status.WAITING
    assert debugged.engine.kept == {}
    debugged.session.step_back()
    assert debugged.line == 1


def test_a_restart_and_a_new_begin_give_it_up(debug: Debug) -> None:
    debugged = _inside(debug)
    debugged.session.restart()
    debugged.session.step_over()
    debugged.session.step_over()

    assert (debugged.line, debugged.ran()) == (6, [1, 2])
    assert debugged.engine.kept == {}


@pytest.mark.parametrize(
    "edited",
    [
        pytest.param(FILE.replace("# why", "# why not"), id="a comment in it"),
        pytest.param(FILE.replace("RUN after", "RUN other"), id="a line after it"),
        pytest.param(f"{FILE}FROM scratch AS other\nFROM scratch\nCOPY --from=0 / /\n", id="stages after it"),
    ],
)
def test_an_edit_elsewhere_leaves_it_as_it_stands(debug: Debug, edited: str) -> None:
    debugged = _inside(debug, commands={0: ScriptedCommand(changes=[added("/a", 1)])})
    debugged.session.step_over()
    debugged.write(edited)
    debugged.session.reload()

    inside = debugged.state.inside
    assert inside is not None
    assert (debugged.line, debugged.state.stop, inside.next_command.title) == (2, StopReason.EDITED, "make all")
    assert _results(debugged) == [("set -e", 0, ["+/a"])]
    assert debugged.notices() == []
    debugged.session.step_over()
    debugged.session.step_over()
    assert (debugged.line, debugged.at(2).status, debugged.ran()) == (6, Status.DONE, [1, 2])


def test_lines_above_it_move_its_commands(debug: Debug) -> None:
    debugged = _inside(debug)
    debugged.write("# syntax=docker/dockerfile:1\n\n" + FILE)
    debugged.session.reload()

    inside = debugged.state.inside
    assert inside is not None
    assert [command.line for command in inside.commands] == [4, 6, 7]
    assert debugged.line == 4


def test_it_stays_next_where_an_edit_makes_another_stage_wait(debug: Debug) -> None:
    other, rest = "FROM busybox AS other\nRUN one\n", "FROM busybox\nRUN a && b\nCOPY --from=other /a /\n"
    debugged = debug(other + rest)
    debugged.session.go_to(1)
    debugged.session.step_into()
    assert debugged.state.inside is not None
    debugged.write(other.replace("one", "two") + rest)
    debugged.session.reload()

    assert debugged.state.inside is not None
    assert debugged.line == 4
    debugged.session.step_out()
    assert debugged.at(4).ran


@pytest.mark.parametrize(
    "edited",
    [
        pytest.param(FILE.replace("make all", "make some"), id="the RUN"),
        pytest.param(FILE.replace("FROM busybox\n", "FROM busybox\nENV A=1\n"), id="a line before it"),
        pytest.param(FILE.replace("FROM busybox\n", 'FROM busybox\nSHELL ["/bin/sh", "-ec"]\n'), id="its shell"),
        pytest.param(f"FROM busybox AS first\n{FILE}", id="a stage above it"),
        pytest.param(f"{FILE}FROM busybox\n", id="a target that does not need it"),
        pytest.param("FROM busybox\n", id="the RUN is gone"),
    ],
)
def test_an_edit_of_it_or_of_what_it_stands_on_gives_it_up_and_says_so(debug: Debug, edited: str) -> None:
    debugged = _inside(debug)
    debugged.write(edited)
    debugged.session.reload()

    assert debugged.state.inside is None
    assert not [record for record in debugged.state.steps if record.status is Status.RUNNING]
    assert any("has to be run again" in notice for notice in debugged.notices())
    assert debugged.engine.kept == {}


def test_what_was_given_up_by_an_edit_is_next_again(debug: Debug) -> None:
    debugged = _inside(debug)
    debugged.write(FILE.replace("make all", "make some"))
    debugged.session.reload()

    assert (debugged.line, debugged.state.inside) == (2, None)
    assert debugged.state.stop is StopReason.EDITED


def test_the_command_that_fails_is_named_with_its_line(debug: Debug) -> None:
    debugged = _inside(debug, commands={1: ScriptedCommand("no rule\n", exit_code=2)})
    debugged.session.step_over()
    debugged.session.step_over()

    record = debugged.at(2)
    assert record.failure is not None
    assert record.failure.message == "`make all` on line 4 ended with exit code 2"
    assert (debugged.state.inside, debugged.state.stop) == (None, StopReason.FAILURE)
    assert debugged.line == 2


def test_the_command_that_fails_is_named_also_when_nobody_stepped_into_it(debug: Debug) -> None:
    debugged = debug(FILE)
    debugged.engine.on("RUN", commands={2: ScriptedCommand(exit_code=1)})
    debugged.session.resume()

    record = debugged.at(2)
    assert record.failure is not None
    assert record.failure.message == "`make install` on line 5 ended with exit code 1"


def test_what_cannot_be_split_is_stepped_over_and_says_why(debug: Debug) -> None:
    debugged = _inside(debug, text='FROM busybox\nRUN ["make"]\nRUN alias a=b; c\nENV A=b\n')
    assert debugged.state.inside is None
    assert debugged.line == 3
    debugged.session.step_into()
    debugged.session.step_into()

    assert debugged.ran() == [1, 2, 3, 4]
    assert debugged.notices() == [
        "Stepped over as a whole: it starts its program without a shell.",
        "Stepped over as a whole: it uses alias.",
        "Stepped over as a whole: it is no RUN.",
    ]


def test_a_shell_inside_is_one_in_the_running_step(debug: Debug) -> None:
    debugged = _inside(debug)
    debugged.session.open_shell(None, (24, 80))

    assert debugged.engine.calls[-1] == "shell into RUN set -e;     make all &&     make install"


def test_closing_the_session_leaves_nothing_behind(debug: Debug) -> None:
    debugged = _inside(debug)
    debugged.session.close()

    assert debugged.engine.closed
    assert debugged.engine.kept == {}
