"""What is in an image, and how two images differ, one line for each difference."""

import contextlib
import datetime
import hashlib
import math
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import docker
import docker.errors

from stepper.engine.client import EngineClient
from tests.parity.saved import saved_differences, saved_image

BASE_IMAGES = ("busybox", "debian:stable-slim")
_MADE_BY_THE_ENGINE = frozenset(
    (
        ".dockerenv",
        "dev/console",
        "dev/pts",
        "dev/shm",
        "etc/hostname",
        "etc/hosts",
        "etc/mtab",
        "etc/resolv.conf",
        "proc",
        "sys",
    )
)
"""What an engine puts into every container, and so over whatever the image has there."""
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


@dataclass(frozen=True)
class FlatFile:
    """One path of an image. `digest` is of a file's content; `link` the target of a link."""

    kind: str
    mode: int
    owner: tuple[int, int]
    size: int
    mtime: int
    link: str
    digest: str
    device: tuple[int, int]
    xattrs: tuple[tuple[str, str], ...]


class _Stream:
    """The chunks of a response as a file that can be read once."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._buffer = b""

    def read(self, size: int) -> bytes:
        parts = [self._buffer]
        length = len(self._buffer)
        while length < size:
            chunk = next(self._chunks, b"")
            if not chunk:
                break
            parts.append(chunk)
            length += len(chunk)
        data = b"".join(parts)
        self._buffer = data[size:]
        return data[:size]


def flat_files(client: EngineClient, image: str) -> dict[str, FlatFile]:
    """Every path of an image, by way of a container that is not started."""
    container = client.api.create_container(image, command=["none"], healthcheck={"Test": ["NONE"]})["Id"]
    try:
        stream: Any = _Stream(iter(client.api.export(container)))
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            return {
                member.name: _flat(member, archive.extractfile(member) if member.isreg() else None)
                for member in archive
                if member.name not in _MADE_BY_THE_ENGINE
            }
    finally:
        client.api.remove_container(container, v=True)


def configuration(client: EngineClient, image: str) -> dict[str, Any]:
    """The image's configuration; what is empty and what is not set are the same."""
    inspect: dict[str, Any] = client.sdk.images.get(image).attrs
    config = inspect.get("Config") or {}
    found = {key: config.get(key) or None for key in _CONFIGURATION}
    return found | {key: inspect.get(key) or None for key in ("Author", "Os", "Architecture")}


class StoredImage(NamedTuple):
    """An image in an engine."""

    client: EngineClient
    name: str


def differences(ours: StoredImage, reference: StoredImage, *, same_time: bool = False) -> list[str]:
    """How an image differs from the reference.

    With `same_time` the images have to say of themselves that they were made at the same time.
    """
    with saved_image(*ours) as here, saved_image(*reference) as there:
        saved = saved_differences(here, there, same_time=same_time)
    built_after = max(base_images_made(side.client) for side in (ours, reference))
    return [
        *_config_differences(configuration(*ours), configuration(*reference)),
        *saved,
        *file_differences(flat_files(*ours), flat_files(*reference), built_after=built_after),
    ]


@cache
def base_images_made(client: EngineClient) -> int:
    """When the last of the cases' base images was made, in seconds: what is younger got its time from a build."""
    found = [0.0]
    for image in BASE_IMAGES:
        with contextlib.suppress(docker.errors.ImageNotFound):
            created = re.sub(r"\.\d+", "", client.sdk.images.get(image).attrs["Created"])
            found.append(datetime.datetime.fromisoformat(created).timestamp())
    return math.ceil(max(found))


def _config_differences(ours: dict[str, Any], reference: dict[str, Any]) -> list[str]:
    return [
        f"config {key}: {ours[key]!r}, BuildKit has {reference[key]!r}" for key in ours if ours[key] != reference[key]
    ]


def file_differences(ours: dict[str, FlatFile], reference: dict[str, FlatFile], *, built_after: int) -> list[str]:
    """How two sets of files differ, sorted by path. The times at which the builds ran are all the same."""
    lines = []
    for path in sorted({*ours, *reference}):
        here, there = ours.get(path), reference.get(path)
        if here is None or there is None:
            lines.append(f"/{path}: {'missing' if here is None else 'not in BuildKit'}: {here or there}")
            continue
        for field in ("kind", "mode", "owner", "size", "link", "digest", "device", "xattrs", "mtime"):
            a, b = getattr(here, field), getattr(there, field)
            if a != b and not (field == "mtime" and min(a, b) >= built_after):
                shown = [f"{value:o}" if field == "mode" else repr(value) for value in (a, b)]
                lines.append(f"/{path}: {field} {shown[0]}, BuildKit has {shown[1]}")
    return lines


def _flat(member: tarfile.TarInfo, content: Any) -> FlatFile:
    return FlatFile(
        kind=member.type.decode(),
        mode=member.mode,
        owner=(member.uid, member.gid),
        size=member.size,
        mtime=int(member.mtime),
        link=member.linkname,
        digest=hashlib.file_digest(content, "sha256").hexdigest() if content is not None else "",
        device=(member.devmajor, member.devminor),
        xattrs=tuple(sorted((key, value) for key, value in member.pax_headers.items() if "xattr" in key)),
    )
