"""The whole filesystem as it stands after one of an image's layers, and which layers touched a path."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from stepper.image.entry import Entry
from stepper.image.layer import Change, Layer, Listing


class LayerListing(NamedTuple):
    """A filesystem; `writers` has for each of its paths the layer, by index, that wrote it last."""

    listing: Listing
    writers: Mapping[str, int]


class LayerEvent(NamedTuple):
    """What a layer, by index, did to a path."""

    layer: int
    change: Change


def listing_after(layers: Sequence[Layer], index: int) -> LayerListing:
    """The filesystem after a layer, from what it and those below it change."""
    listing: dict[str, Entry] = {}
    writers: dict[str, int] = {}
    for number, layer in enumerate(layers[: index + 1]):
        for change in layer.changes:
            if change.after is None:
                listing.pop(change.path, None)
                writers.pop(change.path, None)
            else:
                listing[change.path] = change.after
                writers[change.path] = number
    return LayerListing(listing, writers)


def events_of(layers: Sequence[Layer], path: str) -> tuple[LayerEvent, ...]:
    """What happened to a path, the oldest first."""
    found = []
    for number, layer in enumerate(layers):
        index = bisect_left(layer.changes, path, key=lambda change: change.path)
        if index < len(layer.changes) and layer.changes[index].path == path:
            found.append(LayerEvent(number, layer.changes[index]))
    return tuple(found)
