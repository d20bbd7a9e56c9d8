"""Stages that run side by side: what runs at the same time, what does not, and how it ends. The order is stated."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from stepper.debugger.breakpoint import AtPath, Breakpoint
from stepper.debugger.events import StepOutput
from stepper.debugger.state import Mode, StopReason
from stepper.errors import EngineUnavailable
from stepper.image.config import ImageConfig
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import INFO, PATH, Gate, ScriptedEngine, added

TWO = """\
FROM busybox AS a
RUN a1
RUN a2

FROM busybox AS b
RUN b1
RUN b2

FROM busybox
RUN own
COPY --from=a / /
COPY --from=b / /
"""


@pytest.fixture
def engine(engine: ScriptedEngine) -> ScriptedEngine:
    engine.info = replace(INFO, cpus=4)
    return engine


@contextmanager
def running(debugged: Debugged, command: Callable[[], None] | None = None) -> Iterator[None]:
    """A command goes on in a thread during the block, and has ended after it."""
    thread = threading.Thread(target=command or debugged.session.resume)
    thread.start()
    try:
        yield
    finally:
        thread.join(20)
        assert not thread.is_alive()


def all_entered(*gates: Gate) -> None:
    for gate in gates:
        gate.wait_entered()


def run_until_all_fail(debugged: Debugged, *texts: str) -> None:
    """Continue until these run at the same time; each of them then fails, in this order."""
    gates = {text: Gate() for text in texts}
    for text, gate in gates.items():
        debugged.engine.on(text, exit_code=2, gate=gate)
    with running(debugged):
        all_entered(*gates.values())
        for gate in gates.values():
            gate.open()


def until_failed(debugged: Debugged, line: int) -> None:
    deadline = time.monotonic() + 20
    while debugged.at(line).failure is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_stages_that_do_not_depend_on_each_other_run_at_the_same_time(debug: Debug) -> None:
    debugged = debug(TWO)
    a1, b1, own = (debugged.engine.hold(text) for text in ("RUN a1", "RUN b1", "RUN own"))
    with running(debugged):
        all_entered(a1, b1, own)
        assert debugged.state.running == tuple(debugged.step(line) for line in (2, 6, 10))
        assert debugged.state.position == debugged.step(2)
        for gate in (a1, b1, own):
            gate.open()
    assert debugged.state.mode is Mode.FINISHED
    assert debugged.state.running == ()
    assert debugged.ran() == [1, 2, 3, 5, 6, 7, 9, 10, 11, 12]


def test_a_step_waits_for_the_stage_that_it_uses_and_the_steps_of_a_stage_keep_their_order(debug: Debug) -> None:
    debugged = debug(TWO)
    debugged.told()
    b2 = debugged.engine.hold("RUN b2")
    with running(debugged):
        b2.wait_entered()
        debugged.engine.hold("COPY --from=b").open()
        b2.open()
    told = debugged.told()
    for earlier, later in [("finished 2", "started 3"), ("finished 3", "started 11"), ("finished 7", "started 12")]:
        assert told.index(earlier) < told.index(later)
    assert told[0] == "build started"
    assert told[-2:] == ["built", "stopped at end: finished"]


def test_an_engine_with_one_processor_runs_one_step_at_a_time(debug: Debug, engine: ScriptedEngine) -> None:
    engine.info = replace(INFO, cpus=1)
    debugged = debug(TWO)
    debugged.told()
    debugged.session.resume()
    told = [each for each in debugged.told() if each.startswith(("started", "finished"))]
    lines = (1, 2, 3, 5, 6, 7, 9, 10, 11, 12)
    assert told == [f"{what} {line}" for line in lines for what in ("started", "finished")]


def test_no_more_than_four_run_at_once(debug: Debug, engine: ScriptedEngine) -> None:
    engine.info = replace(INFO, cpus=64)
    stages = "".join(f"FROM busybox AS s{n}\nRUN s{n}\n" for n in range(6))
    debugged = debug(stages + "FROM busybox\n" + "".join(f"COPY --from=s{n} / /\n" for n in range(6)))
    gates = [debugged.engine.hold(f"RUN s{n}") for n in range(6)]
    with running(debugged):
        all_entered(*gates[:4])
        assert not gates[4].entered
        assert not gates[5].entered
        for gate in gates:
            gate.open()
    assert debugged.state.mode is Mode.FINISHED


def test_nothing_behind_a_stage_with_a_breakpoint_runs_before_it(debug: Debug) -> None:
    debugged = debug(TWO)
    debugged.session.breakpoints.toggle(6)
    debugged.session.resume()
    assert (debugged.line, debugged.last_stop()) == (6, StopReason.BREAKPOINT)
    assert debugged.ran() == [1, 2, 3, 5]


def test_what_is_before_a_stage_with_a_breakpoint_runs_side_by_side(debug: Debug) -> None:
    debugged = debug(TWO)
    debugged.session.breakpoints.toggle(11)
    a1, b1 = debugged.engine.hold("RUN a1"), debugged.engine.hold("RUN b1")
    with running(debugged):
        all_entered(a1, b1)
        a1.open()
        b1.open()
    assert (debugged.line, debugged.last_stop()) == (11, StopReason.BREAKPOINT)
    assert debugged.ran() == [1, 2, 3, 5, 6, 7, 9, 10]


def test_a_watchpoint_may_stop_anywhere_so_nothing_runs_side_by_side(debug: Debug) -> None:
    debugged = debug(TWO)
    debugged.engine.on("RUN b1", changes=[added("/etc/x", 1)])
    debugged.session.breakpoints.add(Breakpoint(AtPath("/etc/**")))
    debugged.session.resume()
    assert (debugged.line, debugged.last_stop()) == (7, StopReason.WATCHPOINT)
    assert debugged.ran() == [1, 2, 3, 5, 6]


def test_a_breakpoint_that_is_set_while_stages_run_stops_there(debug: Debug) -> None:
    debugged = debug(TWO)
    a1, b1, own = (debugged.engine.hold(text) for text in ("RUN a1", "RUN b1", "RUN own"))
    with running(debugged):
        all_entered(a1, b1, own)
        debugged.session.breakpoints.toggle(7)
        for gate in (own, b1, a1):
            gate.open()
    assert (debugged.line, debugged.last_stop()) == (7, StopReason.BREAKPOINT)
    assert debugged.ran() == [1, 2, 3, 5, 6, 9, 10]


def test_run_to_cursor_runs_nothing_beside_the_stage_that_it_ends_in(debug: Debug) -> None:
    debugged = debug(TWO)
    debugged.session.run_to(debugged.step(7))
    assert (debugged.line, debugged.last_stop()) == (7, StopReason.CURSOR)
    assert debugged.ran() == [1, 2, 3, 5, 6]


def test_step_over_runs_one_step(debug: Debug) -> None:
    debugged = debug(TWO)
    debugged.session.step_over()
    assert debugged.ran() == [1]


def test_when_a_step_fails_what_runs_ends_and_nothing_else_begins(debug: Debug) -> None:
    debugged = debug(TWO)
    a1 = debugged.engine.hold("RUN a1")
    own = debugged.engine.hold("RUN own")
    b1 = Gate()
    debugged.engine.on("RUN b1", exit_code=1, gate=b1)
    with running(debugged):
        all_entered(a1, b1, own)
        b1.open()
        until_failed(debugged, 6)
        a1.open()
        own.open()
    assert (debugged.line, debugged.last_stop()) == (6, StopReason.FAILURE)
    assert debugged.failed() == [6]
    assert debugged.ran() == [1, 2, 5, 9, 10]
    assert debugged.state.failure == debugged.at(6)


def test_several_failures_are_all_marked_and_kept_and_the_first_in_the_file_is_the_position(debug: Debug) -> None:
    debugged = debug(TWO)
    run_until_all_fail(debugged, "RUN b1", "RUN a1")
    assert debugged.failed() == [2, 6]
    assert (debugged.line, debugged.last_stop()) == (2, StopReason.FAILURE)
    assert [record.instruction.line for record in debugged.state.failures] == [2, 6]
    assert len(debugged.engine.kept) == 2
    debugged.session.go_to_step(debugged.step(6))
    assert debugged.state.failure == debugged.at(6)
    assert debugged.failed() == [2, 6]
    assert len(debugged.engine.kept) == 2


def test_the_ways_back_go_through_the_stages_one_after_the_other(debug: Debug) -> None:
    debugged = debug(TWO)
    a2, b2 = debugged.engine.hold("RUN a2"), debugged.engine.hold("RUN b2")
    with running(debugged):
        all_entered(a2, b2)
        b2.open()
        a2.open()
    lines: list[int | None] = []
    while debugged.line != 1:
        debugged.session.step_back()
        lines.append(debugged.line)
    assert lines == [12, 11, 10, 9, 7, 6, 5, 3, 2, 1]


def test_a_step_back_from_a_failure_stays_in_its_stage_and_leaves_the_others(debug: Debug) -> None:
    debugged = debug(TWO)
    run_until_all_fail(debugged, "RUN a2", "RUN b2")
    assert debugged.line == 3
    debugged.session.step_back()
    assert (debugged.line, debugged.failed()) == (2, [7])


def test_one_of_several_failures_is_run_again_and_the_others_stay(debug: Debug) -> None:
    debugged = debug(TWO)
    run_until_all_fail(debugged, "RUN a1", "RUN b1")
    debugged.engine.on("RUN b1")
    debugged.session.rerun(debugged.step(6))
    assert (debugged.failed(), debugged.line) == ([2], 7)
    assert len(debugged.engine.kept) == 1
    debugged.session.rerun(debugged.step(1))
    assert (debugged.failed(), debugged.line) == ([], 2)
    assert debugged.engine.kept == {}


def test_to_continue_runs_what_failed_again_side_by_side(debug: Debug) -> None:
    debugged = debug(TWO)
    run_until_all_fail(debugged, "RUN a1", "RUN b1")
    a1, b1 = debugged.engine.hold("RUN a1"), debugged.engine.hold("RUN b1")
    with running(debugged):
        all_entered(a1, b1)
        assert debugged.engine.kept == {}
        a1.open()
        b1.open()
    assert debugged.state.mode is Mode.FINISHED


def test_an_interrupt_stops_all_that_run(debug: Debug) -> None:
    debugged = debug(TWO)
    a1, b1, own = (debugged.engine.hold(text) for text in ("RUN a1", "RUN b1", "RUN own"))
    with running(debugged):
        all_entered(a1, b1, own)
        debugged.session.interrupt()
    assert debugged.failed() == [2, 6, 10]
    assert (debugged.line, debugged.last_stop()) == (2, StopReason.INTERRUPTED)
    assert sorted(debugged.engine.ran) == ["RUN a1", "RUN b1", "RUN own"]


def test_a_failure_goes_before_what_was_only_interrupted(debug: Debug) -> None:
    debugged = debug(TWO)
    a1, own = debugged.engine.hold("RUN a1"), debugged.engine.hold("RUN own")
    b1 = Gate()
    debugged.engine.on("RUN b1", exit_code=1, gate=b1)
    with running(debugged):
        all_entered(a1, b1, own)
        b1.open()
        until_failed(debugged, 6)
        debugged.session.interrupt()
    assert debugged.failed() == [2, 6, 10]
    assert (debugged.line, debugged.last_stop()) == (6, StopReason.FAILURE)


def test_the_output_of_each_step_has_its_id(debug: Debug) -> None:
    debugged = debug(TWO)
    debugged.engine.on("RUN a1", output=["from a\n"])
    debugged.engine.on("RUN b1", output=["from b\n"])
    debugged.session.resume()
    printed = {event.step: event.data for event in debugged.events if isinstance(event, StepOutput)}
    assert printed == {debugged.step(2): b"from a\n", debugged.step(6): b"from b\n"}


def test_triggers_of_base_images_come_in_from_several_stages_at_once(debug: Debug, engine: ScriptedEngine) -> None:
    for n in range(4):
        engine.image(f"base{n}", config=ImageConfig(env=(PATH,), on_build=(f"RUN trigger{n}",)))
    stages = "".join(f"FROM base{n} AS s{n}\nRUN s{n}\n" for n in range(4))
    debugged = debug(stages + "FROM busybox\n" + "".join(f"COPY --from=s{n} / /\n" for n in range(4)))
    debugged.session.resume()
    assert debugged.state.mode is Mode.FINISHED
    assert len(debugged.state.steps) == 17
    assert all(record.ran for record in debugged.state.steps)
    for n in range(4):
        assert engine.ran.index(f"RUN trigger{n}") < engine.ran.index(f"RUN s{n}")


def test_an_engine_that_is_lost_is_told_once_all_have_ended(debug: Debug) -> None:
    debugged = debug(TWO)
    a1, b1 = debugged.engine.hold("RUN a1"), debugged.engine.hold("RUN b1")
    debugged.engine.on("RUN b2", error=EngineUnavailable("gone"))
    with running(debugged):
        all_entered(a1, b1)
        b1.open()
        until_failed(debugged, 7)
        a1.open()
    assert debugged.state.mode is Mode.OFFLINE
    assert debugged.at(2).ran


def test_the_time_of_the_build_counts_seconds_of_several_steps_once(debug: Debug) -> None:
    debugged = debug(TWO)
    a1, b1 = debugged.engine.hold("RUN a1"), debugged.engine.hold("RUN b1")
    with running(debugged):
        all_entered(a1, b1)
        a1.open()
        b1.open()
    assert debugged.state.built_seconds < 5


def test_many_stages_give_what_one_after_the_other_gives(debug: Debug, engine: ScriptedEngine) -> None:
    names = [f"s{n}" for n in range(12)]
    stages = "".join(f"FROM busybox AS {name}\nENV N={name}\nRUN x {name}\nRUN y {name}\n" for name in names)
    text = stages + "FROM busybox\n" + "".join(f"COPY --from={name} /{name} /{name}\n" for name in names)
    for name in names:
        engine.on(f"RUN x {name}", changes=[added(f"/{name}", 1)])
    debugged = debug(text)
    debugged.session.resume()
    side_by_side = [(r.id, r.layer, r.after.config if r.after else None) for r in debugged.state.steps]
    engine.info = replace(INFO, cpus=1)
    alone = debug(text, no_cache=True)
    alone.session.resume()
    assert side_by_side == [(r.id, r.layer, r.after.config if r.after else None) for r in alone.state.steps]


def test_the_engine_may_rest_once_no_command_is_left_to_run(debug: Debug, engine: ScriptedEngine) -> None:
    engine.info = replace(INFO, cpus=1)
    debugged = debug(TWO)
    debugged.session.resume()
    assert engine.rested_after == ["run RUN own", "run COPY --from=a / /", "run COPY --from=b / /"]
