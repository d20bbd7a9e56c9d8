"""The console inside of a RUN: it looks at the state in which the RUN waits, and tries commands in a copy of that."""

import pytest

from stepper.engine.protocol import Attempt, unheard
from stepper.engine.step import StandingRun
from stepper.errors import EngineError, StepperError, UsageError
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine, added, file_entry
from tests.scripted_stepped_run import ScriptedCommand

TEXT = "FROM busybox\nENV A=1\nARG V=2\nRUN cd /workspace && make one && make two\nRUN test\n"
COPY = "it ran in a copy of the RUN, as it stands before command 3 of 3"


@pytest.fixture
def inside(debug: Debug, engine: ScriptedEngine) -> Debugged:
    """A session that stands before the last command of a RUN."""
    engine.image("busybox", files={"/etc/os-release": file_entry(5)})
    engine.contents["/workspace/one"] = b"made\n"
    engine.on("RUN cd", commands={1: ScriptedCommand(changes=[added("/workspace/one", 5)], seconds=2.0)})
    engine.standing_in = StandingRun("", "/workspace", {"PATH": "/bin", "A": "1", "EXPORTED": "yes"}, {"own": "it's"})
    debugged = debug(TEXT)
    debugged.session.run_to(debugged.step(4))
    for _ in range(3):
        debugged.session.step_into()
    return debugged


def test_expressions_see_the_files_the_variables_and_the_changes_as_they_are_now(inside: Debugged) -> None:
    def printed(expression: str) -> str:
        return inside.session.console.run(f"p {expression}", unheard).text

    assert "true" in printed('exists("/workspace/one")')
    assert "made" in printed('file("/workspace/one")')
    assert "true" in printed('changed("/workspace/*")')
    assert "5 B" in printed("layer.size")
    assert "yes" in printed("env.EXPORTED")
    assert "it's" in printed("env.own")
    assert "2" in printed("arg.V")
    assert "/workspace" in printed("workdir")
    assert "make one" in printed("text")
    with pytest.raises(StepperError, match="not ended"):
        printed("exit_code")
    assert inside.engine.kept == {}, "nothing is copied for a look"


def test_a_command_runs_in_a_copy_with_the_shell_s_directory_and_variables(inside: Debugged) -> None:
    engine, before = inside.engine, inside.session.state
    engine.on("RUN ls", output=["one\n"], changes=[added("/tried", 1)])
    answer = inside.session.console.run("ls", unheard)

    assert (answer.notes, answer.failure) == ((COPY,), None)
    assert engine.calls[-2:] == [f"copy {before.record(inside.step(4)).instruction.text} to container-1",
                                 "attempt RUN ls in container-1"]  # fmt: skip
    step = engine.attempted[-1]
    assert step.environment["EXPORTED"] == "yes"
    assert step.environment["V"] == "2"
    assert step.operation.script == "own='it'\"'\"'s'; ls"  # type: ignore[union-attr]  # a RUN has one
    assert inside.session.state == before


def test_the_next_command_runs_in_the_same_copy_and_moving_on_ends_it(inside: Debugged) -> None:
    inside.session.console.run("one", unheard)
    inside.session.console.run("two", unheard)
    assert inside.session.console.run("p line", unheard).notes == (
        "in the copy of the RUN, as what was tried there left it",
    )
    assert [call for call in inside.engine.calls if call.startswith("copy")] == [
        "copy RUN cd /workspace && make one && make two to container-1"
    ]
    assert list(inside.engine.kept) == ["container-1"]
    inside.session.step_over()

    assert inside.engine.kept == {}
    assert inside.line == 5
    assert "/tried" not in [change.path for change in inside.at(4).layer.changes]  # type: ignore[union-attr]  # it ran


def test_a_copy_whose_container_has_ended_is_given_up(inside: Debugged, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Attempt:
        raise EngineError("the container has ended")

    inside.session.console.run("one", unheard)
    with monkeypatch.context() as patched:
        patched.setattr(ScriptedEngine, "attempt", fail)
        with pytest.raises(EngineError, match="the container has ended") as raised:
            inside.session.console.run("two", unheard)
    assert "the next command gets a new one" in (raised.value.hint or "")
    assert inside.engine.kept == {}
    inside.session.console.run("three", unheard)
    assert inside.engine.calls[-1] == "attempt RUN three in container-2"


@pytest.mark.parametrize("leave", ["step_back", "restart", "resume", "close"])
def test_however_it_is_left_the_copy_goes(inside: Debugged, leave: str) -> None:
    inside.session.console.run("one", unheard)
    getattr(inside.session, leave)()

    assert inside.engine.kept == {}


def test_what_failed_there_is_told_and_the_run_goes_on(inside: Debugged) -> None:
    inside.engine.on("RUN bad", exit_code=3)
    answer = inside.session.console.run("bad", unheard)

    assert answer.failure is not None
    assert answer.failure.exit_code == 3
    assert inside.state.inside is not None
    inside.session.step_over()
    assert inside.ran() == [1, 2, 3, 4]


def test_only_commands_can_be_tried(inside: Debugged) -> None:
    with pytest.raises(UsageError, match="inside of a RUN only commands"):
        inside.session.console.run("ENV A=2", unheard)
    assert inside.engine.kept == {}


def test_completion_knows_the_shell_s_variables_and_the_files_of_now(inside: Debugged) -> None:
    complete = inside.session.console.complete
    assert complete("cat on") == ["one"]
    assert complete("echo $EX") == ["$EXPORTED"]
    assert complete("echo $o") == ["$own"]


def test_what_is_kept_becomes_a_step_above_the_run(inside: Debugged) -> None:
    inside.session.console.run("mkdir /x", unheard)
    inside.session.console.run("keep", unheard)

    assert inside.state.text == TEXT.replace("RUN cd", "RUN mkdir /x\nRUN cd")
    assert (inside.line, inside.state.inside) == (5, None)
    assert inside.engine.kept == {}
