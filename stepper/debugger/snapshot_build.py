"""Builds up to one step, or to the end of one stage, and makes an image of the snapshot there."""

from stepper.debugger.session import Session
from stepper.debugger.state import Mode
from stepper.engine.protocol import BuiltImage
from stepper.engine.step import StepId
from stepper.errors import EngineUnavailable, StepperError
from stepper.text import printable


class BuildStoppedError(StepperError):
    """The build did not come so far: a step failed, as was told, or the user stopped it."""


def image_after_step(session: Session, step: StepId, tags: tuple[str, ...] = ()) -> BuiltImage:
    """An image of the snapshot after a step, as finished ones are made. Raises `StepperError`."""
    _build_up_to(session, step)
    return session.snapshots.image(step, tags)


def image_after_stage(session: Session, stage: int, tags: tuple[str, ...] = ()) -> BuiltImage:
    """An image of the snapshot at the end of a stage. Raises `StepperError`."""
    # The triggers of a base image come in with its FROM.
    _build_up_to(session, session.state.stage_steps(stage)[0].id)
    return image_after_step(session, session.state.stage_steps(stage)[-1].id, tags)


def _build_up_to(session: Session, step: StepId) -> None:
    """Run all that a step needs, and the step. Raises `StepperError` where it does not come so far."""
    while not session.state.record(step).ran:
        session.run_to(step)
        _go_on(session)
        if session.state.position == step:
            session.step_over()
            _go_on(session)


def _go_on(session: Session) -> None:
    state = session.state
    if state.mode is Mode.OFFLINE:
        raise state.engine_error or EngineUnavailable("the engine is gone")
    failed = state.failure
    if failed is not None:
        where = f"{printable(state.dockerfile.name)}:{failed.instruction.line}" if state.dockerfile else "the build"
        raise BuildStoppedError(f"there is no snapshot: the build stopped at {where}")
