"""What a snapshot has and no listing of it tells: the mount points of every container, and files that containers hide.

On the containerd image store a commit keeps what the engine put into the container. So it is not the snapshot that is
asked, but the image in which a step wrote such a file, or the base image.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from stepper.engine.hidden_files import HIDDEN, HiddenFile, is_made_by_engine
from stepper.engine.listings import Listings
from stepper.engine.mount_points import MountPoints
from stepper.engine.own_files import FilesOfImages
from stepper.engine.still_container import StillContainer
from stepper.image.entry import Entry

_MOUNTED_BY_BUILDKIT = frozenset(("/etc/hosts", "/etc/resolv.conf"))
"""BuildKit makes those that are missing for a RUN and removes them again, which gives their directory another time."""
Exists = Callable[[str], bool]
"""Whether an image is in the engine."""


class UnlistedFiles(NamedTuple):
    """`settings` is `SETTINGS` as the image has it, None where the listing has it as well or nothing better is known.

    `hidden` is None where it is not known.
    """

    mount_points: Mapping[str, Entry]
    settings: Entry | None
    hidden: Mapping[str, HiddenFile] | None


UnlistedOf = Callable[[StillContainer], UnlistedFiles]
"""The unlisted files of the snapshot that a container is on. It takes a tenth of a second or more."""


def unlisted_files(
    mount_points: MountPoints, files: FilesOfImages, listings: Listings, exists: Exists, container: StillContainer
) -> UnlistedFiles:
    """See `UnlistedOf`."""
    hidden = _hidden(files, listings, exists, container)
    has_none_made = (hidden or {}).keys() >= _MOUNTED_BY_BUILDKIT
    is_as_in_base = listings.base(container.image) == container.image or has_none_made
    settings = mount_points.settings(container.image) if is_as_in_base else None
    return UnlistedFiles(mount_points.of(container.image), settings, hidden)


def image_with(listings: Listings, exists: Exists, image: str, path: str) -> str:
    """The image to look for a hidden file of a snapshot in: its last writer's, or its own where that is gone."""
    writer = listings.writer(image, path)
    return writer if exists(writer) else image


def _hidden(
    files: FilesOfImages, listings: Listings, exists: Exists, container: StillContainer
) -> Mapping[str, HiddenFile] | None:
    found: dict[str, HiddenFile] = {}
    told: dict[str, Mapping[str, HiddenFile] | None] = {}
    for path in HIDDEN:
        writer = listings.writer(container.image, path)
        if writer not in told:
            told[writer] = _hidden_in(files, writer if exists(writer) else None, container)
        of_writer = told[writer]
        if of_writer is None:
            return None
        file = of_writer.get(path)
        if file is not None and not (is_made_by_engine(file.entry) and _kept_by_commit(listings, writer, path)):
            found[path] = file
    return found


def _kept_by_commit(listings: Listings, image: str, path: str) -> bool:
    """Whether what is at a path of an image is there only since the engine put it into a step's container."""
    made_by = listings.maker(image)
    return made_by is not None and not any(change.path == path for change in made_by[1].changes)


def _hidden_in(files: FilesOfImages, image: str | None, container: StillContainer) -> Mapping[str, HiddenFile] | None:
    """Those of an image; None stands for one that is gone, and the container's is the one to look in."""
    own = files.of(image) if image is not None else None
    return own.hidden if own is not None else container.hidden_files(image or container.image)
