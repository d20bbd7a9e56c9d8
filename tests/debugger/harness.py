"""A session over a scripted engine, with all its events written down in order."""

from dataclasses import dataclass, field
from pathlib import Path

from stepper.debugger.events import (
    AssertionBroken,
    BuildFinished,
    BuildStarted,
    Event,
    FailureExplained,
    LogMessage,
    Notice,
    StateChanged,
    StepFailed,
    StepFinished,
    StepOutput,
    StepProgress,
    StepStarted,
    Stopped,
)
from stepper.debugger.options import BuildOptions
from stepper.debugger.session import Session
from stepper.debugger.state import Mode, SessionState, Status, StepRecord, StopReason
from stepper.engine.protocol import Engine
from stepper.engine.step import StepId
from tests.scripted_engine import ScriptedEngine


@dataclass
class Debugged:
    """One session, its Dockerfile on disk, and what it told."""

    folder: Path
    engine: ScriptedEngine
    options: BuildOptions
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session = Session(self.options, self.open_engine, self.events.append)

    def open_engine(self) -> Engine:
        """What the session connects with; replaced by tests without an engine."""
        return self.engine

    @property
    def state(self) -> SessionState:
        return self.session.state

    @property
    def mode(self) -> Mode:
        return self.state.mode

    @property
    def line(self) -> int | None:
        """The line of the position, None at the end."""
        return None if self.state.position is None else self.state.record(self.state.position).instruction.line

    def at(self, line: int) -> StepRecord:
        """The record of the instruction on a line."""
        record = self.state.record_at(line)
        assert record is not None, f"no instruction on line {line}"
        return record

    def step(self, line: int) -> StepId:
        return self.at(line).id

    def ran(self) -> list[int]:
        """The lines of the steps that have a snapshot, in file order."""
        return [record.instruction.line for record in self.state.steps if record.ran]

    def failed(self) -> list[int]:
        return [record.instruction.line for record in self.state.steps if record.status is Status.FAILED]

    def write(self, text: str) -> None:
        """Write the Dockerfile anew."""
        self.options.dockerfile.write_text(text)

    def told(self) -> list[str]:
        """The events since the last call, each in a few words; state changes are left out."""
        words = [_words(event) for event in self.events if not isinstance(event, StateChanged)]
        self.events.clear()
        return words

    def last_stop(self) -> StopReason:
        return next(event.reason for event in reversed(self.events) if isinstance(event, Stopped))

    def last_stop_is_end(self) -> bool:
        """Whether the build is finished."""
        return self.state.stop is StopReason.FINISHED

    def notices(self) -> list[str]:
        return [event.message for event in self.events if isinstance(event, Notice)]


def _words(event: Event) -> str:
    match event:
        case BuildStarted():
            return "build started"
        case StepStarted(record):
            return f"started {record.instruction.line}"
        case StepFinished(record):
            return f"finished {record.instruction.line}" + (" cached" if record.status is Status.CACHED else "")
        case StepFailed(record):
            return f"failed {record.instruction.line}"
        case FailureExplained(record):
            return f"explained {record.instruction.line}"
        case StepOutput(_, data):
            return f"output {data.decode()!r}"
        case StepProgress(_, text):
            return f"progress {text}"
        case Stopped(reason, state):
            return _stop_words(reason, state)
        case BuildFinished(image):
            return " ".join(("built", *image.tags))
        case Notice(message):
            return f"notice {message}"
    return _judged_words(event)


def _judged_words(event: Event) -> str:
    match event:
        case LogMessage(record, _, message):
            return f"log {record.instruction.line} {message}"
        case AssertionBroken(assertion, record, why):
            return f"broken {record.instruction.line} {assertion}: {', '.join(why)}"
    return "state"


def _stop_words(reason: StopReason, state: SessionState) -> str:
    at = "end" if state.position is None else state.record(state.position).instruction.line
    hit = f" ({state.hit.words})" if state.hit is not None and state.hit.words != f"line {at}" else ""
    return f"stopped at {at}: {reason.value}{hit}"
