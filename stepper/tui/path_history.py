"""The history of a path in words, and the step to go to from there. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from stepper.debugger.copied_from import copied_from, origin_of
from stepper.debugger.provenance import PathEvent, history_of, steps_below
from stepper.debugger.state import SessionState, StepRecord
from stepper.engine.step import StepId
from stepper.image.layer import ChangeKind
from stepper.text import printable
from stepper.tui.wording import place_text

_WORDS = {ChangeKind.ADDED: "added", ChangeKind.MODIFIED: "modified", ChangeKind.DELETED: "deleted"}
BASE_IMAGE = "base image"


def history_text(state: SessionState, events: Sequence[PathEvent]) -> str:
    """`added at line 5 · modified at 9 · deleted at 12`; what was there before any step is the base image's.

    Where a COPY brought a path from another stage it is `copied at line 5 from builder:/app, added at line 2`.
    """
    words = [] if events and events[0].change.kind is ChangeKind.ADDED else [BASE_IMAGE]
    for number, event in enumerate(events):
        words.append(_event_text(state, event, is_first=number == 0))
    return " · ".join(words)


def _event_text(state: SessionState, event: PathEvent, *, is_first: bool) -> str:
    record, change = event
    place = place_text(record) if is_first else place_text(record).removeprefix("line ")
    source = copied_from(state, record, change.path) if change.after is not None else None
    if source is None:
        return f"{_WORDS[change.kind]} at {place}"
    text = f"copied at {place} from {printable(source.name)}:{printable(source.path)}"
    events = history_of(state, source.last, source.path) if source.last is not None else ()
    return ", ".join((text, *(_event_text(state, each, is_first=True) for each in events)))


class Written(NamedTuple):
    """A step, and the path in its stage that is meant."""

    record: StepRecord
    path: str


def writer_before(state: SessionState, step: StepId, path: str) -> Written | None:
    """Who wrote a path before this step did: the newest other step that touched it, else the FROM of its base image.

    Where this step is a COPY that took it from another stage, it is the step there that wrote it, with its path there.
    None where the step itself is where the path comes from.
    """
    return next(_writers_before(state, step, path), None)


def _writers_before(state: SessionState, step: StepId, path: str) -> Iterator[Written]:
    events = history_of(state, step, path)
    if events and events[-1].record.id == step and events[-1].change.after is not None:
        origin = origin_of(state, events[-1].record, path)
        if origin is not None:
            yield Written(*origin)
    for event in reversed(events):
        if event.record.id != step:
            yield Written(event.record, path)
    if events and events[0].change.kind is ChangeKind.ADDED:
        return
    steps = steps_below(state, step)
    if steps and steps[0].id != step:
        yield Written(steps[0], path)
