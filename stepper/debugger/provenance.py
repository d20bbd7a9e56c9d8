"""Where a file comes from: the steps that added, modified and deleted it. Pure.

Followed through the stages that a stage builds on. What no step wrote is the base image's.
"""

from bisect import bisect_left
from collections.abc import Mapping
from typing import NamedTuple

from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.dockerfile.operations import FromOperation
from stepper.engine.step import StepId
from stepper.image.layer import Change, Layer


class PathEvent(NamedTuple):
    """What a step did to a path."""

    record: StepRecord
    change: Change


def steps_below(state: SessionState, step: StepId) -> tuple[StepRecord, ...]:
    """The steps that made the filesystem after a step, itself the last: its stage's, before them its base stage's.

    Only those that have run, or failed last.
    """
    found: list[StepRecord] = []
    upto: StepId | None = step
    while upto is not None:
        own = [record for record in state.stage_steps(upto.stage) if record.id <= upto]
        found = [*own, *found]
        upto = _base_of(state, own[0]) if own else None
    return tuple(record for record in found if record.ran or record.failure is not None)


def lowest_from(state: SessionState, step: StepId) -> StepRecord:
    """The FROM whose image everything after a step stands on: it brought what no step wrote."""
    below = steps_below(state, step)
    return below[0] if below else state.stage_steps(step.stage)[0]


def is_known(state: SessionState, step: StepId) -> bool:
    """Whether it is known which steps wrote what is there after a step: not of what the engine's own builder built."""
    return all(record.instruction.keyword != "SYNTAX" for record in steps_below(state, step))


def history_of(state: SessionState, step: StepId, path: str) -> tuple[PathEvent, ...]:
    """What happened to a path up to and with a step, the oldest first; nothing for what is the base image's.

    Of a RUN inside of which the session stands, what it did so far counts.
    """
    events = []
    own = state.find(step)
    under_way = (own,) if own is not None and own.status is Status.RUNNING else ()
    for record in (*steps_below(state, step), *under_way):
        change = change_at(record.layer, path)
        if change is not None:
            events.append(PathEvent(record, change))
    return tuple(events)


def writers(state: SessionState, step: StepId) -> Mapping[str, StepRecord]:
    """For every path that is there after a step and that a step wrote: the one that did so last."""
    found: dict[str, StepRecord] = {}
    for record in steps_below(state, step):
        for change in record.layer.changes if record.layer is not None else ():
            if change.after is None:
                found.pop(change.path, None)
            else:
                found[change.path] = record
    return found


def _base_of(state: SessionState, first: StepRecord) -> StepId | None:
    """The last step of the stage that a FROM names."""
    operation = first.step.operation if first.step is not None else None
    if not isinstance(operation, FromOperation) or operation.stage is None:
        return None
    return state.stage_steps(operation.stage)[-1].id


def change_at(layer: Layer | None, path: str) -> Change | None:
    """What a layer did to a path, None where nothing."""
    if layer is None:
        return None
    index = bisect_left(layer.changes, path, key=lambda change: change.path)
    if index < len(layer.changes) and layer.changes[index].path == path:
        return layer.changes[index]
    return None
