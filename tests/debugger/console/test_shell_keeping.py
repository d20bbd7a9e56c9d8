"""What was entered in a shell is kept: where it stands, whether it is run, and what is said of it."""

import pytest

from stepper.debugger.inspection import ShellPlace
from stepper.debugger.state import Status
from stepper.engine.protocol import EndedShell, EnteredCommand, unheard
from stepper.errors import EngineError, UsageError
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine, added, file_entry

TEXT = "FROM busybox\nENV A=1\nRUN --mount=type=cache,target=/c make\nRUN test\n"
SIZE = (24, 80)


def leave(
    debugged: Debugged, line: int | None, place: ShellPlace, *commands: EnteredCommand, why_not: str = ""
) -> None:
    """Enter commands in a shell, and leave it."""
    debugged.engine.entered = EndedShell(commands, False, "shell-1", why_not)
    debugged.session.open_shell(None if line is None else debugged.step(line), SIZE, place).close()


def keep(debugged: Debugged) -> str:
    return debugged.session.console.run("keep shell", unheard).text


ONE, TWO, BAD = EnteredCommand("one", 0), EnteredCommand("two", 0), EnteredCommand("bad", 3)


def test_all_that_was_entered_becomes_a_step_whose_snapshot_is_what_the_shell_did(
    debug: Debug, engine: ScriptedEngine
) -> None:
    debugged = debug(TEXT)
    engine.on("RUN one && two", changes=[added("/made", 1)])
    debugged.session.run_to(debugged.step(4))
    leave(debugged, None, ShellPlace.AFTER, ONE, TWO)
    ran = engine.ran
    told = keep(debugged)
    assert "its snapshot is what the shell did: nothing was run" in told
    assert "failed" not in told
    assert debugged.state.text == TEXT.replace("RUN test", "RUN one && two\nRUN test")
    assert debugged.at(4).status is Status.CACHED
    assert "/made" in debugged.session.snapshots.listing(debugged.step(4))
    assert debugged.line == 5
    assert engine.ran == ran
    assert "release shell shell-1" in engine.calls


def test_where_no_run_can_be_run_nothing_is_kept_and_that_is_said(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(TEXT)
    debugged.session.run_to(debugged.step(4))
    engine.entered = EndedShell((ONE,), False, "shell-1", "the image has no shell", no_run="the image has no shell")
    debugged.session.open_shell(None, SIZE, ShellPlace.AFTER).close()
    left = debugged.session.console.shells.left
    assert left is not None
    assert [(each.remark, each.is_refused) for each in left.offered] == [("no RUN can be run here", True)]
    with pytest.raises(UsageError, match="nothing can be kept here: the image has no shell") as raised:
        keep(debugged)
    assert "COPY --from" in (raised.value.hint or "")
    assert debugged.state.text == TEXT


def test_with_no_cache_it_is_not_run_either(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(TEXT, no_cache=True)
    debugged.session.run_to(debugged.step(4))
    leave(debugged, None, ShellPlace.AFTER, ONE)
    ran = engine.ran
    keep(debugged)
    assert engine.ran == ran


def test_where_only_some_is_kept_it_is_run_anew_and_that_is_said(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(TEXT)
    debugged.session.run_to(debugged.step(4))
    leave(debugged, None, ShellPlace.AFTER, ONE, BAD, TWO)
    assert "it was run anew: only some of what was entered is kept" in keep(debugged)
    assert engine.ran[-1] == "RUN one && two"
    assert not any(call.startswith("adopt") for call in engine.calls)


def test_what_is_not_surely_the_same_is_run_anew(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(TEXT)
    engine.on("RUN one", exit_code=2)
    debugged.session.run_to(debugged.step(4))
    leave(debugged, None, ShellPlace.AFTER, ONE, why_not="its startup files changed the environment")
    told = keep(debugged)
    assert "it was run anew (its startup files changed the environment), and it fails" in told
    assert debugged.at(4).status is Status.FAILED
    debugged.session.console.run("undo", unheard)
    assert debugged.state.text == TEXT
    assert debugged.line == 4


def test_after_a_step_that_ran_before_it_stands_there_and_the_build_goes_back_to_it(
    debug: Debug, engine: ScriptedEngine
) -> None:
    debugged = debug(TEXT)
    debugged.session.resume()
    leave(debugged, 2, ShellPlace.AFTER, ONE)
    keep(debugged)
    assert debugged.state.text == TEXT.replace("ENV A=1\n", "ENV A=1\nRUN one\n")
    assert (debugged.at(3).status, debugged.line) == (Status.CACHED, 4)
    debugged.session.resume()
    leave(debugged, 5, ShellPlace.AFTER, TWO)
    keep(debugged)
    assert debugged.state.text.endswith("RUN test\nRUN two\n")


def test_the_mounts_that_the_shell_had_are_the_run_s_too(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.run_to(debugged.step(3))
    leave(debugged, 3, ShellPlace.BEFORE, ONE)
    keep(debugged)
    assert "ENV A=1\nRUN --mount=type=cache,target=/c one\nRUN --mount" in debugged.state.text


def test_in_a_failed_step_it_stands_before_that_and_is_run_on_the_state_before_it(
    debug: Debug, engine: ScriptedEngine
) -> None:
    debugged = debug(TEXT)
    engine.on("RUN test", exit_code=1)
    debugged.session.resume()
    leave(debugged, None, ShellPlace.AFTER, ONE, why_not="it was in a failed step's container")
    told = keep(debugged)
    assert "run anew: it was in a failed step's container" in told
    assert "it stands above the instruction that failed, on the state before that" in told
    assert debugged.state.text == TEXT.replace("RUN test", "RUN one\nRUN test")
    assert (engine.ran[-1], debugged.line) == ("RUN one", 5)
    assert debugged.state.failure is None


def test_several_lines_are_kept_as_a_heredoc_and_taken_out_again(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.run_to(debugged.step(4))
    leave(debugged, None, ShellPlace.AFTER, EnteredCommand("for i in a\ndo x\ndone", 0))
    keep(debugged)
    assert debugged.state.text == TEXT.replace("RUN test", "RUN <<EOF\nset -e\nfor i in a\ndo x\ndone\nEOF\nRUN test")
    assert debugged.at(4).status is Status.CACHED
    debugged.session.console.run("undo", unheard)
    assert debugged.state.text == TEXT


def test_a_secret_is_never_written(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.run_to(debugged.step(4))
    leave(debugged, None, ShellPlace.AFTER, ONE, EnteredCommand("echo *** >f", 0, has_secret=True))
    with pytest.raises(UsageError, match="names a secret"):
        debugged.session.console.shells.keep([0, 1])
    keep(debugged)
    assert "RUN one\n" in debugged.state.text


def test_nothing_is_kept_of_a_shell_that_an_error_came_between(
    debug: Debug, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> str:
        raise EngineError("could not read the shell's changes")

    monkeypatch.setattr(engine, "adopt_shell", fails)
    debugged = debug(TEXT)
    debugged.session.run_to(debugged.step(4))
    leave(debugged, None, ShellPlace.AFTER, ONE)
    with pytest.raises(EngineError, match="could not read the shell's changes"):
        keep(debugged)
    assert "release shell shell-1" in engine.calls


def test_what_cannot_be_kept_is_told_and_the_file_stays(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(TEXT)
    with pytest.raises(UsageError, match="nothing was entered"):
        keep(debugged)
    debugged.session.run_to(debugged.step(4))
    leave(debugged, None, ShellPlace.AFTER, BAD)
    with pytest.raises(UsageError, match="none of its commands ended with exit code 0"):
        keep(debugged)
    leave(debugged, None, ShellPlace.AFTER, ONE)
    engine.image("busybox", files={"/other": file_entry(1)})
    debugged.write(TEXT.replace("A=1", "A=2"))
    debugged.session.reload()
    with pytest.raises(UsageError, match="none of the build any more"):
        keep(debugged)
    assert "RUN one" not in debugged.state.text


def test_a_shell_in_which_nothing_was_entered_leaves_the_one_before_to_be_kept(
    debug: Debug, engine: ScriptedEngine
) -> None:
    debugged = debug(TEXT)
    debugged.session.run_to(debugged.step(4))
    leave(debugged, None, ShellPlace.AFTER, ONE)
    leave(debugged, None, ShellPlace.AFTER)
    keep(debugged)
    assert "RUN one" in debugged.state.text
