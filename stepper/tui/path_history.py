"""The history of a path in words, and the step to go to from there. Pure."""

from collections.abc import Sequence

from stepper.debugger.provenance import PathEvent, history_of, steps_below
from stepper.debugger.state import SessionState, StepRecord
from stepper.engine.step import StepId
from stepper.image.layer import ChangeKind
from stepper.tui.wording import place_text

_WORDS = {ChangeKind.ADDED: "added", ChangeKind.MODIFIED: "modified", ChangeKind.DELETED: "deleted"}
BASE_IMAGE = "base image"


def history_text(events: Sequence[PathEvent]) -> str:
    """`added at line 5 · modified at 9 · deleted at 12`; what was there before any step is the base image's.

    Where a COPY brought a path from another stage, what is known of the source belongs behind its `added at line 5`.
    """
    words = [] if events and events[0].change.kind is ChangeKind.ADDED else [BASE_IMAGE]
    for number, (record, change) in enumerate(events):
        place = place_text(record)
        words.append(f"{_WORDS[change.kind]} at {place if number == 0 else place.removeprefix('line ')}")
    return " · ".join(words)


def writer_before(state: SessionState, step: StepId, path: str) -> StepRecord | None:
    """The newest step that touched a path, other than this one, else the FROM of the base image it is from.

    None where the step itself is where the path comes from.
    """
    events = history_of(state, step, path)
    for event in reversed(events):
        if event.record.id != step:
            return event.record
    if events and events[0].change.kind is ChangeKind.ADDED:
        return None
    steps = steps_below(state, step)
    return steps[0] if steps and steps[0].id != step else None
