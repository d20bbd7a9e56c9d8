"""A finished image, taken apart: its layers with their instructions, what they waste, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from stepper.image.config import HistoryEntry, ImageConfig
from stepper.image.config_json import from_oci
from stepper.image.dive_figures import DiveFigures, dive_figures
from stepper.image.entry import Entry, EntryKind
from stepper.image.history import aligned
from stepper.image.instruction_text import instruction_text
from stepper.image.layer import Change, ChangeKind, Layer
from stepper.image.layer_contents import LayerContents
from stepper.image.saved_image import SavedImage
from stepper.image.stack import Stack, stack


class Attribute(Enum):
    """What a file can be rewritten for besides its content; the value is what the screen says."""

    MODE = "mode"
    OWNER = "owner"
    XATTRS = "extended attributes"
    TIME = "time"


@dataclass(frozen=True)
class AnalysedLayer:
    """One layer. `created` is RFC 3339, "" where it is not known; `size` the bytes of the files in it."""

    instruction: str
    created: str
    comment: str
    size: int
    layer: Layer


@dataclass(frozen=True)
class Rewrite:
    """Files that a layer holds again although their contents were there: `size` bytes for nothing but attributes."""

    layer: int
    files: int
    size: int
    attributes: frozenset[Attribute]


@dataclass(frozen=True)
class ImageAnalysis:
    """An image by its layers, the lowest first."""

    names: tuple[str, ...]
    platform: str
    config: ImageConfig
    contents: tuple[LayerContents, ...]

    @cached_property
    def stack(self) -> Stack:
        """The layers on top of each other."""
        return stack(self.contents)

    @cached_property
    def layers(self) -> tuple[AnalysedLayer, ...]:
        """Each layer with what the history says of it."""
        made = [entry for entry in aligned(self.config.history, len(self.contents)) if not entry.empty_layer]
        return tuple(
            _analysed(entry, contents, layer)
            for entry, contents, layer in zip(made, self.contents, self.stack.layers, strict=True)
        )

    @cached_property
    def dive(self) -> DiveFigures:
        """The figures by dive's definition."""
        return dive_figures(self.contents)

    @cached_property
    def rewrites(self) -> tuple[Rewrite, ...]:
        """The layers that rewrite files for their attributes only, as `chown -R` over a copied tree does."""
        return tuple(_rewrites(self.contents, self.stack.layers))

    @property
    def size(self) -> int:
        """Bytes of all layers."""
        return sum(contents.size for contents in self.contents)


def analyse(image: SavedImage) -> ImageAnalysis:
    """Take a saved image apart. The costly parts are worked out when somebody asks for them."""
    return ImageAnalysis(image.names, image.platform, from_oci(image.document), image.layers)


def _analysed(entry: HistoryEntry, contents: LayerContents, layer: Layer) -> AnalysedLayer:
    return AnalysedLayer(instruction_text(entry.created_by), entry.created, entry.comment, contents.size, layer)


def _rewrites(contents: Sequence[LayerContents], layers: Sequence[Layer]) -> list[Rewrite]:
    digests: dict[str, int] = {}
    found = []
    for index, (layer, own) in enumerate(zip(layers, contents, strict=True)):
        same = [change for change in layer.changes if _is_rewritten(change, digests, own.digests)]
        if same:
            attributes = frozenset(each for change in same for each in _changed_attributes(change.before, change.after))
            found.append(Rewrite(index, len(same), sum(change.size for change in same), attributes))
        for change in layer.changes:
            if change.kind is not ChangeKind.ADDED:
                digests.pop(change.path, None)
        digests.update(own.digests)
    return found


def _is_rewritten(change: Change, before: Mapping[str, int], after: Mapping[str, int]) -> bool:
    """Whether a file's content is in the layer again, the same as before."""
    old, new = change.before, change.after
    if old is None or new is None or not new.size or old.size != new.size:
        return False
    if old.kind is not EntryKind.FILE or new.kind is not EntryKind.FILE:
        return False
    return change.path in after and before.get(change.path) == after[change.path]


def _changed_attributes(old: Entry | None, new: Entry | None) -> list[Attribute]:
    if old is None or new is None:
        return []
    found = [Attribute.MODE] if old.mode != new.mode else []
    if (old.uid, old.gid) != (new.uid, new.gid):
        found.append(Attribute.OWNER)
    if old.xattrs != new.xattrs:
        found.append(Attribute.XATTRS)
    # The time goes with anything else, and is told only where it is all.
    return found or [Attribute.TIME]
