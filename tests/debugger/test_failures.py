"""Failed and interrupted steps: what is kept, for how long, and how the user goes on."""

import threading

import pytest

from stepper.debugger.state import Mode, Status, StopReason
from stepper.errors import DockerfileError, EngineError, Excerpt
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import Gate, added

TEXT = """\
FROM busybox
RUN prepare
RUN make
RUN test
"""


@pytest.fixture
def failed(debug: Debug) -> Debugged:
    """A session that stands at the failed line 3."""
    debugged = debug(TEXT)
    debugged.engine.on("RUN make", output=["boom\n"], exit_code=2, changes=[added("/half", 10)])
    debugged.session.resume()
    debugged.told()
    return debugged


def test_a_failed_step_stays_the_position_with_all_that_is_known_of_it(failed: Debugged) -> None:
    record = failed.state.failure
    assert record is not None
    assert failed.line == 3
    assert (failed.state.mode, failed.state.stop) == (Mode.STOPPED, StopReason.FAILURE)
    assert record.failure is not None
    assert record.failure.exit_code == 2
    assert record.layer is not None
    assert [change.path for change in record.layer.changes] == ["/half"]
    assert list(failed.engine.kept) == ["container-1"]


def test_a_failure_is_told_before_the_stop(debug: Debug) -> None:
    debugged = debug("FROM busybox\nRUN make\n")
    debugged.engine.on("RUN make", exit_code=1)
    debugged.session.resume()
    assert debugged.told()[-2:] == ["failed 2", "stopped at 2: failure"]


@pytest.mark.parametrize("command", ["step_over", "resume"])
def test_stepping_on_a_failed_step_runs_it_again(failed: Debugged, command: str) -> None:
    failed.engine.on("RUN make")
    getattr(failed.session, command)()
    assert failed.at(3).status is Status.DONE
    assert failed.engine.kept == {}
    assert failed.engine.calls.index("release container-1") < len(failed.engine.calls) - 1


def test_rerun_of_the_failed_step_keeps_the_new_container_only(failed: Debugged) -> None:
    failed.session.rerun(failed.step(3))
    assert failed.line == 3
    assert list(failed.engine.kept) == ["container-2"]


def test_step_back_from_a_failure_gives_its_container_up(failed: Debugged) -> None:
    failed.session.step_back()
    assert failed.line == 2
    assert failed.engine.kept == {}
    assert failed.at(3).status is Status.WAITING


def test_restart_and_go_to_give_the_failed_container_up(failed: Debugged) -> None:
    failed.session.restart()
    assert failed.engine.kept == {}
    failed.session.resume()
    assert len(failed.engine.kept) == 1
    failed.session.go_to(0)
    assert failed.engine.kept == {}
    assert failed.line == 2


def test_running_to_another_step_gives_the_failed_container_up(failed: Debugged) -> None:
    failed.session.run_to(failed.step(2))
    assert failed.line == 2
    assert failed.engine.kept == {}


def test_toggling_a_breakpoint_keeps_the_failed_container(failed: Debugged) -> None:
    failed.session.breakpoints.toggle(4)
    assert list(failed.engine.kept) == ["container-1"]


def test_close_removes_the_failed_container(failed: Debugged) -> None:
    failed.session.close()
    assert failed.engine.kept == {}


def test_a_copy_whose_source_is_missing_keeps_no_container(debug: Debug) -> None:
    debugged = debug("FROM busybox\nCOPY nothing /\n")
    debugged.engine.on("COPY", message="nothing: not found", hint="Look at the context.")
    debugged.session.resume()
    failure = debugged.at(2).failure
    assert failure is not None
    assert (failure.exit_code, failure.container) == (None, None)
    debugged.session.step_back()
    assert [call for call in debugged.engine.calls if call.startswith("release")] == []


@pytest.mark.parametrize(
    "error",
    [
        DockerfileError("not yet", file="Dockerfile", line=2, hint="wait"),
        EngineError("the engine is full", hint="wait"),
    ],
)
def test_what_cannot_be_run_is_a_failure_with_a_message(debug: Debug, error: DockerfileError | EngineError) -> None:
    debugged = debug("FROM busybox\nRUN make\n")
    debugged.engine.on("RUN make", error=error)
    debugged.session.resume()
    failure = debugged.at(2).failure
    assert failure is not None
    assert (failure.message, failure.hint) == (error.message, "wait")
    assert debugged.last_stop() is StopReason.FAILURE


def run_in_thread(debugged: Debugged) -> threading.Thread:
    thread = threading.Thread(target=debugged.session.resume)
    thread.start()
    return thread


def test_an_interrupt_stops_the_running_step_and_stands_at_it(debug: Debug) -> None:
    debugged = debug(TEXT)
    gate = debugged.engine.hold("RUN make", output=["working\n"])
    thread = run_in_thread(debugged)
    gate.wait_entered()
    assert debugged.state.running == (debugged.step(3),)
    assert debugged.state.mode is Mode.RUNNING
    debugged.session.interrupt()
    thread.join()
    record = debugged.state.failure
    assert record is not None
    assert record.failure is not None
    assert record.failure.interrupted
    assert (debugged.line, debugged.state.stop) == (3, StopReason.INTERRUPTED)
    assert len(debugged.engine.kept) == 1


def test_an_interrupted_step_can_be_run_again(debug: Debug) -> None:
    debugged = debug(TEXT)
    gate = debugged.engine.hold("RUN make")
    thread = run_in_thread(debugged)
    gate.wait_entered()
    debugged.session.interrupt()
    thread.join()
    debugged.engine.on("RUN make")
    debugged.session.resume()
    assert debugged.state.mode is Mode.FINISHED


def test_an_interrupt_of_a_pull_stands_at_its_from(debug: Debug) -> None:
    gate = Gate()
    debugged = debug("FROM golang\nRUN x\n")
    debugged.engine.image("golang", gate=gate)
    thread = run_in_thread(debugged)
    gate.wait_entered()
    debugged.session.interrupt()
    thread.join()
    assert debugged.failed() == [1]
    assert debugged.state.stop is StopReason.INTERRUPTED


def test_an_interrupt_that_comes_too_late_for_a_step_stops_before_the_next(debug: Debug) -> None:
    debugged = debug(TEXT)

    def too_late(_: object) -> None:
        debugged.session._interruption.request()

    debugged.engine.on("RUN make", hook=too_late)
    debugged.session.resume()
    assert (debugged.line, debugged.state.stop) == (4, StopReason.INTERRUPTED)
    assert debugged.ran() == [1, 2, 3]


def test_an_interrupt_while_the_image_is_made_can_be_resumed(debug: Debug) -> None:
    debugged = debug("FROM busybox\n")
    debugged.engine.finish_gate = Gate()
    thread = run_in_thread(debugged)
    debugged.engine.finish_gate.wait_entered()
    debugged.session.interrupt()
    thread.join()
    assert debugged.state.stop is StopReason.INTERRUPTED
    debugged.engine.finish_gate.open()
    debugged.session.resume()
    assert debugged.session.state.mode is Mode.FINISHED


def test_an_interrupt_while_nothing_runs_is_not_kept_for_the_next_step(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.interrupt()
    debugged.session.resume()
    assert debugged.state.mode is Mode.FINISHED
    assert "interrupt" not in debugged.engine.calls


def test_an_unexpected_error_leaves_a_session_that_takes_commands(debug: Debug) -> None:
    debugged = debug(TEXT)

    def broken(_: object) -> None:
        raise RuntimeError("a mistake")

    debugged.engine.on("RUN make", hook=broken)
    with pytest.raises(RuntimeError):
        debugged.session.resume()
    assert debugged.state.mode is Mode.STOPPED
    assert debugged.line == 3
    debugged.engine.on("RUN make")
    debugged.session.resume()
    assert debugged.session.state.mode is Mode.FINISHED


def test_an_interrupt_between_two_steps_does_not_start_the_next(debug: Debug) -> None:
    debugged = debug(TEXT)

    def stop(step_id: object) -> None:
        debugged.session._interruption.request()

    debugged.engine.on("RUN prepare", hook=stop)
    debugged.session.resume()
    assert debugged.engine.ran == ["RUN prepare"]


def test_going_to_another_stage_gives_the_failed_container_up(debug: Debug) -> None:
    debugged = debug("FROM busybox AS a\nRUN make\nFROM busybox AS side\nFROM a\n")
    debugged.engine.on("RUN make", exit_code=1)
    debugged.session.resume()
    debugged.session.run_to(debugged.step(3))
    assert (debugged.line, debugged.failed()) == (3, [])
    assert debugged.engine.kept == {}


def test_an_error_known_before_running_comes_with_its_source_line(debug: Debug) -> None:
    debugged = debug("FROM busybox\nSTOPSIGNAL FOO\n", connect=False)
    (error,) = debugged.state.errors
    assert isinstance(error, DockerfileError)
    assert error.excerpt == Excerpt(2, "STOPSIGNAL FOO", 11, 14)


def test_the_state_has_the_warnings_of_the_build_checks_and_follows_edits(debug: Debug) -> None:
    debugged = debug("FROM busybox\nCMD a b\n", connect=False)
    assert [(warning.rule, warning.line) for warning in debugged.state.warnings] == [("JSONArgsRecommended", 2)]
    debugged.write('FROM busybox\nCMD ["a", "b"]\n')
    debugged.session.reload()
    assert debugged.state.warnings == ()


def test_a_warning_about_the_base_images_variables_comes_with_its_from(debug: Debug) -> None:
    debugged = debug("FROM busybox\nENV A=$OTHER\n")
    assert not debugged.state.warnings
    debugged.session.step_over()
    assert [(warning.rule, warning.line) for warning in debugged.state.warnings] == [("UndefinedVar", 2)]
