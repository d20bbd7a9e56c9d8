"""What a snapshot has and no listing of it tells: the mount points of every container, and files that containers hide.

On the containerd image store a commit keeps what the engine put into the container. So it is not the snapshot that is
asked, but the image in which a step wrote such a file, or the base image.
"""

from collections.abc import Mapping
from typing import NamedTuple

from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import find_image
from stepper.engine.client import EngineClient
from stepper.engine.containers import Containers
from stepper.engine.hidden_files import HIDDEN, HiddenFile
from stepper.engine.listings import Listings
from stepper.engine.still_container import StillContainer
from stepper.image.entry import Entry


class UnlistedFiles(NamedTuple):
    """`hidden` is None where it is not known."""

    mount_points: Mapping[str, Entry]
    hidden: Mapping[str, HiddenFile] | None


def unlisted_files(
    client: EngineClient, containers: Containers, listings: Listings, container: StillContainer
) -> UnlistedFiles:
    """Those of the snapshot that a container is on. It takes a tenth of a second or more."""
    mount_points = _mount_points(client, containers, listings, container)
    return UnlistedFiles(mount_points, _hidden(client, listings, container))


def _mount_points(
    client: EngineClient, containers: Containers, listings: Listings, container: StillContainer
) -> Mapping[str, Entry]:
    base = listings.base(container.image)
    if base is None:
        return {}
    if base == container.image or not _exists(client, base):
        return container.mount_points_of_image()
    on_base = containers.still(base)
    try:
        return on_base.mount_points_of_image()
    finally:
        containers.discard(on_base)


def _hidden(client: EngineClient, listings: Listings, container: StillContainer) -> Mapping[str, HiddenFile] | None:
    found: dict[str, HiddenFile] = {}
    told: dict[str, Mapping[str, HiddenFile] | None] = {}
    for path in HIDDEN:
        writer = listings.writer(container.image, path)
        if writer not in told:
            told[writer] = container.hidden_files(writer if _exists(client, writer) else container.image)
        files = told[writer]
        if files is None:
            return None
        if path in files:
            found[path] = files[path]
    return found


def _exists(client: EngineClient, image: str) -> bool:
    with engine_errors("look for an image"):
        return find_image(client, image) is not None
