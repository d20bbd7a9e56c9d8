"""How two images in engines differ, one line for each difference."""

import contextlib
import datetime
import math
import re
from functools import cache
from typing import Any, NamedTuple

import docker.errors

from stepper.engine.api_requests import inspect_image
from stepper.engine.client import EngineClient
from tests.parity.flat import file_differences, with_copies
from tests.parity.saved import document_differences, saved_differences, saved_image

BASE_IMAGES = ("busybox", "debian:stable-slim")
_CONFIGURATION = (
    "Env",
    "Cmd",
    "Entrypoint",
    "User",
    "WorkingDir",
    "ExposedPorts",
    "Volumes",
    "Labels",
    "Healthcheck",
    "Shell",
    "StopSignal",
    "OnBuild",
)


class StoredImage(NamedTuple):
    """An image in an engine."""

    client: EngineClient
    name: str


def differences(
    ours: StoredImage,
    reference: StoredImage,
    *,
    same_steps: bool = True,
    same_time: bool = False,
    copies_as_links: bool = False,
) -> list[str]:
    """How an image differs from the reference.

    With `same_steps` they were built by the same instructions, which then stand in the history and have made the
    layers. With `same_time` they have to say of themselves that they were made at the same time. With `copies_as_links`
    it is the same whether files are one with several names or several with one content.
    """
    empty = [_is_empty(ours), _is_empty(reference)]
    if any(empty):
        lines = _config_differences(configuration(*ours), configuration(*reference))
        return lines if all(empty) else [*lines, f"an image without layers: {ours if empty[0] else reference}"]
    # The reference may have kept steps from before the other engine got the base images.
    built_after = min(base_images_made(side.client) for side in (ours, reference))
    with saved_image(*ours) as here, saved_image(*reference) as there:
        lines = document_differences(here.document, there.document)
        if same_steps:
            same_engine = ours.client is reference.client
            lines += saved_differences(here, there, same_engine=same_engine, same_time=same_time)
        files = [with_copies(image.files()) if copies_as_links else image.files() for image in (here, there)]
        return lines + file_differences(*files, built_after=built_after)


def configuration(client: EngineClient, image: str) -> dict[str, Any]:
    """The configuration of an image that cannot be saved; what is empty and what is not set are the same."""
    inspect = inspect_image(client, image)
    config = inspect.get("Config") or {}
    found = {key: config.get(key) or None for key in _CONFIGURATION}
    return found | {key: inspect.get(key) or None for key in ("Author", "Os", "Architecture")}


@cache
def base_images_made(client: EngineClient) -> int:
    """When the last of the cases' base images was made, in seconds: what is younger got its time from a build."""
    found = [0.0]
    for image in BASE_IMAGES:
        with contextlib.suppress(docker.errors.ImageNotFound):
            created = re.sub(r"\.\d+", "", client.sdk.images.get(image).attrs["Created"])
            found.append(datetime.datetime.fromisoformat(created).timestamp())
    return math.ceil(max(found))


def _is_empty(image: StoredImage) -> bool:
    """An image without layers: no engine saves that."""
    return not inspect_image(image.client, image.name)["RootFS"].get("Layers")


def _config_differences(ours: dict[str, Any], reference: dict[str, Any]) -> list[str]:
    return [
        f"config {key}: {ours[key]!r}, BuildKit has {reference[key]!r}" for key in ours if ours[key] != reference[key]
    ]
