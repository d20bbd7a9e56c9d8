"""What a session tells its listeners: one thing after the other, from the threads that run it.

What is told of one step comes in order. Listeners must return at once.
"""

from collections.abc import Callable

from stepper.debugger.breakpoint import Breakpoint
from stepper.debugger.state import SessionState, StepRecord, StopReason
from stepper.engine.protocol import BuiltImage
from stepper.engine.step import StepId
from stepper.errors import StepperError
from stepper.frozen import frozen


@frozen
class StateChanged:
    """The session's state is another one; comes with every change, besides the events that name it."""

    state: SessionState


@frozen
class BuildStarted:
    """A run towards the goal begins (the first step is about to run)."""

    state: SessionState


@frozen
class StepStarted:
    """A step begins to run."""

    record: StepRecord


@frozen
class StepOutput:
    """A step printed this; chunks may end within a line or a character."""

    step: StepId
    data: bytes
    stderr: bool = False


@frozen
class StepProgress:
    """How far a step (a pull, an upload) or the finish (`step` None) has come, in bytes where they are known."""

    step: StepId | None
    text: str
    current: int | None = None
    total: int | None = None


@frozen
class StepFinished:
    """A step ran or was taken from the cache."""

    record: StepRecord


@frozen
class StepFailed:
    """A step failed or was stopped; `record.failure` says why.

    `error` is set where no command failed but Stepper or the engine could not run the step.
    """

    record: StepRecord
    error: StepperError | None = None


@frozen
class FailureExplained:
    """What is likely to help after a failure was looked up: `record.hints`."""

    record: StepRecord


@frozen
class Stopped:
    """The session stands still and takes commands."""

    reason: StopReason
    state: SessionState


@frozen
class BuildFinished:
    """The goal is built."""

    image: BuiltImage
    state: SessionState


@frozen
class LogMessage:
    """A logpoint says this at a step; `error`: it, or its condition, cannot be told."""

    record: StepRecord
    breakpoint: Breakpoint
    message: str
    error: bool = False


@frozen
class AssertionBroken:
    """An assertion does not hold after a step, or with `of_image` for the image since that step.

    `why` is what was found, each a short sentence.
    """

    assertion: str
    record: StepRecord
    why: tuple[str, ...] = ()
    of_image: bool = False


@frozen
class Notice:
    """Something the user should know, in one line; `error` for what went wrong."""

    message: str
    hint: str | None = None
    error: bool = False


Event = (
    StateChanged
    | BuildStarted
    | StepStarted
    | StepOutput
    | StepProgress
    | StepFinished
    | StepFailed
    | FailureExplained
    | Stopped
    | BuildFinished
    | LogMessage
    | AssertionBroken
    | Notice
)
Listener = Callable[[Event], None]
