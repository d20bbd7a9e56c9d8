"""The configuration of an image that an engine has."""

import contextlib
import json
import re
from collections.abc import Generator, Sequence
from typing import Any

from stepper.engine.api_requests import LIBPOD, get_json, image_path, inspect_image
from stepper.engine.client import EngineClient
from stepper.engine.engine_info import PODMAN
from stepper.engine.interruption import Interruption
from stepper.image.archive import ArchiveReader
from stepper.image.config import HistoryEntry, ImageConfig
from stepper.image.config_json import from_inspect
from stepper.image.entry import EntryKind

_OF_ARCHIVES = re.compile(r"^(/bin/sh -c #\(nop\) +)?(SHELL|ONBUILD) ")
"""An instruction in an image's history, after which Podman is asked for the archive."""


def config_of_image(client: EngineClient, image: str, product: str) -> ImageConfig:
    """What an engine of this product (see `EngineInfo`) says of an image by id. Raises the SDK's errors."""
    return from_inspect(_told(client, image, product), ())


def config_of_base(
    client: EngineClient, image: str, product: str, history: Sequence[HistoryEntry], interruption: Interruption
) -> ImageConfig:
    """The same with all that it has for the steps that stand on it, and with its history.

    Of a large image in Podman that may take long: raises `StoppedError` as well.
    """
    found = _told(client, image, product)
    if product == PODMAN and any(_OF_ARCHIVES.search(entry.created_by) for entry in history):
        found["Config"] |= _archived(client, image, interruption)
    return from_inspect(found, history)


def _told(client: EngineClient, image: str, product: str) -> dict[str, Any]:
    found = inspect_image(client, image)
    if product == PODMAN:
        # Podman leaves the health check out of Docker's API, and tells it in its own.
        answer = get_json(client, f"{LIBPOD}{image_path(image, 'json')}")
        found["Config"] = {**(found.get("Config") or {}), "Healthcheck": answer.get("Healthcheck")}
    return found


def _archived(client: EngineClient, image: str, interruption: Interruption) -> dict[str, Any]:
    """What Podman tells of an image by nothing but its archive, which holds all layers."""
    with contextlib.closing(_archive(client, image, interruption)) as chunks:
        reader = ArchiveReader(chunks)
        documents = {
            member.name: b"".join(reader.content())
            for member in reader
            if member.kind is EntryKind.FILE and "/" not in member.name and member.name.endswith(".json")
        }
    document = json.loads(documents[json.loads(documents["manifest.json"])[0]["Config"]])
    return {name: (document.get("config") or {}).get(name) for name in ("Shell", "OnBuild")}


def _archive(client: EngineClient, image: str, interruption: Interruption) -> Generator[bytes, None, None]:
    chunks = client.download(image_path(image, "get"), stopping=interruption.stopping)
    with contextlib.closing(chunks):
        try:
            for chunk in chunks:
                interruption.check()
                yield chunk
        except Exception:
            # What is stopped fails.
            interruption.check()
            raise
