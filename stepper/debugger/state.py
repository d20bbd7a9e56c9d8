"""What a session knows, as one immutable value that every front end may read at any time from any thread."""

from dataclasses import dataclass, field
from enum import Enum

from stepper.dockerfile.graph import StageGraph
from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.engine.protocol import BuiltImage, EngineInfo
from stepper.engine.step import Failure, Snapshot, Step, StepId
from stepper.errors import StepperError
from stepper.image.layer import Layer


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
    CURSOR = "cursor"
    GOTO = "go to"
    FAILURE = "failure"
    INTERRUPTED = "interrupted"
    EDITED = "Dockerfile changed"
    FINISHED = "finished"


@dataclass(frozen=True)
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

    @property
    def ran(self) -> bool:
        """It has a snapshot: run or taken from the cache."""
        return self.status in (Status.DONE, Status.CACHED)


@dataclass(frozen=True)
class Breakpoint:
    """A line breakpoint. `line` is the first line of the instruction that it stands at."""

    line: int
    enabled: bool = True


@dataclass(frozen=True)
class SessionState:
    """The whole session.

    `position` is the step that runs next, None when the target is finished. `goal` is the stage that is being built: the target,
    or a stage that the user went to. `error` is what is wrong with the Dockerfile as it is on disk now; the last good one stays.
    """

    mode: Mode = Mode.CONNECTING
    dockerfile: Dockerfile | None = None
    graph: StageGraph | None = None
    error: StepperError | None = None
    engine: EngineInfo | None = None
    engine_error: StepperError | None = None
    target: int = 0
    goal: int = 0
    needed: frozenset[int] = frozenset()
    """The stages that the goal needs, itself included."""
    steps: tuple[StepRecord, ...] = ()
    """Every step of every stage, in file order, triggers under their FROM."""
    position: StepId | None = None
    running: StepId | None = None
    stop: StopReason | None = None
    breakpoints: tuple[Breakpoint, ...] = ()
    image: BuiltImage | None = None
    built_seconds: float = field(default=0.0)
    """Seconds that all steps run in this session took so far."""

    def record(self, step: StepId) -> StepRecord:
        """The record of a step; KeyError when there is none."""
        for record in self.steps:
            if record.id == step:
                return record
        raise KeyError(step)

    def stage_steps(self, stage: int) -> tuple[StepRecord, ...]:
        """The records of one stage, in order."""
        return tuple(record for record in self.steps if record.id.stage == stage)

    def record_at(self, line: int) -> StepRecord | None:
        """The record of the instruction whose lines include this one."""
        for record in self.steps:
            if record.id.trigger == 0 and record.instruction.line <= line <= record.instruction.end_line:
                return record
        return None

    @property
    def failure(self) -> StepRecord | None:
        """The failed step that the session stands at, if it does."""
        if self.position is None:
            return None
        record = self.record(self.position)
        return record if record.status is Status.FAILED else None
