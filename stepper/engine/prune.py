"""Removes everything that Stepper keeps in an engine, and nothing else."""

from collections.abc import Iterable
from typing import Any

from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import get_json, inspect_image, list_images
from stepper.engine.client import EngineClient
from stepper.engine.leftovers import SessionNames, remove_leftovers
from stepper.engine.protocol import PruneReport
from stepper.engine.step_cache import StepCache
from stepper.engine.toolbox import VOLUME_PREFIX
from stepper.errors import EngineError


def prune(client: EngineClient, names: SessionNames, cache: StepCache) -> PruneReport:
    """Remove left-over containers, snapshots, untagged final images and toolboxes, and clear the step cache.

    An image that has a name stays, and what belongs to other users of the engine does. Raises `EngineError` while
    another session needs its snapshots.
    """
    if names.others_live():
        raise EngineError(
            "another Stepper is running, and needs the snapshots that prune would remove",
            hint="End it, then try again.",
        )
    containers = remove_leftovers(client, names)
    images, reclaimed = _remove_images(client, _own_images(client, cache.images(), names.mark))
    volumes = _remove_volumes(client)
    cache.clear()
    return PruneReport(images, containers, volumes, reclaimed)


def _own_images(client: EngineClient, noted: Iterable[str], mark: str) -> list[dict[str, Any]]:
    """What the engine says of each of Stepper's images: those noted in the cache, and those with the mark."""
    with engine_errors("look for snapshots"):
        listed = list_images(client)
        named = {str(image["Id"]) for image in listed if _names(image)}
        noted_ids = set(noted)
        unnamed = {*noted_ids, *(str(image["Id"]) for image in listed)} - named
        found = [_inspect(client, image) for image in sorted(unnamed)]
    return [
        image
        for image in found
        if image is not None and not _names(image) and (image["Id"] in noted_ids or image.get("Comment") == mark)
    ]


def _remove_images(client: EngineClient, images: list[dict[str, Any]]) -> tuple[int, int]:
    """Remove images, those that others build on last; how many, and the bytes that they had for themselves."""
    sizes = {str(image["Id"]): int(image.get("Size") or 0) for image in images}
    waiting = sorted(images, key=lambda image: str(image.get("Created") or ""), reverse=True)
    removed = reclaimed = 0
    while waiting:
        left = []
        for image in waiting:
            if _remove_image(client, str(image["Id"])):
                removed += 1
                own = sizes[str(image["Id"])] - sizes.get(str(image.get("Parent") or ""), 0)
                reclaimed += max(0, own)
            else:
                left.append(image)
        if len(left) == len(waiting):
            break
        waiting = left
    return removed, reclaimed


def _remove_image(client: EngineClient, image: str) -> bool:
    import docker.errors

    with engine_errors("remove a snapshot"):
        try:
            client.api.remove_image(image, noprune=True)
        except docker.errors.NotFound:
            return True
        except docker.errors.APIError:
            return False
    return True


def _remove_volumes(client: EngineClient) -> int:
    import docker.errors

    removed = 0
    with engine_errors("remove the toolbox"):
        found = get_json(client, "/volumes").get("Volumes") or ()
        for name in [str(volume["Name"]) for volume in found]:
            if not name.startswith(VOLUME_PREFIX):
                continue
            try:
                client.api.remove_volume(name)
            except docker.errors.APIError:
                continue
            removed += 1
    return removed


def _inspect(client: EngineClient, image: str) -> dict[str, Any] | None:
    """What the engine says of an image, None where it has none. Of one that it cannot tell of, its id alone."""
    import docker.errors

    try:
        return inspect_image(client, image)
    except docker.errors.NotFound:
        return None
    except docker.errors.APIError:
        return {"Id": image}


def _names(image: dict[str, Any]) -> list[str]:
    """The names of an image; engines before 23 list `<none>:<none>` for none."""
    return [name for name in image.get("RepoTags") or () if name != "<none>:<none>"]
