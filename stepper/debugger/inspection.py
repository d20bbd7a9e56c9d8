"""Which state of the engine a look at a step means: what `listing` and `open_shell` are asked for."""

from enum import Enum
from typing import TYPE_CHECKING

from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.engine.step import Failure, Snapshot, Step, StepId
from stepper.errors import StepperError, UsageError
from stepper.frozen import frozen
from stepper.image.config import ImageConfig

if TYPE_CHECKING:
    from stepper.debugger.build import Build


class ShellPlace(Enum):
    """The states of a step that a shell can be in; the value is the word for it."""

    BEFORE = "before"
    AFTER = "after"
    FAILED = "as it failed"
    RUNNING = "while it runs"


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


def shell_places(record: StepRecord) -> tuple[ShellPlace, ...]:
    """The states of a step that a shell can be opened in now, the most telling first."""
    if record.status is Status.RUNNING:
        return (ShellPlace.RUNNING,) if record.instruction.keyword == "RUN" else ()
    places = []
    if record.failure is not None and record.failure.container is not None:
        places.append(ShellPlace.FAILED)
    if record.ran:
        places.append(ShellPlace.AFTER)
    if record.before is not None:
        places.append(ShellPlace.BEFORE)
    return tuple(places)


def state_at(build: "Build", record: StepRecord, place: ShellPlace) -> ShellState:
    """A state of a step that does not run. Raises `UsageError` where there is none."""
    if place is not ShellPlace.BEFORE:
        return ShellState(state_after(record), record.step, config_after(record))
    if record.before is None:
        raise UsageError(f"there is nothing before line {record.instruction.line} yet", hint="Run to it first.")
    return ShellState(record.before, record.step or _expanded(build, record.id), record.before.config)


def _expanded(build: "Build", step: StepId) -> Step | None:
    """The step as it would run; None where it cannot: a shell opens all the same."""
    try:
        return build.expand(step)
    except StepperError:
        return None


def shell_state(build: "Build", state: SessionState) -> ShellState:
    """The state at the position: a failed step's, else the one in which the next step starts, at the end the result.

    Raises `UsageError` before a FROM, where there is none.
    """
    failed = state.failure
    if failed is not None and failed.before is not None:
        return ShellState(state_after(failed), failed.step, failed.before.config)
    position = state.position
    snapshot = build.snapshot_at(position)
    if snapshot is None:
        keyword = build.plan.instructions[position].keyword if position is not None else ""
        what = "FROM" if keyword == "FROM" else "the build"
        raise UsageError(f"there is nothing to look at before {what} has run", hint="Step over it first.")
    step = _expanded(build, position) if position is not None else None
    return ShellState(snapshot, step, snapshot.config)
