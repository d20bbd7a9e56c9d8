"""The whole filesystem of any image: from the layers that led to it, from the cache folder, or by a walk."""

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager

from stepper.engine.step_cache import StepCache
from stepper.engine.step_container import StepContainer
from stepper.engine.walk import all_targets, can_walk, clock, walk
from stepper.errors import EngineError
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
            made_by = self.maker(at)
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

    def base(self, image: str) -> str | None:
        """The image that the first of Stepper's steps that led to this one was on; None where that was scratch."""
        at: str | None = image
        while at is not None and (made_by := self.maker(at)) is not None:
            at = made_by[0]
        return at

    def writer(self, image: str, path: str) -> str:
        """The image whose step wrote, changed or removed a path last: a base where none of Stepper's did."""
        at = image
        while (made_by := self.maker(at)) is not None:
            parent, layer = made_by
            if parent is None or any(change.path == path for change in layer.changes):
                break
            at = parent
        return at

    def knows(self, image: str) -> bool:
        """Whether it was told how this image was made, or has listed it."""
        return image in self._made_by or image in self._kept

    def add(self, image: str, parent: str | None, layer: Layer) -> None:
        """Note that a step made `image` of `parent`."""
        self._made_by[image] = (parent, layer)

    def maker(self, image: str) -> tuple[str | None, Layer] | None:
        """The image that the step that made `image` was on, and what it changed; None where that is not known."""
        known = self._made_by.get(image)
        if known is None:
            step = self._cache.producer(image)
            if step is None or step.layer is None:
                return None
            try:
                known = self._made_by[image] = (step.parent, load_layer(step.layer))
            except ValueError:
                return None
        return known

    def _of_base(self, image: str, fresh: StepContainer | None) -> Listing:
        stored = self._cache.listing(image)
        if stored is not None:
            # What is damaged is made anew.
            with contextlib.suppress(ValueError):
                return load_listing(stored)
        if fresh is not None:
            listing = container_listing(fresh)
        else:
            with self._container(image) as container:
                # A container that was prepared ahead may have been walked meanwhile.
                listing = self._kept.get(image) or container_listing(container)
        self._keep(image, listing)
        self._cache.store_listing(image, dump_listing(listing))
        return listing

    def _keep(self, image: str, listing: Listing) -> None:
        with self._lock:
            self._kept[image] = listing
            self._kept.move_to_end(image)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


def container_listing(container: StepContainer) -> Listing:
    """The listing of a container: in which nothing was run yet, that of its image.

    What the engine made for the container is left out, as far as it can be told from the image's own by its age.
    Raises `EngineError` where there is nothing to list files with.
    """
    if not can_walk(container.worker):
        raise EngineError(
            "the image has no programs to list its files with, and there is no toolbox",
            hint="Get a toolbox image: `docker pull busybox:musl`, then try again.",
        )
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
