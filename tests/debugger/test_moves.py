"""Moving without running, and moving out: step out, go to a step, reverse continue. The order of events is stated."""

from collections.abc import Callable

import pytest

from stepper.debugger.session import Session
from stepper.debugger.state import Mode, Status, StopReason
from stepper.engine.step import StepId
from tests.debugger.conftest import Debug
from tests.scripted_engine import added

STAGES = """\
FROM debian AS base
RUN prepare

FROM base AS builder
RUN build
RUN strip

FROM debian AS docs
RUN render

FROM busybox AS prod
RUN setup
COPY --from=docs /site /site
COPY --from=builder /app /app
CMD ["app"]
"""


def test_step_out_runs_to_the_end_of_the_stage_and_stops_at_the_step_that_uses_it(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.run_to(debugged.step(5))
    debugged.told()
    debugged.session.step_out()
    assert debugged.told() == [
        "started 5",
        "finished 5",
        "started 6",
        "finished 6",
        "started 8",
        "finished 8",
        "started 9",
        "finished 9",
        "started 11",
        "finished 11",
        "started 12",
        "finished 12",
        "started 13",
        "finished 13",
        "stopped at 14: step",
    ]


def test_step_out_of_a_base_stage_stops_at_the_from_that_names_it(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.step_out()
    assert (debugged.line, debugged.last_stop()) == (4, StopReason.STEP)


def test_step_out_stops_at_breakpoints_on_the_way(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.breakpoints.toggle(9)
    debugged.session.run_to(debugged.step(5))
    debugged.session.step_out()
    assert (debugged.line, debugged.last_stop()) == (9, StopReason.BREAKPOINT)


def test_step_out_of_the_goal_builds_it(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.run_to(debugged.step(12))
    debugged.session.step_out()
    assert debugged.state.mode is Mode.FINISHED


def test_step_out_of_a_trigger_stops_after_the_triggers(debug: Debug) -> None:
    debugged = debug("FROM busybox AS b\nONBUILD RUN t1\nONBUILD RUN t2\n\nFROM b\nRUN own\n")
    debugged.session.run_to(debugged.step(5)._replace(trigger=1))
    debugged.told()
    debugged.session.step_out()
    assert debugged.told() == [
        "started 5",
        "finished 5",
        "started 5",
        "finished 5",
        "stopped at 6: step",
    ]


def test_step_out_stops_at_a_failure(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.engine.on("RUN strip", exit_code=1)
    debugged.session.run_to(debugged.step(5))
    debugged.session.step_out()
    assert (debugged.line, debugged.last_stop()) == (6, StopReason.FAILURE)


def test_going_to_a_step_that_ran_runs_nothing_and_keeps_what_does_not_stand_on_it(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.resume()
    calls = len(debugged.engine.ran)
    debugged.told()
    debugged.session.go_to_step(debugged.step(5))
    assert debugged.told() == ["stopped at 5: go to"]
    assert len(debugged.engine.ran) == calls
    assert debugged.ran() == [1, 2, 4, 8, 9, 11, 12, 13]
    assert debugged.at(5).before == debugged.at(4).after
    assert debugged.state.image is None


def test_from_where_one_went_the_stage_goes_on_from_the_cache(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.resume()
    debugged.session.go_to_step(debugged.step(5))
    debugged.told()
    debugged.session.resume()
    assert debugged.told() == [
        "started 5",
        "finished 5 cached",
        "started 6",
        "finished 6 cached",
        "started 14",
        "finished 14 cached",
        "started 15",
        "finished 15 cached",
        "built",
        "stopped at end: finished",
    ]


def test_going_to_a_step_ahead_runs_to_it_and_builds_no_other_stage_first(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.go_to_step(debugged.step(9))
    assert debugged.line == 9
    assert debugged.ran() == [8]
    debugged.session.go_to_step(debugged.step(6))
    assert debugged.line == 6
    assert debugged.ran() == [1, 2, 4, 5, 8]


def test_a_step_ahead_that_uses_another_stage_has_that_built_first(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.go_to_step(debugged.step(13))
    assert debugged.line == 13
    assert debugged.engine.ran == ["RUN setup", "RUN prepare", "RUN build", "RUN strip", "RUN render"]


def test_going_elsewhere_leaves_a_failure_as_it_died(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.engine.on("RUN render", exit_code=1)
    debugged.session.resume()
    debugged.session.go_to_step(debugged.step(12))
    assert (debugged.line, debugged.failed()) == (12, [9])
    assert len(debugged.engine.kept) == 1
    debugged.session.go_to_step(debugged.step(9))
    assert debugged.state.failure == debugged.at(9)
    assert len(debugged.engine.kept) == 1


def test_a_failure_that_stands_on_a_step_gone_to_is_given_up(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.engine.on("RUN strip", exit_code=1)
    debugged.session.resume()
    debugged.session.go_to_step(debugged.step(5))
    assert (debugged.line, debugged.failed()) == (5, [])
    assert debugged.engine.kept == {}


def test_going_to_a_step_of_a_stage_that_is_not_needed_makes_it_the_goal(debug: Debug) -> None:
    debugged = debug("FROM busybox AS side\nRUN a\nRUN b\n\nFROM busybox\nRUN c\n")
    debugged.session.go_to_step(debugged.step(3))
    assert (debugged.line, debugged.state.goal, debugged.ran()) == (3, 0, [1, 2])


def test_step_back_after_going_to_a_step_goes_on_back_in_its_stage(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.resume()
    debugged.session.go_to_step(debugged.step(5))
    debugged.session.step_back()
    assert debugged.line == 4
    debugged.session.step_back()
    assert debugged.line == 2


def test_reverse_continue_goes_back_to_the_breakpoint_passed_last_and_runs_nothing(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.resume()
    ran = len(debugged.engine.ran)
    for line in (5, 9):
        debugged.session.breakpoints.toggle(line)
    debugged.told()
    debugged.session.reverse_resume()
    debugged.session.reverse_resume()
    debugged.session.reverse_resume()
    debugged.session.reverse_resume()
    assert debugged.told() == [
        "stopped at 9: breakpoint",
        "stopped at 5: breakpoint",
        "stopped at 1: entry",
        "notice This is the beginning: nothing ran before.",
        "stopped at 1: entry",
    ]
    assert len(debugged.engine.ran) == ran
    assert debugged.ran() == []


def test_reverse_continue_passes_over_disabled_breakpoints(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.resume()
    debugged.session.breakpoints.toggle(5)
    debugged.session.breakpoints.enable(debugged.state.breakpoints[0].id, False)
    debugged.session.reverse_resume()
    assert debugged.line == 1


def test_forward_again_after_reverse_continue_comes_from_the_cache(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.engine.on("RUN build", changes=[added("/app", 10)])
    debugged.session.resume()
    after = debugged.at(5).after
    debugged.session.reverse_resume()
    debugged.session.resume()
    assert debugged.state.mode is Mode.FINISHED
    assert debugged.at(5).status is Status.CACHED
    assert debugged.at(5).after == after


def test_run_to_cursor_on_a_step_that_ran_keeps_what_does_not_stand_on_it(debug: Debug) -> None:
    debugged = debug(STAGES)
    debugged.session.resume()
    debugged.session.run_to(debugged.step(9))
    assert debugged.last_stop() is StopReason.CURSOR
    assert debugged.ran() == [1, 2, 4, 5, 6, 8, 11, 12]


@pytest.mark.parametrize("move", [Session.go_to_step, Session.run_to, Session.rerun])
def test_a_step_that_went_with_the_dockerfile_is_told_and_nothing_moves(
    debug: Debug, move: Callable[[Session, StepId], None]
) -> None:
    debugged = debug(STAGES)
    debugged.session.run_to(debugged.step(5))
    gone = debugged.step(15)
    debugged.write("FROM debian AS base\nRUN prepare\nRUN more\n")
    debugged.session.reload()
    before = debugged.state
    debugged.told()
    move(debugged.session, gone)
    assert debugged.told() == ["notice That step is no longer in the Dockerfile."]
    assert debugged.state == before
