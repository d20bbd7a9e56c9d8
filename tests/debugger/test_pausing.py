"""Pausing what runs: the clocks stand still."""

from dataclasses import replace

from stepper.debugger.pausing import is_paused, paused, seconds_so_far, unpaused
from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.dockerfile.model import Instruction
from stepper.engine.step import StepId


def test_the_clock_of_a_step_stands_still_while_it_is_paused() -> None:
    step = StepId(0, 1)
    record = StepRecord(step, Instruction("RUN", 2, 2, "RUN x", ()), Status.RUNNING, started=100.0)
    state = SessionState(steps=(record,), running=(step,))
    assert not is_paused(state)
    assert seconds_so_far(state.record(step), 103.0) == 3.0
    stands = paused(paused(state, 105.0), 107.0)
    assert is_paused(stands)
    assert seconds_so_far(stands.record(step), 200.0) == 5.0
    on = unpaused(stands, 110.0)
    assert not is_paused(on)
    assert seconds_so_far(on.record(step), 112.0) == 7.0
    assert unpaused(on, 120.0) == on


def test_where_nothing_runs_a_pause_changes_nothing() -> None:
    state = replace(SessionState())
    assert paused(state, 1.0) is state
