"""Where a `COPY --from` took a path of its layer: the path in the source stage, and the steps that made it. Pure.

The layers of the source stage tell which of the paths that a source may mean is the one. What no step there wrote, and
what a link or a glob over folders hides, is told as well as the instruction alone says it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from stepper.debugger.provenance import PathEvent, history_of, lowest_from
from stepper.debugger.state import SessionState, StepRecord
from stepper.dockerfile import globs
from stepper.dockerfile.operations import CopyOperation
from stepper.engine.file_tree import clean, join
from stepper.engine.step import StepId
from stepper.image.layer import ChangeKind


class CopiedFrom(NamedTuple):
    """The source of a path. `last` is the last step of the stage that it is in, None for an image.

    `name` is what people call the stage, or the image's reference.
    """

    name: str
    path: str
    last: StepId | None = None


def copied_from(state: SessionState, record: StepRecord, path: str) -> CopiedFrom | None:
    """Where the path that this step wrote is from, when the step is a COPY from a stage or an image; else None."""
    operation = record.step.operation if record.step is not None else None
    if not isinstance(operation, CopyOperation) or record.before is None:
        return None
    inside = below_destination(operation, record.before.config.working_dir, path)
    if inside is None:
        return None
    candidates = list(_candidates(operation, inside))
    if operation.from_image is not None and candidates:
        return CopiedFrom(operation.from_image, candidates[0])
    if operation.from_stage is None or state.dockerfile is None:
        return None
    last = state.stage_steps(operation.from_stage)[-1].id
    known = (each for each in candidates if _is_left(history_of(state, last, each)))
    found = next(known, candidates[0] if candidates else None)
    return None if found is None else CopiedFrom(state.dockerfile.stages[operation.from_stage].label, found, last)


def below_destination(operation: CopyOperation, working_dir: str, path: str) -> str | None:
    """A path as it is below the destination of a COPY, "" for that itself; None for one that is elsewhere."""
    from stepper.engine.copy_plan import absolute  # Not before the first frame: it needs all of the planning of a COPY.

    destination = clean(absolute(operation.destination, working_dir))
    if path != destination and not path.startswith(f"{destination.rstrip('/')}/"):
        return None
    return path[len(destination.rstrip("/")) :].lstrip("/")


def origin_of(state: SessionState, record: StepRecord, path: str) -> tuple[StepRecord, str] | None:
    """The step of the source stage that wrote what a COPY took, and the path there.

    What no step wrote is of the FROM that brought it. None where the step took the path from no stage.
    """
    source = copied_from(state, record, path)
    if source is None or source.last is None:
        return None
    events = history_of(state, source.last, source.path)
    if events:
        return events[-1].record, source.path
    return lowest_from(state, source.last), source.path


def _is_left(events: tuple[PathEvent, ...]) -> bool:
    return bool(events) and events[-1].change.kind is not ChangeKind.DELETED


def _candidates(operation: CopyOperation, inside: str) -> Iterator[str]:
    """What the path at `inside` below the destination may be a copy of, the last source first: it wins."""
    for source in reversed(operation.sources):
        if operation.parents:
            above = source.partition("/./")[0] if "/./" in source else "/"
            yield clean(f"{above}/{inside}")
            continue
        folder, _, pattern = clean(source).rpartition("/")
        if globs.has_wildcards(folder):
            continue
        if not globs.has_wildcards(pattern):
            if inside in ("", pattern):
                yield clean(source)
            if inside:
                yield clean(f"{source}/{inside}")
        elif inside and "/" not in inside and globs.match(pattern, inside):
            yield join(folder or "/", inside)
