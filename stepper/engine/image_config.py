"""The configuration of an image that an engine has."""

import json
import re
from collections.abc import Sequence
from typing import Any

from stepper.engine.api_requests import LIBPOD, get_json, image_path, inspect_image
from stepper.engine.client import EngineClient
from stepper.engine.engine_info import PODMAN
from stepper.image.archive import ArchiveReader
from stepper.image.config import HistoryEntry, ImageConfig
from stepper.image.config_json import from_inspect
from stepper.image.entry import EntryKind

_OF_ARCHIVES = re.compile(r"^(/bin/sh -c #\(nop\) +)?(SHELL|ONBUILD) ")
"""An instruction in an image's history, after which Podman is asked for the archive."""


def config_of_image(
    client: EngineClient, image: str, product: str, history: Sequence[HistoryEntry] = ()
) -> ImageConfig:
    """What an engine of this product (see `EngineInfo`) says of an image by id. Raises the SDK's errors."""
    found = inspect_image(client, image)
    if product == PODMAN:
        # Podman leaves the health check out of Docker's API, and tells it in its own.
        answer = get_json(client, f"{LIBPOD}{image_path(image, 'json')}")
        found["Config"] = {**(found.get("Config") or {}), "Healthcheck": answer.get("Healthcheck")}
        if any(_OF_ARCHIVES.search(entry.created_by) for entry in history):
            found["Config"] |= _archived(client, image)
    return from_inspect(found, history)


def _archived(client: EngineClient, image: str) -> dict[str, Any]:
    """What Podman tells of an image by nothing but its archive, which holds all layers."""
    reader = ArchiveReader(client.api.get_image(image))
    documents = {
        member.name: b"".join(reader.content())
        for member in reader
        if member.kind is EntryKind.FILE and "/" not in member.name and member.name.endswith(".json")
    }
    document = json.loads(documents[json.loads(documents["manifest.json"])[0]["Config"]])
    return {name: (document.get("config") or {}).get(name) for name in ("Shell", "OnBuild")}
