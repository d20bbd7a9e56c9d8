"""A layer in one line: how many paths of each kind, and the bytes."""

from textual.content import Content

from stepper.image.layer import ChangeKind, Layer
from stepper.text import human_size

_STYLES = {
    ChangeKind.ADDED: "$text-success",
    ChangeKind.MODIFIED: "$text-warning",
    ChangeKind.DELETED: "$text-error",
}


def changes_summary(layer: Layer) -> Content:
    """`+ 1,204 added  ~ 2 modified  +141 MB`; what does not occur is left out."""
    if not layer.changes:
        return Content("")
    parts = [
        Content.styled(f"{kind.value} {layer.count(kind):,} {kind.name.lower()}", _STYLES[kind])
        for kind in ChangeKind
        if layer.count(kind)
    ]
    return Content("  ").join([*parts, Content.styled(human_size(layer.size, signed=True), "bold")])
