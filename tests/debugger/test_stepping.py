"""The position: where the session stands, and what moves it."""

import pytest

from stepper.debugger.state import Mode, Status, StopReason
from stepper.engine.step import Snapshot, StepId
from stepper.errors import EngineError, EngineUnavailable
from stepper.image.config import ImageConfig
from tests.debugger.conftest import Debug
from tests.scripted_engine import ScriptedEngine, added

ONE_STAGE = """\
FROM busybox
ENV A=1
RUN make
CMD ["app"]
"""

STAGES = """\
FROM debian AS builder
RUN build

FROM busybox AS lint
RUN lint

FROM busybox AS prod
RUN prepare
COPY --from=builder /app /app
"""


def test_a_session_starts_before_the_first_instruction(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    assert debugged.line == 1
    assert debugged.state.mode is Mode.STOPPED
    assert debugged.state.stop is StopReason.ENTRY
    assert debugged.engine.calls == []


def test_a_session_starts_before_the_first_stage_that_the_target_needs(debug: Debug) -> None:
    debugged = debug("FROM debian AS unused\nRUN x\nFROM busybox\nRUN y\n")
    assert debugged.line == 3
    assert debugged.state.needed == {1}


def test_without_an_engine_the_session_stands_at_the_beginning_and_says_why(debug: Debug) -> None:
    debugged = debug(ONE_STAGE, connect=False)

    def unavailable() -> ScriptedEngine:
        raise EngineUnavailable("no engine", hint="start one")

    debugged.session._open_engine = unavailable
    debugged.session.connect()
    assert debugged.state.mode is Mode.OFFLINE
    assert debugged.line == 1
    assert debugged.state.engine_error is not None
    debugged.session.step_over()
    assert debugged.notices() == ["no engine"]
    assert debugged.ran() == []


def test_every_instruction_is_a_step(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    stops = []
    for _ in range(4):
        debugged.session.step_over()
        stops.append((debugged.line, debugged.last_stop()))
    assert stops == [
        (2, StopReason.STEP),
        (3, StopReason.STEP),
        (4, StopReason.STEP),
        (None, StopReason.FINISHED),
    ]
    assert debugged.state.mode is Mode.FINISHED


def test_the_events_of_a_whole_run_come_in_order(debug: Debug) -> None:
    debugged = debug("FROM busybox\nRUN make\n", tags=("app:1",))
    debugged.engine.on("RUN make", output=["hello\n"])
    debugged.told()
    debugged.session.resume()
    assert debugged.told() == [
        "build started",
        "started 1",
        "finished 1",
        "started 2",
        "output 'hello\\n'",
        "finished 2",
        "built app:1",
        "stopped at end: finished",
    ]


def test_a_step_knows_the_state_before_and_after_it(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.engine.on("RUN make", changes=[added("/app", 100)], seconds=2.5)
    debugged.session.resume()
    record = debugged.at(3)
    assert record.before == debugged.at(2).after
    assert record.before is not None
    assert record.before.config.environment["A"] == "1"
    assert record.after is not None
    assert record.after != record.before
    assert (record.size, record.seconds, record.status) == (100, 2.5, Status.DONE)
    assert debugged.at(1).size == 4_000_000
    assert debugged.state.built_seconds >= 2.5


def test_a_run_sees_environment_and_arguments(debug: Debug) -> None:
    debugged = debug("ARG V=1\nFROM busybox\nARG V\nENV A=${V}x\nRUN make\n", build_args={"V": "2"})
    debugged.session.resume()
    step = debugged.at(5).step
    assert step is not None
    assert step.environment["V"] == "2"
    assert step.environment["A"] == "2x"


def test_stages_run_in_file_order_and_those_not_needed_do_not(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.resume()
    assert debugged.ran() == [1, 2, 7, 8, 9]
    assert debugged.engine.ran == ["RUN build", "RUN prepare", "COPY --from=builder /app /app"]


def test_copy_from_a_stage_reads_its_result(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.engine.on("RUN build", changes=[added("/app", 10)])
    debugged.session.resume()
    step = debugged.at(9).step
    assert step is not None
    assert step.source == debugged.at(2).after


def test_copy_from_an_image_reads_that_image(debug: Debug) -> None:
    debugged = debug("FROM busybox\nCOPY --from=debian /etc/os-release /\n")
    debugged.session.resume()
    step = debugged.at(2).step
    assert step is not None
    assert isinstance(step.source, Snapshot)
    assert "base debian" in debugged.engine.calls


def test_continue_stops_before_an_instruction_with_a_breakpoint(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.session.breakpoints.toggle(3)
    debugged.session.resume()
    assert (debugged.line, debugged.last_stop()) == (3, StopReason.BREAKPOINT)
    assert debugged.engine.ran == ["ENV A=1"]


def test_continue_goes_on_from_the_breakpoint_it_stands_on(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.session.breakpoints.toggle(1)
    debugged.session.breakpoints.toggle(3)
    debugged.session.resume()
    assert debugged.line == 3
    debugged.session.resume()
    assert debugged.state.mode is Mode.FINISHED


def test_a_disabled_breakpoint_does_not_stop(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.session.breakpoints.toggle(3)
    debugged.session.breakpoints.enable(debugged.state.breakpoints[0].id, False)
    debugged.session.resume()
    assert debugged.state.mode is Mode.FINISHED


def test_a_breakpoint_set_while_a_step_runs_counts(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.engine.on("ENV A=1", hook=lambda _: debugged.session.breakpoints.toggle(4))
    debugged.session.resume()
    assert (debugged.line, debugged.last_stop()) == (4, StopReason.BREAKPOINT)


def test_run_to_cursor_stops_before_that_step(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.session.run_to(debugged.step(4))
    assert (debugged.line, debugged.last_stop()) == (4, StopReason.CURSOR)


def test_run_to_cursor_stops_at_breakpoints_on_the_way(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.session.breakpoints.toggle(2)
    debugged.session.run_to(debugged.step(4))
    assert (debugged.line, debugged.last_stop()) == (2, StopReason.BREAKPOINT)


def test_run_to_a_step_that_ran_goes_back_to_it(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.session.resume()
    calls = len(debugged.engine.ran)
    debugged.session.run_to(debugged.step(2))
    assert (debugged.line, debugged.last_stop()) == (2, StopReason.CURSOR)
    assert len(debugged.engine.ran) == calls
    assert debugged.state.mode is Mode.STOPPED


def test_run_to_where_the_session_stands_runs_nothing(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.session.run_to(debugged.step(1))
    assert (debugged.line, debugged.last_stop()) == (1, StopReason.CURSOR)
    assert debugged.engine.calls == []


def test_run_to_a_step_of_a_stage_that_is_not_needed_makes_it_the_goal(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.run_to(debugged.step(5))
    assert debugged.line == 5
    assert debugged.state.goal == 1
    assert debugged.ran() == [4]


def test_step_back_stands_before_the_step_that_ran_last_and_runs_nothing(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.session.run_to(debugged.step(4))
    before = debugged.at(3).before
    ran = debugged.engine.ran
    debugged.session.step_back()
    assert debugged.line == 3
    assert debugged.at(3).status is Status.WAITING
    assert debugged.at(3).before == before
    assert debugged.at(4).before is None or debugged.at(4).status is Status.WAITING
    assert debugged.engine.ran == ran


def test_forward_again_after_step_back_comes_from_the_cache(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.session.run_to(debugged.step(4))
    after = debugged.at(3).after
    debugged.session.step_back()
    debugged.session.step_over()
    assert debugged.at(3).status is Status.CACHED
    assert debugged.at(3).after == after


def test_forward_again_comes_from_the_cache_also_with_no_cache(debug: Debug) -> None:
    debugged = debug(ONE_STAGE, no_cache=True)
    debugged.session.resume()
    assert debugged.at(3).status is Status.DONE
    debugged.session.step_back()
    debugged.session.step_back()
    debugged.session.step_over()
    assert debugged.at(3).status is Status.CACHED


def test_no_cache_takes_nothing_of_an_earlier_session(debug: Debug) -> None:
    debug(ONE_STAGE).session.resume()
    debugged = debug(ONE_STAGE, no_cache=True)
    debugged.session.resume()
    assert debugged.at(3).status is Status.DONE


def test_step_back_goes_across_stages_in_the_order_of_execution(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.resume()
    lines = []
    for _ in range(5):
        debugged.session.step_back()
        lines.append(debugged.line)
    assert lines == [9, 8, 7, 2, 1]
    debugged.session.step_back()
    assert debugged.line == 1
    assert debugged.notices() == ["This is the beginning: nothing ran before."]


def test_step_back_from_a_finished_build_takes_its_image_back(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.session.resume()
    debugged.session.step_back()
    assert debugged.state.image is None
    assert debugged.state.mode is Mode.STOPPED
    assert debugged.line == 4


def test_restart_stands_at_the_beginning_and_everything_comes_from_the_cache(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.session.resume()
    debugged.session.restart()
    assert (debugged.line, debugged.last_stop()) == (1, StopReason.ENTRY)
    assert debugged.ran() == []
    debugged.session.resume()
    assert {debugged.at(line).status for line in (2, 3, 4)} == {Status.CACHED}


def test_rerun_runs_the_step_anew_and_what_follows_waits(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.engine.on("RUN make", changes=[added("/app", 1)])
    debugged.session.resume()
    first = debugged.at(3).after
    debugged.session.rerun(debugged.step(3))
    assert debugged.at(3).status is Status.DONE
    assert debugged.at(3).after != first
    assert debugged.engine.ran.count("RUN make") == 2
    assert debugged.at(4).status is Status.WAITING
    assert (debugged.line, debugged.last_stop()) == (4, StopReason.STEP)


def test_rerun_lets_other_stages_wait_from_where_they_use_the_step(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.resume()
    debugged.session.rerun(debugged.step(2))
    assert debugged.ran() == [1, 2, 7, 8]
    assert debugged.line == 9


def test_rerun_of_a_step_that_never_ran_says_so(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.session.rerun(debugged.step(3))
    assert debugged.notices() == ["This step has not run yet."]
    assert debugged.line == 1


def test_go_to_a_stage_builds_what_it_needs_and_stops_after_its_from(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.go_to(2)
    assert (debugged.line, debugged.last_stop()) == (8, StopReason.GOTO)
    assert debugged.ran() == [1, 2, 7]


def test_go_to_a_stage_that_is_not_needed_builds_nothing_else(debug: Debug) -> None:
    debugged = debug(STAGES, tags=("app",))
    debugged.session.go_to(1)
    assert (debugged.line, debugged.last_stop()) == (5, StopReason.GOTO)
    assert debugged.ran() == [4]
    debugged.session.resume()
    assert debugged.state.mode is Mode.FINISHED
    assert debugged.engine.tagged == {}


def test_go_to_stops_at_breakpoints_on_the_way(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.breakpoints.toggle(2)
    debugged.session.go_to(2)
    assert (debugged.line, debugged.last_stop()) == (2, StopReason.BREAKPOINT)
    debugged.session.resume()
    assert debugged.state.mode is Mode.FINISHED


def test_go_to_a_stage_that_ran_stands_in_it_again(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.resume()
    debugged.session.go_to(2)
    assert debugged.line == 8
    assert debugged.ran() == [1, 2, 7]


def test_restart_returns_to_the_target(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.go_to(1)
    debugged.session.restart()
    assert debugged.state.goal == debugged.state.target == 2
    assert debugged.line == 1


def test_step_back_out_of_a_stage_returns_to_the_goal_of_that_time(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.run_to(debugged.step(2))
    debugged.session.go_to(1)
    assert debugged.line == 5
    debugged.session.step_back()
    assert (debugged.line, debugged.state.goal) == (4, 1)
    debugged.session.step_back()
    assert (debugged.line, debugged.state.goal) == (1, 2)


def test_a_target_is_built_and_tagged(debug: Debug) -> None:
    debugged = debug(STAGES, target="BUILDER", tags=("b:1", "b:2"))
    debugged.session.resume()
    assert debugged.ran() == [1, 2]
    assert sorted(debugged.engine.tagged) == ["b:1", "b:2"]


def test_an_unknown_target_is_an_error_that_names_the_stages(debug: Debug) -> None:
    debugged = debug(STAGES, target="prods")
    assert debugged.state.error is not None
    assert "prods" in str(debugged.state.error)
    assert "did you mean prod?" in str(debugged.state.error)


def test_scratch_has_a_path_and_no_files(debug: Debug) -> None:
    debugged = debug("FROM scratch\nCOPY . /\n")
    debugged.session.step_over()
    after = debugged.at(1).after
    assert after is not None
    assert after.image is None
    assert "PATH" in after.config.environment
    assert (after.config.os, after.config.architecture) == ("linux", "amd64")


def test_a_pull_tells_its_progress(debug: Debug, engine: ScriptedEngine) -> None:
    from stepper.engine.step import Progress

    engine.image("golang", pull=[Progress("layer", 1, 10), Progress("layer", 10, 10)])
    debugged = debug("FROM golang\nRUN x\n")
    debugged.told()
    debugged.session.step_over()
    assert debugged.told() == [
        "build started",
        "started 1",
        "progress layer",
        "progress layer",
        "finished 1",
        "stopped at 2: step",
    ]


def test_pull_asks_once_for_each_image(debug: Debug) -> None:
    debugged = debug("FROM busybox AS a\nFROM busybox\nCOPY --from=a / /\n", pull=True)
    debugged.session.resume()
    debugged.session.restart()
    debugged.session.resume()
    assert debugged.engine.calls.count("base busybox pull") == 1


def test_the_next_container_is_prepared_at_a_stop_and_not_in_a_run(debug: Debug) -> None:
    debugged = debug("FROM busybox\nRUN one\nENV A=1\nRUN two\n")
    debugged.session.step_over()
    assert debugged.engine.calls == ["base busybox", "prepare busybox"]
    debugged.session.resume()
    assert debugged.engine.calls[2:6] == ["run RUN one", "run ENV A=1", "run RUN two", "finish"]


def test_nothing_is_prepared_while_steps_come_from_the_cache(debug: Debug) -> None:
    debug("FROM busybox\nRUN one\nRUN two\nRUN three\n").session.resume()
    debugged = debug("FROM busybox\nRUN one\nRUN two\nRUN three\n")
    debugged.engine.calls.clear()
    debugged.session.resume()
    assert debugged.engine.calls.count("prepare busybox") == 0


def test_triggers_of_a_base_image_are_steps_under_its_from(debug: Debug, engine: ScriptedEngine) -> None:
    engine.image("onbuild", config=ImageConfig(on_build=("RUN first", "ENV A=1")))
    debugged = debug("FROM onbuild\nRUN own\n")
    debugged.session.step_over()
    ids = [record.id for record in debugged.state.steps]
    assert ids == [StepId(0, 0), StepId(0, 0, 1), StepId(0, 0, 2), StepId(0, 1)]
    assert debugged.state.position == StepId(0, 0, 1)
    assert debugged.state.record(StepId(0, 0, 1)).instruction.line == 1
    debugged.session.resume()
    assert engine.ran == ["RUN first", "ENV A=1", "RUN own"]
    final = debugged.at(2).after
    assert final is not None
    assert final.config.on_build == ()


def test_triggers_of_an_earlier_stage_are_shown_before_it_ran(debug: Debug) -> None:
    debugged = debug("FROM busybox AS base\nONBUILD RUN trigger\nFROM base\nRUN own\n")
    assert [record.instruction.text for record in debugged.state.stage_steps(1)] == [
        "FROM base",
        "RUN trigger",
        "RUN own",
    ]
    debugged.session.resume()
    assert debugged.engine.ran == ["ONBUILD RUN trigger", "RUN trigger", "RUN own"]


def test_a_trigger_that_cannot_be_run_fails_its_from(debug: Debug, engine: ScriptedEngine) -> None:
    engine.image("onbuild", config=ImageConfig(on_build=("FRMO x",)))
    debugged = debug("FROM onbuild\n")
    debugged.session.resume()
    assert debugged.failed() == [1]
    failure = debugged.at(1).failure
    assert failure is not None
    assert "FRMO" in failure.message


def test_an_image_that_cannot_be_had_fails_its_from(debug: Debug) -> None:
    debugged = debug("FROM nowhere\nRUN x\n")
    debugged.session.resume()
    failure = debugged.at(1).failure
    assert failure is not None
    assert failure.message == "image nowhere not found"
    assert debugged.last_stop() is StopReason.FAILURE


def test_when_the_image_cannot_be_made_the_session_says_so_and_can_try_again(
    debug: Debug, monkeypatch: pytest.MonkeyPatch
) -> None:
    debugged = debug("FROM busybox\n")

    def refuse(*_: object, **__: object) -> None:
        raise EngineError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(debugged.engine, "finish", refuse)
        debugged.session.resume()
    assert debugged.notices() == ["The image could not be made: disk full"]
    assert (debugged.line, debugged.state.mode) == (None, Mode.STOPPED)
    debugged.session.resume()
    assert debugged.state.mode is Mode.FINISHED


def test_a_lost_engine_leaves_what_is_known_and_can_be_reached_again(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.engine.on("RUN make", error=EngineUnavailable("connection lost"))
    debugged.session.resume()
    assert debugged.mode is Mode.OFFLINE
    assert debugged.ran() == [1, 2]
    debugged.engine.on("RUN make")
    debugged.session.connect()
    assert debugged.session.state.mode is Mode.STOPPED
    debugged.session.resume()
    assert debugged.state.mode is Mode.FINISHED


def test_a_finished_build_says_what_can_be_done(debug: Debug) -> None:
    debugged = debug("FROM busybox\n")
    debugged.session.resume()
    debugged.session.step_over()
    assert debugged.notices() == ["The build is finished."]
    assert debugged.state.mode is Mode.FINISHED


def test_close_lets_go_of_the_engine_once(debug: Debug) -> None:
    debugged = debug(ONE_STAGE)
    debugged.session.close()
    debugged.session.close()
    assert debugged.engine.calls.count("close") == 1


def test_an_engine_that_answers_with_an_error_leaves_the_session_offline(debug: Debug) -> None:
    debugged = debug(ONE_STAGE, connect=False)

    def broken() -> ScriptedEngine:
        raise EngineError("the engine answers nonsense")

    debugged.session._open_engine = broken
    debugged.session.connect()
    assert debugged.state.mode is Mode.OFFLINE
    assert str(debugged.state.engine_error) == "the engine answers nonsense"


def test_a_stage_that_is_no_longer_there_is_not_gone_to(debug: Debug) -> None:
    debugged = debug("FROM busybox\nRUN one\n")
    debugged.session.go_to(7)
    assert debugged.notices() == ["That stage is no longer in the Dockerfile."]
    assert debugged.engine.ran == []
