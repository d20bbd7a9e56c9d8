"""A finished image with what the screen shows of its layers worked out: going from one to the other costs nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from stepper.image.analysis import ImageAnalysis
from stepper.image.layer import ChangeKind, Layer
from stepper.tui.layers.layer_list import LayerItem
from stepper.tui.widgets.change_nodes import Node, layer_tree
from stepper.tui.widgets.change_tree import BUILT_AT_ONCE
from stepper.tui.widgets.tree_cache import PATHS_KEPT


@dataclass(frozen=True)
class OpenedImage:
    """`trees` are those of large layers, by the layers' indexes; not of all where that would be too many paths."""

    analysis: ImageAnalysis
    items: tuple[LayerItem, ...]
    trees: Mapping[int, Node]

    @classmethod
    def of(cls, analysis: ImageAnalysis) -> "OpenedImage":
        """Work it out; takes some microseconds a path."""
        items = tuple(
            LayerItem(each.size, told(each.instruction, each.comment), counts(each.layer)) for each in analysis.layers
        )
        trees: dict[int, Node] = {}
        left = PATHS_KEPT
        for index, layer in enumerate(analysis.stack.layers):
            left -= len(layer.changes)
            if len(layer.changes) > BUILT_AT_ONCE and left >= 0:
                trees[index] = layer_tree(layer)
        return cls(analysis, items, trees)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """What each layer changes."""
        return self.analysis.stack.layers


def told(instruction: str, comment: str) -> str:
    """What made a layer: its instruction, else the comment, as an import has one."""
    return instruction or comment


def counts(layer: Layer) -> str:
    """`+1,204 ~2 -1`; what does not occur is left out."""
    return " ".join(f"{kind.value}{layer.count(kind):,}" for kind in ChangeKind if layer.count(kind))
