"""What a snapshot has and no listing of it tells: the mount points of every container, and files that containers hide.

On the containerd image store a commit keeps what the engine put into the container. So it is not the snapshot that is
asked, but the image in which a step wrote such a file, or the base image.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from stepper.engine.hidden_files import HIDDEN, HiddenFile
from stepper.engine.listings import Listings
from stepper.engine.mount_points import MountPoints
from stepper.engine.still_container import StillContainer
from stepper.image.entry import Entry

Exists = Callable[[str], bool]
"""Whether an image is in the engine."""


class UnlistedFiles(NamedTuple):
    """`hidden` is None where it is not known."""

    mount_points: Mapping[str, Entry]
    hidden: Mapping[str, HiddenFile] | None


UnlistedOf = Callable[[StillContainer], UnlistedFiles]
"""The unlisted files of the snapshot that a container is on. It takes a tenth of a second or more."""


def unlisted_files(
    mount_points: MountPoints, listings: Listings, exists: Exists, container: StillContainer
) -> UnlistedFiles:
    """See `UnlistedOf`."""
    return UnlistedFiles(mount_points.of(container.image), _hidden(listings, exists, container))


def image_with(listings: Listings, exists: Exists, image: str, path: str) -> str:
    """The image to look for a hidden file of a snapshot in: its last writer's, or its own where that is gone."""
    writer = listings.writer(image, path)
    return writer if exists(writer) else image


def _hidden(listings: Listings, exists: Exists, container: StillContainer) -> Mapping[str, HiddenFile] | None:
    found: dict[str, HiddenFile] = {}
    told: dict[str, Mapping[str, HiddenFile] | None] = {}
    for path in HIDDEN:
        image = image_with(listings, exists, container.image, path)
        if image not in told:
            told[image] = container.hidden_files(image)
        files = told[image]
        if files is None:
            return None
        if path in files:
            found[path] = files[path]
    return found
