"""What is known of an image before its layers were read: its history with sizes, and its configuration."""

from collections.abc import Sequence

from stepper.frozen import frozen
from stepper.image.config import ImageConfig
from stepper.image.history import HistoryLine
from stepper.image.instruction_text import instruction_text


@frozen
class LayerOutline:
    """One layer: the instruction that made it, "" where that is not known, and its `size` in bytes."""

    instruction: str
    comment: str
    created: str
    size: int


@frozen
class ImageOutline:
    """An image by its layers, the lowest first. `config` is None where it is not known yet."""

    name: str
    platform: str
    layers: tuple[LayerOutline, ...]
    config: ImageConfig | None = None

    @property
    def size(self) -> int:
        """Bytes of all layers."""
        return sum(layer.size for layer in self.layers)


def layer_outlines(history: Sequence[HistoryLine]) -> tuple[LayerOutline, ...]:
    """The layers of a history; an instruction that made none is left out."""
    return tuple(
        LayerOutline(instruction_text(entry.created_by), entry.comment, entry.created, size)
        for entry, size in history
        if not entry.empty_layer
    )
