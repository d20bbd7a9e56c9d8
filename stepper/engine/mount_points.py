"""The directories that an engine mounts something at in every container, as snapshots have them.

An image may be without them, as scratch and the official busybox are. BuildKit then leaves the mount points of a RUN in
its layer, from where they can be copied. An engine makes them in a layer of the container's own, below that of what is
committed: so the snapshot of a RUN is known to have them, and its image has not.
"""

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from stepper.engine.containers import Containers
from stepper.engine.hidden_files import MOUNT_POINTS
from stepper.engine.listings import Listings
from stepper.engine.own_files import SETTINGS, FilesOfImages
from stepper.engine.step_cache import StepCache
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer
from stepper.image.stored import dump_listing, load_listing

_MODE = 0o755


class MountPoints:
    """Those of one engine's images, and `SETTINGS`; `exists` tells whether an image is still there.

    May be used from any thread.
    """

    def __init__(
        self,
        containers: Containers,
        files: FilesOfImages,
        listings: Listings,
        cache: StepCache,
        exists: Callable[[str], bool],
        *,
        alone: bool,
    ) -> None:
        """With `alone` unset, an engine puts files of its own into a layer that would hold nothing but these."""
        self._containers = containers
        self._files = files
        self._listings = listings
        self._cache = cache
        self._exists = exists
        self._alone = alone
        self._of_bases: dict[str, Mapping[str, Entry]] = {}

    def of(self, image: str | None) -> Mapping[str, Entry]:
        """Those that a snapshot's image has. Of a base image that takes a tenth of a second or more, once."""
        found: dict[str, Entry] = {}
        at = image
        while at is not None and (made_by := self._listings.maker(at)) is not None:
            at, layer = made_by
            for change in layer.mount_points:
                if change.after is not None:
                    found.setdefault(change.path, change.after)
            if len(found) == len(MOUNT_POINTS):
                return found
        of_base = self._of_base(at, image) if image is not None and at is not None else {}
        return {**{path: entry for path, entry in of_base.items() if path in MOUNT_POINTS}, **found}

    def missing(self, image: str | None) -> tuple[Change, ...]:
        """What a RUN on a snapshot makes of them now."""
        there = self.of(image)
        entry = Entry(EntryKind.DIRECTORY, _MODE, 0, 0, 0, time.time_ns())
        return tuple(Change(path, ChangeKind.ADDED, None, entry) for path in MOUNT_POINTS if path not in there)

    def made(self, missing: tuple[Change, ...], layer: Layer) -> Layer:
        """The layer of a RUN with those that were missing before it."""
        return replace(layer, mount_points=missing) if layer.changes or self._alone else layer

    def settings(self, image: str) -> Entry | None:
        """`SETTINGS` as the base image of a snapshot has it; None where that is not known, or a step changed it."""
        base = self._listings.base(image)
        if base is None or self._listings.writer(image, SETTINGS) != base:
            return None
        return self._of_base(base, image).get(SETTINGS)

    def _of_base(self, base: str, image: str) -> Mapping[str, Entry]:
        """Those of a base image; of an image on it where the base is gone."""
        found = self._of_bases.get(base)
        if found is None:
            found = self._stored(base)
            if found is None:
                found = self._asked(base if self._exists(base) else image)
            self._of_bases[base] = found
        return found

    def _stored(self, image: str) -> Mapping[str, Entry] | None:
        stored = self._cache.mount_points(image)
        # What is damaged is found out anew.
        with contextlib.suppress(ValueError):
            return load_listing(stored) if stored is not None else None
        return None

    def _asked(self, image: str) -> Mapping[str, Entry]:
        own = self._files.of(image)
        found = own.directories if own is not None else self._told_by_container(image)
        self._cache.store_mount_points(image, dump_listing(found))
        return found

    def _told_by_container(self, image: str) -> Mapping[str, Entry]:
        container = self._containers.still(image)
        try:
            return container.mount_points_of_image()
        finally:
            self._containers.discard(container)
