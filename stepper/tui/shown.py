"""Which step the panels show: the cursor's where it has something to show, else the one that ran last. Pure.

The cursor is what the user looks at, the position is what runs next. Right after a stop the cursor is at the position,
which has not run: then the step before it is what the user wants to see.
"""

from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.frozen import frozen


@frozen
class Shown:
    """What the panels show: `inspected` in Changes and Config, `printed` in Output. They differ while a step runs."""

    inspected: StepRecord | None = None
    printed: StepRecord | None = None


def record_at_cursor(state: SessionState, line: int) -> StepRecord | None:
    """The step that the cursor is at: the instruction on its line, or above it on blank and comment lines.

    On the line of a FROM that is the ONBUILD trigger under it that is next, runs or failed, where there is one.
    """
    found: StepRecord | None = None
    for record in state.steps:
        if record.instruction.line > line:
            continue
        if not record.id.trigger or _goes_on(state, record):
            found = record
    return found


def shown(state: SessionState, cursor: int) -> Shown:
    """What to show with the cursor on this line."""
    here = record_at_cursor(state, cursor)
    last = last_record(state)
    running = running_record(state)
    inspected = here if here is not None and _has_result(here) else last
    if here is not None and (_has_result(here) or here.status is Status.RUNNING):
        printed: StepRecord | None = here
    else:
        printed = running or last
    return Shown(inspected, printed)


def running_record(state: SessionState) -> StepRecord | None:
    """The step that runs now: of several the first in file order."""
    return state.record(state.running[0]) if state.running else None


def running_run(state: SessionState) -> StepRecord | None:
    """The RUN that runs now: what can be entered and paused, and what is measured."""
    return next((record for record in map(state.record, state.running) if record.instruction.keyword == "RUN"), None)


def last_record(state: SessionState) -> StepRecord | None:
    """The step that led to where the session stands: that it is inside of or that failed, else the one before."""
    if state.inside is not None:
        return state.record(state.inside.step)
    if state.failure is not None:
        return state.failure
    found: StepRecord | None = None
    for record in state.steps:
        if state.position is not None and record.id >= state.position:
            break
        if record.ran and record.id.stage in state.needed:
            found = record
    return found


def _goes_on(state: SessionState, record: StepRecord) -> bool:
    return record.id == state.position or record.status in (Status.RUNNING, Status.FAILED)


def _has_result(record: StepRecord) -> bool:
    # While the session stands inside of a RUN, what that changed so far is known.
    stands_inside = record.status is Status.RUNNING and record.layer is not None
    return record.ran or record.status is Status.FAILED or stands_inside
