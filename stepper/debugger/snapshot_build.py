"""Builds up to one step, or to the end of one stage, and makes an image of the snapshot there."""

from collections.abc import Sequence

from stepper.debugger.session import Session
from stepper.debugger.state import Mode, SessionState, StepRecord
from stepper.dockerfile.graph import find_stage
from stepper.engine.protocol import BuiltImage
from stepper.engine.step import StepId
from stepper.errors import EngineUnavailable, StepperError, UsageError
from stepper.text import printable


class BuildStoppedError(StepperError):
    """The build did not come so far: a step failed, as was told, or the user stopped it."""


def step_on(state: SessionState, line: int) -> StepRecord:
    """The step of the instruction on a line. Raises `UsageError` where there is none."""
    record = state.record_at(line)
    if record is None:
        later = [record.instruction.line for record in state.steps if record.instruction.line > line]
        hint = f"The next one is on line {later[0]}." if later else None
        raise UsageError(f"there is no instruction on line {line}", hint=hint)
    return record


def stage_named(state: SessionState, name: str) -> int | None:
    """The index of the stage of that name; None where there is none. A number is no name here."""
    if state.dockerfile is None or name.isdecimal():
        return None
    return find_stage(state.dockerfile, name)


def build_up_to(session: Session, step: StepId) -> None:
    """Run all that a step needs, and the step. Raises `StepperError` where it does not come so far."""
    while not session.state.record(step).ran:
        session.run_to(step)
        _go_on(session)
        if session.state.position == step:
            session.step_over()
            _go_on(session)


def build_stage(session: Session, stage: int) -> StepId:
    """Run a stage to its end; its last step. Raises `StepperError` where it does not come so far."""
    # The triggers of a base image come in with its FROM.
    build_up_to(session, session.state.stage_steps(stage)[0].id)
    last = session.state.stage_steps(stage)[-1].id
    build_up_to(session, last)
    return last


def image_after(session: Session, step: StepId, tags: Sequence[str] = ()) -> BuiltImage:
    """An image of the snapshot after a step, as finished ones are made. Raises `StepperError`."""
    return session.snapshots.image(step, tuple(tags))


def _go_on(session: Session) -> None:
    state = session.state
    if state.mode is Mode.OFFLINE:
        raise state.engine_error or EngineUnavailable("the engine is gone")
    failed = state.failure
    if failed is not None:
        where = f"{printable(state.dockerfile.name)}:{failed.instruction.line}" if state.dockerfile else "the build"
        raise BuildStoppedError(f"there is no snapshot: the build stopped at {where}")
