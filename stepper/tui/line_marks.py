"""What stands beside each line of the Dockerfile: breakpoint, status, time and size. Pure."""

from collections.abc import Mapping

from stepper.debugger.pausing import seconds_so_far
from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.dockerfile.frontends import goes_to_builder
from stepper.text import human_seconds
from stepper.tui.breakpoints.marks import line_breakpoints
from stepper.tui.widgets.marks import Mark
from stepper.tui.widgets.source_view import BreakpointMark, LineMark, PositionKind
from stepper.tui.wording import added_text

BUILDER = "⇢ builder"
"""The note at an instruction that the engine's own builder carries out."""
NOTABLE_SECONDS = 0.005
"""A step that took less shows no time: it would read 0.00s."""

MARKS = {
    Status.WAITING: Mark.NONE,
    Status.RUNNING: Mark.RUNNING,
    Status.DONE: Mark.DONE,
    Status.CACHED: Mark.CACHED,
    Status.FAILED: Mark.FAILED,
}
"""What stands at the line of a step."""


def line_marks(state: SessionState, now: float) -> Mapping[int, LineMark]:
    """The marks by first lines of instructions. `now` is the time in seconds since the epoch, for the running step."""
    breakpoints = line_breakpoints(state.breakpoints)
    marks: dict[int, LineMark] = {}
    for record in state.steps:
        line = record.instruction.line
        if record.id.trigger:
            line = state.record(record.id._replace(trigger=0)).instruction.line
            before = marks[line]
            if record.status in (Status.RUNNING, Status.FAILED):
                marks[line] = LineMark(before.breakpoint, MARKS[record.status], _notes(record, now), before.dimmed)
            continue
        not_needed = record.id.stage not in state.needed and not record.ran
        status = Mark.NOT_NEEDED if not_needed and record.status is Status.WAITING else MARKS[record.status]
        notes = (*_notes(record, now), *_expected(state, record))
        marks[line] = LineMark(breakpoints.get(line, BreakpointMark.NONE), status, notes, not_needed)
    return marks


def line_warnings(state: SessionState) -> Mapping[int, str]:
    """What the build checks say of each line, in one text."""
    found: dict[int, str] = {}
    for warning in state.warnings:
        text = f"{warning.rule}: {warning.message}"
        found[warning.line] = f"{found[warning.line]} · {text}" if warning.line in found else text
    return found


def position_kind(state: SessionState) -> PositionKind:
    """How the session stands at its position."""
    if state.running:
        return PositionKind.RUNNING
    return PositionKind.FAILED if state.failure is not None else PositionKind.NEXT


def _expected(state: SessionState, record: StepRecord) -> tuple[str, ...]:
    """`≡` for a waiting step that is expected from the cache, `≈ 12s` for one that will run, by its last time."""
    expected = state.forecast.steps.get(record.id) if state.forecast is not None else None
    if expected is None or record.status is not Status.WAITING:
        return ()
    if not expected.will_run:
        return (Mark.CACHED.value,)
    seconds = expected.seconds
    return (f"≈ {human_seconds(seconds)}",) if seconds is not None and seconds >= NOTABLE_SECONDS else ("≈",)


def _notes(record: StepRecord, now: float) -> tuple[str, ...]:
    """Who carries it out where that is not Stepper, time and size, the size last since it matters most.

    While it runs, the time so far.
    """
    notes = [BUILDER] if goes_to_builder(record.instruction) else []
    if record.status is Status.RUNNING:
        return (*notes, human_seconds(seconds_so_far(record, now))) if record.started is not None else tuple(notes)
    if record.seconds is not None and record.seconds >= NOTABLE_SECONDS:
        notes.append(human_seconds(record.seconds))
    if record.size is not None and record.ran:
        notes.append(added_text(record))
    return tuple(notes)
