"""Which state of the engine a look at a step means: what `listing` and `open_shell` are asked for."""

from stepper.debugger.build import Build
from stepper.debugger.state import SessionState, StepRecord
from stepper.engine.step import Failure, Snapshot, Step
from stepper.errors import StepperError, UsageError
from stepper.frozen import frozen
from stepper.image.config import ImageConfig


@frozen
class ShellState:
    """Where a shell is opened, and with what environment."""

    state: Snapshot | Failure
    step: Step | None
    config: ImageConfig


def state_after(record: StepRecord) -> Snapshot | Failure:
    """The state that a step left: its snapshot, or the container in which it failed.

    A step that failed without running anything left the state as it was. Raises `UsageError` when there is none.
    """
    if record.failure is not None and record.failure.container is not None:
        return record.failure
    state = record.after or record.before
    if state is None or not (record.ran or record.failure is not None):
        raise UsageError(
            f"there is nothing to look at before line {record.instruction.line} has run", hint="Step over it first."
        )
    return state


def config_after(record: StepRecord) -> ImageConfig:
    """The image configuration that belongs to `state_after`."""
    state = record.after or record.before
    return state.config if state is not None else ImageConfig()


def shell_state(build: Build, state: SessionState) -> ShellState:
    """The state at the position: a failed step's, else the one in which the next step starts, at the end the result.

    Raises `UsageError` before a FROM, where there is none.
    """
    failed = state.failure
    if failed is not None and failed.before is not None:
        return ShellState(state_after(failed), failed.step, failed.before.config)
    position = state.position
    snapshot = build.result(state.goal) if position is None else build.before(position)
    if snapshot is None:
        keyword = build.plan.instructions[position].keyword if position is not None else ""
        what = "FROM" if keyword == "FROM" else "the build"
        raise UsageError(f"there is nothing to look at before {what} has run", hint="Step over it first.")
    step = None
    if position is not None:
        try:
            step = build.expand(position)
        except StepperError:
            step = None
    return ShellState(snapshot, step, snapshot.config)
