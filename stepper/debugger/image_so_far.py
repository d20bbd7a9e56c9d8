"""The image as it is after a step: its layers, the bytes that nobody sees, what its builder stages kept. Pure."""

from collections.abc import Iterator

from stepper.debugger.provenance import steps_below
from stepper.debugger.state import SessionState, StepRecord
from stepper.dockerfile.operations import CopyOperation, FromOperation
from stepper.engine.step import StepId
from stepper.frozen import frozen
from stepper.image.hidden_bytes import AttributeRewrite, attribute_rewrites, hidden_files
from stepper.image.layer import EMPTY_LAYER
from stepper.image.stack import HiddenFile


@frozen
class BuilderStage:
    """A stage that the image was copied from: the bytes that it is, and those that were taken of it.

    A base image that it has in common with the image does not count.
    """

    label: str
    last: StepId
    size: int
    taken: int

    @property
    def saved(self) -> int:
        """Bytes that stay behind."""
        return max(0, self.size - self.taken)


@frozen
class ImageSoFar:
    """`hidden` and `rewrites` tell of steps by their index in `steps`; -1 is the base image, see `hidden_files`.

    What the base image itself hides is not known here.
    """

    steps: tuple[StepRecord, ...]
    hidden: tuple[HiddenFile, ...] = ()
    rewrites: tuple[AttributeRewrite, ...] = ()
    builders: tuple[BuilderStage, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all layers."""
        return sum(record.size or 0 for record in self.steps)

    @property
    def unreachable(self) -> int:
        """Bytes that were written and are not visible at the end."""
        return sum(file.size for file in self.hidden)


def image_so_far(state: SessionState, step: StepId) -> ImageSoFar:
    """The image after a step. Takes some microseconds for each changed path."""
    steps = _layers_below(state, step)
    layers = [record.layer or EMPTY_LAYER for record in steps]
    return ImageSoFar(steps, hidden_files(layers), attribute_rewrites(layers), tuple(_builders(state, steps)))


def size_so_far(state: SessionState, step: StepId) -> int:
    """Bytes of all layers of the image after a step."""
    return sum(record.size or 0 for record in _layers_below(state, step))


def _layers_below(state: SessionState, step: StepId) -> tuple[StepRecord, ...]:
    """The steps that made layers. The FROM of a stage adds nothing to the stage that it names."""
    ran = [record for record in steps_below(state, step) if record.ran]
    return tuple(record for index, record in enumerate(ran) if _makes_layer(record, is_first=index == 0))


def _makes_layer(record: StepRecord, *, is_first: bool) -> bool:
    if is_first:
        return True
    is_from = record.step is not None and isinstance(record.step.operation, FromOperation)
    return not is_from and bool(record.size or (record.layer is not None and record.layer.changes))


def _builders(state: SessionState, steps: tuple[StepRecord, ...]) -> Iterator[BuilderStage]:
    """The stages that any of these steps copies from, and those that were copied from for them, in file order."""
    own = {record.id.stage for record in steps}
    taken: dict[int, int] = {}
    waiting = list(steps)
    while waiting:
        record = waiting.pop()
        operation = record.step.operation if record.step is not None else None
        if not isinstance(operation, CopyOperation) or operation.from_stage is None or operation.from_stage in own:
            continue
        if operation.from_stage not in taken:
            taken[operation.from_stage] = 0
            waiting += _layers_below(state, state.stage_steps(operation.from_stage)[-1].id)
        taken[operation.from_stage] += record.size or 0
    for stage in sorted(taken):
        last = state.stage_steps(stage)[-1].id
        size = sum(record.size or 0 for record in _layers_below(state, last) if not _is_same_base(record, steps[0]))
        label = state.dockerfile.stages[stage].label if state.dockerfile is not None else str(stage)
        yield BuilderStage(label, last, size, taken[stage])


def _is_same_base(record: StepRecord, base: StepRecord) -> bool:
    is_from = record.step is not None and isinstance(record.step.operation, FromOperation)
    if not is_from or record.after is None or base.after is None:
        return False
    return record.after.identity == base.after.identity
