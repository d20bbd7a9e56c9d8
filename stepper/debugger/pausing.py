"""What a pause of the steps that run means for the session's state: their clocks stand still. Pure."""

from collections.abc import Callable
from dataclasses import replace

from stepper.debugger.state import SessionState, StepRecord
from stepper.engine.step import StepId


def paused(state: SessionState, now: float) -> SessionState:
    """The state in which all that runs stands still from now on; times are in seconds since the epoch."""
    return _changed(state, lambda record: record if record.paused_since else replace(record, paused_since=now))


def unpaused(state: SessionState, now: float) -> SessionState:
    """The state in which all that runs goes on."""

    def going_on(record: StepRecord) -> StepRecord:
        if record.paused_since is None:
            return record
        return replace(record, paused=record.paused + now - record.paused_since, paused_since=None)

    return _changed(state, going_on)


def is_paused(state: SessionState) -> bool:
    """Whether a step that runs stands still."""
    return any(state.record(step).paused_since is not None for step in state.running)


def seconds_so_far(record: StepRecord, now: float) -> float:
    """How long a step has run, without the time that it stood still."""
    if record.started is None:
        return 0.0
    return (record.paused_since or now) - record.started - record.paused


def seconds_so_far_of_all(state: SessionState, now: float) -> float:
    """How long the build ran so far: its steps that ended, and the first that runs or that the session is inside of."""
    step: StepId | None = state.running[0] if state.running else None
    if step is None and state.inside is not None:
        step = state.inside.step
    return state.built_seconds + (seconds_so_far(state.record(step), now) if step is not None else 0.0)


def _changed(state: SessionState, change: Callable[[StepRecord], StepRecord]) -> SessionState:
    for step in state.running:
        record = state.record(step)
        changed = change(record)
        if changed is not record:
            state = state.with_record(changed)
    return state
