"""What a session knows, as one immutable value that every front end may read at any time from any thread."""

from bisect import bisect_left, bisect_right
from dataclasses import field, replace
from enum import Enum
from typing import TYPE_CHECKING

from stepper.debugger.breakpoint import Breakpoint, Hit
from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.engine.protocol import BuiltImage, EngineInfo
from stepper.engine.step import CommandRun, Failure, Snapshot, Step, StepId
from stepper.errors import StepperError
from stepper.frozen import frozen
from stepper.image.layer import Layer

if TYPE_CHECKING:
    from stepper.debugger.hints.hint import Hint
    from stepper.debugger.inside import Inside, ShellChanges
    from stepper.debugger.why.forecast import Forecast
    from stepper.dockerfile.build_checks import CheckWarning
    from stepper.dockerfile.graph import StageGraph


class Status(Enum):
    """How a step stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CACHED = "cached"
    FAILED = "failed"


class Mode(Enum):
    """What the session is doing."""

    CONNECTING = "connecting"
    STOPPED = "stopped"
    RUNNING = "running"
    FINISHED = "finished"
    """The target is built; `SessionState.image` has it."""
    OFFLINE = "offline"
    """There is no engine: the Dockerfile can be read, nothing can be run."""


class StopReason(Enum):
    """Why the session stands still; the value is what the screen says."""

    ENTRY = "entry"
    STEP = "step"
    BREAKPOINT = "breakpoint"
    WATCHPOINT = "watchpoint"
    EXCEPTION = "exception"
    """A build-check warning or a cache miss that the user wants to stop at."""
    CURSOR = "cursor"
    GOTO = "go to"
    FAILURE = "failure"
    INTERRUPTED = "interrupted"
    EDITED = "Dockerfile changed"
    FINISHED = "finished"


@frozen
class StepRecord:
    """One step as it stands now. `before` and `after` are known once it has run.

    `layer` is None while nothing is known of it, and for FROM. `seconds` and `size` (bytes) are None until it has run.
    """

    id: StepId
    instruction: Instruction
    status: Status = Status.WAITING
    seconds: float | None = None
    size: int | None = None
    layer: Layer | None = None
    before: Snapshot | None = None
    after: Snapshot | None = None
    failure: Failure | None = None
    step: Step | None = None
    """The expanded step, once it was about to run."""
    started: float | None = None
    """When it began to run, in seconds since the epoch."""
    paused: float = 0.0
    """For how many seconds it stood still while it ran."""
    paused_since: float | None = None
    """Since when it stands still, in seconds since the epoch; None while it runs on."""
    why: str = ""
    """Why it ran, in words, and did not come from the cache; "" where it did, or where nobody knows."""
    last_output: str = ""
    """The last of what a failed step printed, as text with its colours."""
    commands: tuple[CommandRun, ...] = ()
    """RUN: the commands of its script that ran; none where that is not known, as of one from the cache."""
    command_changes: tuple[Layer, ...] = ()
    """RUN: what each of `commands` changed on disk, of the first ones: as many as it was stepped through.

    Of commands that ran without a stop between them the last has it all.
    """
    shell_changes: "tuple[ShellChanges, ...]" = ()
    """RUN: what shells changed while it stood before its commands: that is in its layer, and in no command's."""
    entered: bool = False
    """RUN: whether a shell was opened in it while it ran; the step cache does not keep it then."""
    hints: "tuple[Hint, ...] | None" = None
    """Facts that are likely to help after a failure; None while nobody has looked for them."""

    @property
    def ran(self) -> bool:
        """It has a snapshot: run or taken from the cache."""
        return self.status in (Status.DONE, Status.CACHED)

    @property
    def was_interrupted(self) -> bool:
        """It failed because somebody stopped it."""
        return self.failure is not None and self.failure.interrupted

    def changes_of(self, number: int) -> Layer | None:
        """What a command of a RUN changed on disk; None where that is not known."""
        known = zip(self.commands, self.command_changes, strict=False)
        return next((layer for run, layer in known if run.number == number), None)


@frozen
class SessionState:
    """The whole session.

    `position` is the step that runs next, None when the goal is finished. `goal` is the stage that is being built: the
    target, or a stage that the user went to. `error` is what keeps the Dockerfile as it is on disk now from being run;
    the last good one stays.
    """

    mode: Mode = Mode.CONNECTING
    text: str = ""
    """The Dockerfile's text as it was read last, also when it cannot be parsed."""
    dockerfile: Dockerfile | None = None
    graph: "StageGraph | None" = None
    error: StepperError | None = None
    errors: tuple[StepperError, ...] = ()
    """All that is wrong with the Dockerfile as it is on disk now, in the order of its lines.

    Without an `error` these are steps that fail as the build context is now; those before them can be run.
    """
    warnings: "tuple[CheckWarning, ...]" = ()
    """What the build checks say of the Dockerfile as it is on disk now, in the order of its lines."""
    engine: EngineInfo | None = None
    engine_error: StepperError | None = None
    target: int = 0
    goal: int = 0
    needed: frozenset[int] = frozenset()
    """The stages that the goal needs, itself included."""
    steps: tuple[StepRecord, ...] = ()
    """Every step of every stage, in file order, triggers under their FROM."""
    position: StepId | None = None
    running: tuple[StepId, ...] = ()
    """The steps that run now, in file order: several where stages run side by side."""
    inside: "Inside | None" = None
    """Where the session stands inside of the RUN at the position, before one of its commands."""
    stop: StopReason | None = None
    breakpoints: tuple[Breakpoint, ...] = ()
    """All of them, logpoints, watchpoints and exceptions as well; those of lines first, in their order."""
    hit: Hit | None = None
    """What it stops at, where that is a breakpoint."""
    image: BuiltImage | None = None
    forecast: "Forecast | None" = None
    """What is expected of the steps that wait; None while that is not worked out."""
    built_seconds: float = field(default=0.0)
    """Seconds that all steps run in this session took so far."""

    def record(self, step: StepId) -> StepRecord:
        """The record of a step; KeyError when there is none."""
        return self.steps[self._index(step)]

    def find(self, step: StepId) -> StepRecord | None:
        """The record of a step; None for one that went with the Dockerfile that it was in."""
        try:
            return self.record(step)
        except KeyError:
            return None

    def inside_of(self, step: StepId) -> "Inside | None":
        """Where the session stands inside of this step; None where it does not."""
        return self.inside if self.inside is not None and self.inside.step == step else None

    def with_record(self, record: StepRecord) -> "SessionState":
        """The state in which this record has taken the place of the one with its id; KeyError when there is none."""
        index = self._index(record.id)
        return replace(self, steps=(*self.steps[:index], record, *self.steps[index + 1 :]))

    def stage_steps(self, stage: int) -> tuple[StepRecord, ...]:
        """The records of one stage, in order."""
        first = bisect_left(self.steps, stage, key=lambda record: record.id.stage)
        return self.steps[first : bisect_right(self.steps, stage, lo=first, key=lambda record: record.id.stage)]

    def record_at(self, line: int) -> StepRecord | None:
        """The record of the instruction whose lines include this one."""
        index = bisect_right(self.steps, line, key=lambda record: record.instruction.line) - 1
        while index >= 0 and self.steps[index].id.trigger:
            index -= 1
        if index >= 0 and line <= self.steps[index].instruction.end_line:
            return self.steps[index]
        return None

    @property
    def failure(self) -> StepRecord | None:
        """The failed step that the session stands at, if it does."""
        if self.position is None:
            return None
        record = self.record(self.position)
        return record if record.status is Status.FAILED else None

    @property
    def failures(self) -> tuple[StepRecord, ...]:
        """All steps that stand as they failed, in file order: several where stages ran side by side."""
        return tuple(record for record in self.steps if record.status is Status.FAILED)

    def _index(self, step: StepId) -> int:
        index = bisect_left(self.steps, step, key=lambda record: record.id)
        if index == len(self.steps) or self.steps[index].id != step:
            raise KeyError(step)
        return index
