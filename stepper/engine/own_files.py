"""What an image itself has in the places where every container has something of the engine's.

An engine that mounts images shows all of it: the image's files lie beside those of the container.
"""

from collections.abc import Mapping
from typing import NamedTuple

from stepper.engine.containers import Containers
from stepper.engine.hidden_files import HIDDEN, MOUNT_POINTS, HiddenFile
from stepper.engine.walk import entry_of
from stepper.image.entry import Entry, EntryKind

SETTINGS = "/etc"
"""The directory of `HIDDEN`, whose time in a container is that of the engine's files."""
_AT = "/dev/.stepper-image"


class OwnFiles(NamedTuple):
    """`directories` are those of `MOUNT_POINTS` that the image has, and `SETTINGS`; `hidden` are by their paths."""

    directories: Mapping[str, Entry]
    hidden: Mapping[str, HiddenFile]


class FilesOfImages:
    """Looks into the images of one engine; with `mounts_images` unset nothing is known. May be used from any thread."""

    def __init__(self, containers: Containers, *, mounts_images: bool) -> None:
        self._containers = containers
        self._mounts_images = mounts_images
        self._known: dict[str, OwnFiles | None] = {}

    def of(self, image: str) -> OwnFiles | None:
        """What an image has; None where that is not known. It takes the start of a container, once."""
        if image not in self._known:
            self._known[image] = self._look_into(image) if self._mounts_images else None
        return self._known[image]

    def _look_into(self, image: str) -> OwnFiles | None:
        mount = {"Type": "image", "Source": image, "Target": _AT}
        container = self._containers.take(image, host_config={"Mounts": [mount]})
        try:
            worker = container.worker
            if worker.busybox is None:
                return None
            places = (*MOUNT_POINTS, SETTINGS, *HIDDEN)
            entries = {path: entry for path in places if (entry := entry_of(worker, f"{_AT}{path}")) is not None}
            files = [path for path in HIDDEN if path in entries and entries[path].kind is EntryKind.FILE]
            hidden = {path: HiddenFile(entries[path], worker.run(f"$b cat {_AT}{path}").stdout) for path in files}
            directories = {path: entry for path, entry in entries.items() if entry.kind is EntryKind.DIRECTORY}
            return OwnFiles(directories, hidden)
        finally:
            self._containers.discard(container)
