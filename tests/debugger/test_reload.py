"""An edited Dockerfile: what stays valid, where the position goes, and that nothing is lost by a mistake."""

import os

import pytest

from stepper.debugger.events import StateChanged
from stepper.debugger.state import Mode, Status, StopReason
from stepper.image.config import ImageConfig
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine, directory_entry
from tests.scripted_stepped_run import ScriptedCommand

TEXT = """\
FROM busybox
ENV A=1
RUN one
RUN two
RUN three
"""


def at_line_5(debug: Debug) -> Debugged:
    debugged = debug(TEXT)
    debugged.session.run_to(debugged.step(5))
    debugged.told()
    return debugged


def test_a_file_that_nobody_changed_changes_nothing(debug: Debug) -> None:
    debugged = at_line_5(debug)
    state = debugged.state
    assert not debugged.session.changed_on_disk()
    assert not debugged.session.reload()
    assert debugged.state == state
    assert debugged.told() == []


def test_a_write_is_noticed_until_it_is_read(debug: Debug) -> None:
    debugged = at_line_5(debug)
    debugged.write(TEXT + "RUN four\n")
    assert debugged.session.changed_on_disk()
    debugged.session.reload()
    assert not debugged.session.changed_on_disk()


def test_an_ignore_file_that_appears_is_noticed(debug: Debug) -> None:
    debugged = at_line_5(debug)
    (debugged.folder / ".dockerignore").write_text("*.md\n")
    assert debugged.session.changed_on_disk()


def test_the_position_goes_to_the_first_step_that_is_no_longer_valid(debug: Debug) -> None:
    debugged = at_line_5(debug)
    debugged.write(TEXT.replace("RUN one", "RUN uno"))
    assert debugged.session.reload()
    assert debugged.line == 3
    assert debugged.ran() == [1, 2]
    assert debugged.told() == ["stopped at 3: Dockerfile changed"]


def test_steps_before_an_edit_are_not_run_again(debug: Debug) -> None:
    debugged = at_line_5(debug)
    debugged.write(TEXT.replace("RUN two", "RUN due"))
    debugged.session.reload()
    debugged.engine.calls.clear()
    debugged.session.resume()
    assert debugged.engine.ran == ["RUN due", "RUN three"]


def test_an_edit_below_the_position_moves_nothing(debug: Debug) -> None:
    debugged = at_line_5(debug)
    debugged.write(TEXT.replace("RUN three", "RUN tre"))
    assert debugged.session.reload()
    assert debugged.line == 5
    assert debugged.state.stop is StopReason.EDITED
    assert debugged.at(5).instruction.text == "RUN tre"


def test_comments_and_lines_above_move_the_lines_and_keep_every_step(debug: Debug) -> None:
    debugged = at_line_5(debug)
    debugged.write("# hello\n\n" + TEXT)
    assert debugged.session.reload()
    assert debugged.line == 7
    assert debugged.ran() == [3, 4, 5, 6]


def test_an_instruction_inserted_above_makes_what_follows_wait(debug: Debug) -> None:
    debugged = at_line_5(debug)
    debugged.write(TEXT.replace("RUN one", "RUN zero\nRUN one"))
    debugged.session.reload()
    assert debugged.line == 3
    assert debugged.ran() == [1, 2]


def test_a_changed_argument_changes_the_steps_that_see_it(debug: Debug) -> None:
    debugged = debug("FROM busybox\nRUN before\nARG V=1\nRUN after\nRUN later\n")
    debugged.session.run_to(debugged.step(5))
    debugged.write("FROM busybox\nRUN before\nARG V=2\nRUN after\nRUN later\n")
    debugged.session.reload()
    assert debugged.line == 3


def test_a_mistake_is_shown_and_the_last_good_file_stays(debug: Debug) -> None:
    debugged = at_line_5(debug)
    debugged.write("FRMO busybox\n")
    assert debugged.session.reload()
    assert debugged.state.error is not None
    assert str(debugged.state.error).startswith(f"{debugged.options.dockerfile}:1: unknown instruction: FRMO")
    assert debugged.state.text == "FRMO busybox\n"
    assert debugged.line == 5
    assert debugged.ran() == [1, 2, 3, 4]
    debugged.write(TEXT)
    debugged.session.reload()
    assert debugged.state.error is None
    assert debugged.ran() == [1, 2, 3, 4]


def test_a_dockerfile_that_is_wrong_from_the_start_is_shown_as_text(debug: Debug) -> None:
    debugged = debug("FRMO busybox\n")
    assert debugged.state.dockerfile is None
    assert debugged.state.text == "FRMO busybox\n"
    assert debugged.state.error is not None
    debugged.session.step_over()
    assert debugged.notices() == [str(debugged.state.error)]
    debugged.write("FROM busybox\n")
    assert debugged.session.reload()
    assert debugged.line == 1
    debugged.session.resume()
    assert debugged.state.mode is Mode.FINISHED


def test_a_missing_dockerfile_is_an_error_and_may_come_back(debug: Debug) -> None:
    debugged = at_line_5(debug)
    debugged.options.dockerfile.unlink()
    assert debugged.session.changed_on_disk()
    debugged.session.reload()
    assert "cannot be read" in str(debugged.state.error)
    assert debugged.ran() == [1, 2, 3, 4]


def test_an_instruction_that_can_never_run_is_told_at_once_but_what_is_before_it_runs(debug: Debug) -> None:
    debugged = debug("FROM busybox\nRUN one\nRUN --mount=type=cache,target=/ two\n")
    assert str(debugged.state.error).startswith(f"{debugged.options.dockerfile}:3: ")
    debugged.session.resume()
    assert debugged.ran() == [1, 2]
    assert debugged.failed() == [3]


def test_a_failed_step_that_stays_the_same_keeps_its_container(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.engine.on("RUN two", exit_code=1)
    debugged.session.resume()
    debugged.write("# note\n" + TEXT)
    debugged.session.reload()
    assert debugged.failed() == [5]
    assert debugged.line == 5
    assert len(debugged.engine.kept) == 1


def test_the_command_that_failed_and_what_was_found_out_are_told_with_their_new_lines(
    debug: Debug, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "FROM busybox\nCOPY src /src\nRUN one && \\\n    two && three\n"
    debugged = debug(text)
    (debugged.folder / "src").mkdir()
    later = (debugged.folder / "src").lstat().st_ctime + 10
    monkeypatch.setattr("stepper.debugger.executor.time.time", lambda: later)
    debugged.engine.image("busybox", files={"/": directory_entry()})
    missing = ScriptedCommand("cat: can't open '/src/gone': No such file or directory\n", exit_code=1)
    debugged.engine.on("RUN one", commands={1: missing})
    debugged.session.run_to(debugged.step(3))
    debugged.session.step_into()
    debugged.session.step_out()
    debugged.session.explanations.look_into_failures()
    failed = debugged.at(3)
    assert failed.failure is not None
    assert failed.failure.message == "`two` on line 4 ended with exit code 1"
    assert [hint.line for hint in failed.hints or ()] == [2]

    debugged.write("# note\n" + text)
    debugged.session.reload()
    failed = debugged.at(4)
    assert failed.failure is not None
    assert (failed.failure.message, failed.failure.line) == ("`two` on line 5 ended with exit code 1", 5)
    assert failed.hints is None
    debugged.session.explanations.look_into_failures()
    assert [(hint.text, hint.line) for hint in debugged.at(4).hints or ()] == [
        ("the build context has no src/gone that line 3 could copy", 3)
    ]


@pytest.mark.parametrize("changed", ["RUN two", "RUN one"])
def test_a_failed_step_gives_its_container_up_when_it_or_what_it_stands_on_changes(debug: Debug, changed: str) -> None:
    debugged = debug(TEXT)
    debugged.engine.on("RUN two", exit_code=1)
    debugged.session.resume()
    debugged.write(TEXT.replace(changed, changed + "x"))
    debugged.session.reload()
    assert debugged.failed() == []
    assert debugged.engine.kept == {}


def test_a_stage_inserted_above_keeps_the_others(debug: Debug) -> None:
    text = "FROM debian AS a\nRUN a\nFROM busybox AS b\nCOPY --from=a / /\nRUN b\n"
    debugged = debug(text)
    debugged.session.run_to(debugged.step(5))
    debugged.write("FROM busybox AS new\nRUN new\n" + text)
    debugged.session.reload()
    assert debugged.ran() == [3, 4, 5, 6]
    assert debugged.line == 7
    assert debugged.state.goal == 2


def test_a_change_in_a_stage_reaches_those_that_copy_from_it(debug: Debug) -> None:
    text = "FROM debian AS a\nRUN a\nFROM busybox\nRUN b\nCOPY --from=a / /\nRUN c\n"
    debugged = debug(text)
    debugged.session.resume()
    debugged.write(text.replace("RUN a", "RUN changed"))
    debugged.session.reload()
    assert debugged.ran() == [1, 3, 4]
    assert debugged.line == 2


def test_a_finished_build_stays_finished_when_only_comments_change(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.resume()
    image = debugged.state.image
    debugged.write(TEXT + "# end\n")
    debugged.session.reload()
    assert debugged.state.mode is Mode.FINISHED
    assert debugged.state.image == image


def test_an_instruction_added_to_a_finished_build_is_next(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.resume()
    debugged.write(TEXT + "RUN four\n")
    debugged.session.reload()
    assert (debugged.line, debugged.state.mode) == (6, Mode.STOPPED)
    assert debugged.state.image is None
    debugged.session.resume()
    assert debugged.engine.ran[-1] == "RUN four"


def test_steps_back_go_over_what_was_kept(debug: Debug) -> None:
    debugged = at_line_5(debug)
    debugged.write("# note\n" + TEXT.replace("RUN two", "RUN due"))
    debugged.session.reload()
    assert debugged.line == 5
    debugged.session.step_back()
    assert debugged.line == 4


def test_triggers_of_a_base_image_stay_with_it(debug: Debug, engine: ScriptedEngine) -> None:
    engine.image("onbuild", config=ImageConfig(on_build=("RUN trigger",)))
    debugged = debug("FROM onbuild\nRUN one\nRUN two\n")
    debugged.session.run_to(debugged.step(3))
    debugged.write("# note\nFROM onbuild\nRUN one\nRUN due\n")
    debugged.session.reload()
    assert debugged.line == 4
    assert [record.instruction.line for record in debugged.state.steps] == [2, 2, 3, 4]


COPYING = "FROM busybox\nCOPY src /src\nRUN make\n"


def copied(debug: Debug) -> Debugged:
    debugged = debug(COPYING)
    source = debugged.folder / "src"
    source.mkdir()
    (source / "a").write_text("a")
    for path in (source / "a", source):
        os.utime(path)
    debugged.session.reload()
    debugged.session.step_over()
    return debugged


def test_a_copy_stays_while_its_files_do(debug: Debug, monkeypatch: pytest.MonkeyPatch) -> None:
    debugged = copied(debug)
    later = (debugged.folder / "src").lstat().st_ctime + 10
    monkeypatch.setattr("stepper.debugger.executor.time.time", lambda: later)
    debugged.session.step_over()
    assert not debugged.session.reload()
    assert debugged.ran() == [1, 2]


def test_a_copy_waits_when_a_file_that_it_took_was_touched(debug: Debug) -> None:
    debugged = copied(debug)
    debugged.session.step_over()
    (debugged.folder / "src" / "b").write_text("b")
    assert debugged.session.reload()
    assert debugged.ran() == [1]
    assert debugged.line == 2
    debugged.engine.calls.clear()
    debugged.session.step_over()
    assert debugged.at(2).status is Status.CACHED


def test_a_target_that_is_gone_is_an_error(debug: Debug) -> None:
    debugged = debug("FROM busybox AS a\nRUN x\n", target="a")
    debugged.write("FROM busybox AS b\nRUN x\n")
    debugged.session.reload()
    assert debugged.state.error is not None
    assert debugged.state.dockerfile is not None
    assert debugged.state.dockerfile.stages[0].name == "a"


def test_with_no_cache_what_was_edited_runs_anew(debug: Debug) -> None:
    debug(TEXT).session.resume()
    debugged = debug(TEXT.replace("RUN one", "RUN other"), no_cache=True)
    debugged.session.resume()
    debugged.write(TEXT)
    debugged.session.reload()
    debugged.session.resume()
    assert [debugged.at(line).status for line in (3, 4, 5)] == [Status.DONE] * 3


def test_while_the_file_is_read_again_no_state_names_a_step_that_went(debug: Debug) -> None:
    debugged = debug("FROM busybox\nRUN a\nRUN b\nRUN c\n")
    debugged.session.run_to(debugged.step(4))
    debugged.session.breakpoints.toggle(4)
    debugged.events.clear()
    debugged.write("FROM busybox\nRUN a\n")
    debugged.session.reload()
    states = [event.state for event in debugged.events if isinstance(event, StateChanged)]
    assert any(len(state.steps) == 2 for state in states)
    for state in states:
        assert state.position is None or state.find(state.position) is not None
