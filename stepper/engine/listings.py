"""The whole filesystem of any image: from the layers that led to it, from the cache folder, or by a walk."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager

from stepper.engine.step_cache import StepCache
from stepper.engine.step_container import StepContainer
from stepper.engine.walk import all_targets, clock, walk
from stepper.image.diff import apply
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Layer, Listing
from stepper.image.stored import dump_listing, load_layer, load_listing

EMPTY: Listing = {"/": Entry(EntryKind.DIRECTORY, 0o755, 0, 0, 0, 0)}
"""The filesystem of scratch."""
_KEPT = 4


class Listings:
    """The listings of one engine's images. `container` gives a running container on an image, for a walk.

    May be used from any thread.
    """

    def __init__(self, cache: StepCache, container: Callable[[str], AbstractContextManager[StepContainer]]) -> None:
        self._cache = cache
        self._container = container
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Listing] = OrderedDict()
        self._made_by: dict[str, tuple[str | None, Layer]] = {}

    def of(self, image: str | None, fresh: StepContainer | None = None) -> Listing:
        """The listing of an image.

        `fresh` is a container on it in which nothing was run yet, for the walk if one is needed.
        """
        if image is None:
            return EMPTY
        listing = self._kept.get(image)
        if listing is not None:
            return listing
        layers: list[Layer] = []
        at: str | None = image
        while at is not None:
            listing = self._kept.get(at)
            if listing is not None:
                break
            made_by = self._maker(at)
            if made_by is None:
                listing = self._of_base(at, fresh if at == image else None)
                break
            layers.append(made_by[1])
            at = made_by[0]
        listing = EMPTY if listing is None else listing
        for layer in reversed(layers):
            listing = apply(listing, layer)
        self._keep(image, listing)
        return listing

    def is_known(self, image: str) -> bool:
        """Whether the listing needs no walk."""
        return image in self._kept or self._maker(image) is not None or self._cache.listing(image) is not None

    def add(self, image: str, parent: str | None, layer: Layer, listing: Listing | None = None) -> None:
        """Note that a step made `image` of `parent`; `listing` is what it holds, where that is known already."""
        self._made_by[image] = (parent, layer)
        if listing is not None:
            self._keep(image, listing)

    def _maker(self, image: str) -> tuple[str | None, Layer] | None:
        known = self._made_by.get(image)
        if known is None:
            step = self._cache.producer(image)
            if step is None or step.layer is None:
                return None
            known = self._made_by[image] = (step.parent, load_layer(step.layer))
        return known

    def _of_base(self, image: str, fresh: StepContainer | None) -> Listing:
        stored = self._cache.listing(image)
        if stored is not None:
            return load_listing(stored)
        if fresh is not None:
            listing = image_listing(fresh)
        else:
            with self._container(image) as container:
                # A container that was prepared ahead may have been walked meanwhile.
                listing = self._kept.get(image) or image_listing(container)
        self._keep(image, listing)
        self._cache.store_listing(image, dump_listing(listing))
        return listing

    def _keep(self, image: str, listing: Listing) -> None:
        with self._lock:
            self._kept[image] = listing
            self._kept.move_to_end(image)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


def image_listing(container: StepContainer) -> Listing:
    """The listing of the image that a container was started on, in which nothing was run yet.

    What the engine made for the container is left out, as far as it can be told from the image's own by its age.
    """
    started = clock(container.worker) - int((time.monotonic() - container.created_at) * 10**9)
    found = walk(container.worker)
    entries = all_targets(container.worker, found.entries)
    young = [path for path in found.engine.made if path in entries and entries[path].ctime_ns >= started]
    for path in sorted(young, key=len, reverse=True):
        if path != "/" and (entries[path].kind is not EntryKind.DIRECTORY or not _has_children(path, entries)):
            del entries[path]
    return entries


def _has_children(directory: str, entries: Listing) -> bool:
    prefix = directory + "/"
    return any(path.startswith(prefix) for path in entries)
