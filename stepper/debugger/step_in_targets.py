"""Where a step into a COPY --from leads: the steps of the source stage that made what it copies. Pure."""

from typing import TYPE_CHECKING

from stepper.debugger.state import StepRecord
from stepper.dockerfile.operations import CopyOperation
from stepper.engine.step import Step
from stepper.errors import UsageError
from stepper.frozen import frozen
from stepper.image.entry import EntryKind

if TYPE_CHECKING:
    from stepper.debugger.copy_report import CopyReport

_MOST = 200


@frozen
class StepInTarget:
    """A file that is copied, and the step that wrote it last; for one of the base image the FROM that brought it."""

    path: str
    size: int
    maker: StepRecord


def copies_what_was_built(step: Step) -> bool:
    """Whether it is a COPY from a stage or an image. What is in a folder, or the build context, no step made."""
    operation = step.operation
    if not isinstance(operation, CopyOperation):
        return False
    return operation.from_stage is not None or operation.from_image is not None


def step_in_targets(step: Step, report: "CopyReport") -> tuple[StepInTarget, ...]:
    """The files, the largest first; of very many the largest, and those without which a step would be missing.

    Raises `UsageError` where there is no step: for an image, and for a COPY that finds nothing.
    """
    operation = step.operation
    assert isinstance(operation, CopyOperation), "only a COPY has sources"
    line = step.instruction.line
    if operation.from_image is not None:
        raise UsageError(
            f"line {line} copies from {operation.from_image}, a finished image: no step here made it",
            hint=f"`stepper layers {operation.from_image}` explores its layers.",
        )
    files = sorted(
        (file for file in report.record.files if file.entry.kind is not EntryKind.DIRECTORY),
        key=lambda file: (-file.entry.size, file.source),
    )
    found: list[StepInTarget] = []
    makers = set()
    for file in files:
        maker = report.maker(file)
        if maker is not None and (len(found) < _MOST or maker.id not in makers):
            makers.add(maker.id)
            found.append(StepInTarget(file.source, file.entry.size, maker))
    if not found:
        raise UsageError(
            f"no step of {report.source_name} made what line {line} copies",
            hint="G at a line of that stage goes to its step.",
        )
    return tuple(found)
