"""What a step changed, in one line: how many paths of each kind, and the bytes; or why that is not known."""

from textual.content import Content

from stepper.debugger.state import StepRecord
from stepper.image.layer import ChangeKind, Layer
from stepper.text import human_size

_STYLES = {
    ChangeKind.ADDED: "$text-success",
    ChangeKind.MODIFIED: "$text-warning",
    ChangeKind.DELETED: "$text-error",
}


def step_summary(record: StepRecord, layer: Layer) -> Content:
    """The line for a step; what each step of the engine's own builder changed is not known."""
    if _is_whole_build(record):
        return Content("The whole image, not known by step")
    return changes_summary(layer)


def nothing_text(record: StepRecord, layer: Layer | None) -> str:
    """What stands in the place of a layer that has no changes, or is None since nobody knows them yet."""
    if layer is None:
        return "Listing the files …"
    if _is_whole_build(record) and not record.ran:
        return "How far it came is not known"
    return "Nothing changed on disk"


def changes_summary(layer: Layer, size: int | None = None) -> Content:
    """`+ 1,204 added  ~ 2 modified  +141 MB`; what does not occur is left out, and what is known to differ in its time
    only is counted for itself. `size` is what to say in place of the bytes that the layer holds.
    """
    if not layer.changes:
        return Content("")
    others = layer.without_times
    parts = [
        Content.styled(f"{kind.value} {others.count(kind):,} {kind.name.lower()}", _STYLES[kind])
        for kind in ChangeKind
        if others.count(kind)
    ]
    if layer.time_only:
        parts.append(Content.styled(f"~ {layer.time_only:,} time only", "$text-muted"))
    return Content("  ").join(
        [*parts, Content.styled(human_size(others.size if size is None else size, signed=True), "bold")]
    )


def _is_whole_build(record: StepRecord) -> bool:
    return record.instruction.keyword == "SYNTAX"
