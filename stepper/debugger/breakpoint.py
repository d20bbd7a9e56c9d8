"""What a run stops at or tells something at: breakpoints, logpoints, watchpoints, exceptions. Values alone.

The words are those of the Debug Adapter Protocol.
"""

from enum import Enum

from stepper.engine.step import StepId
from stepper.frozen import frozen


@frozen
class AtLine:
    """An instruction, by its first line."""

    line: int


@frozen
class AtStage:
    """The entry into a stage: its FROM. `stage` is its name, or its number for one without."""

    stage: str


@frozen
class AtInstruction:
    """Every instruction of a kind, triggers included; `keyword` is in capitals."""

    keyword: str


@frozen
class AtAnyStep:
    """Every step: for what a condition alone decides."""


@frozen
class AtPath:
    """A watchpoint: every step that adds, modifies or deletes a path like this."""

    glob: str


class ExceptionKind(Enum):
    """What a run can stop at by itself; the value is its name for people. A failure always stops it."""

    CHECK_WARNING = "build-check warning"
    """A step of which the build checks warn, before it runs."""
    CACHE_MISS = "cache miss"
    """The first step of a stage that was not in the step cache, after it ran."""


@frozen
class AtException:
    """An exception."""

    exception: ExceptionKind


Place = AtLine | AtStage | AtInstruction | AtAnyStep | AtPath | AtException


@frozen
class Breakpoint:
    """A place with what has to hold there. With a `message` it is a logpoint: it tells that, and nothing stops.

    `condition`, `hit_count` and `message` are as the user wrote them, empty for none. `hits` is how often it was
    reached with its condition holding, by the steps that stand as run and the one that is next; `error` is what is
    wrong with it, or why it could not be judged the last time. `id` is given by the session and its own there.
    """

    place: Place
    enabled: bool = True
    condition: str = ""
    hit_count: str = ""
    message: str = ""
    hits: int = 0
    error: str | None = None
    id: int = 0

    @property
    def line(self) -> int | None:
        """The line where it stands, None for what stands at no line."""
        return self.place.line if isinstance(self.place, AtLine) else None

    @property
    def is_logpoint(self) -> bool:
        """It tells something and does not stop."""
        return bool(self.message)


@frozen
class Hit:
    """Why a run stops at a breakpoint: which one, at which step, before or after that.

    `words` say what was hit, in one line: `line 12 if cached`, `/etc/passwd modified`. `error` tells that it stops
    since the condition cannot be judged.
    """

    breakpoint: Breakpoint
    step: StepId
    words: str
    is_after: bool = False
    error: bool = False
