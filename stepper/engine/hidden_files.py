"""The files of an image that every container hides: Docker puts files of its own over them, also where nothing runs.

The classic builder copies from an image without a container, and so it sees them. On the containerd image store it does
so only in the image whose step wrote them; in a later snapshot the engine's own empty files are all that is to be had.

Podman puts nothing into a container before it starts, and tells all of them; but its archives have no owners.
"""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import create_container
from stepper.engine.client import EngineClient
from stepper.engine.engine_info import PODMAN, product_of
from stepper.engine.leftovers import remove_container
from stepper.image.archive import END, ArchiveReader, Header, padding, write_header
from stepper.image.entry import Entry, EntryKind

HIDDEN = ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf")
DEVICES = "/dev"
MOUNT_POINTS = (DEVICES, "/proc", "/sys")
"""Directories that every container has, whether the image has them or not."""
OF_ENGINE = frozenset({"/", *MOUNT_POINTS})
"""Directories whose mode and time in a container are the engine's."""
_NOTHING_FOUND = "COPY failed: no source files were specified"
"""What the classic builder says where an image has none of them."""
_FOLDER = "/hidden"
_MODE_OF_MADE_FILES = 0o755


class HiddenFile(NamedTuple):
    """A file that containers hide."""

    entry: Entry
    content: bytes


def hidden_files(client: EngineClient, image: str, helper: str) -> dict[str, HiddenFile] | None:
    """What an image has in these places, by path; None where the engine's builder does not tell.

    `helper` is a name for a container that is made on the way. It takes a tenth of a second.
    """
    with engine_errors("read the files that containers hide"):
        if product_of(client.version) == PODMAN:
            return dict(_read(client, image, helper, HIDDEN))
        built, error = _copied_from(client, image, HIDDEN)
        if built is None:
            return {} if error == _NOTHING_FOUND else None
        try:
            found = _read(client, built, helper, (_FOLDER,))
            return {path: file for path, file in found if not is_made_by_engine(file.entry)}
        finally:
            client.api.remove_image(built, force=True)


def has_path(client: EngineClient, image: str, path: str) -> bool | None:
    """Whether an image itself has this path; None where the engine's builder does not tell.

    For what the engine makes in every container. It takes a tenth of a second.
    """
    with engine_errors(f"look for {path} in the image"):
        built, error = _copied_from(client, image, (path,))
        if built is None:
            return False if error == _NOTHING_FOUND else None
        client.api.remove_image(built, force=True)
    return True


def _copied_from(client: EngineClient, image: str, paths: Iterable[str]) -> tuple[str | None, str]:
    """The id of an image that holds what there is of the paths of `image`, or the builder's error."""
    # A pattern may match nothing where a path would have to exist.
    patterns = " ".join(f"{path[:-1]}[{path[-1]}]" for path in paths)
    text = f"FROM scratch\nCOPY --from={image} {patterns} {_FOLDER}/\n".encode()
    header = Header("Dockerfile", EntryKind.FILE, size=len(text))
    answer = client.api.post(
        f"{client.api.base_url}/build",
        # Not from the builder's cache: its image may be another Stepper's, who removes it.
        params={"version": "1", "rm": "1", "forcerm": "1", "nocache": "1"},
        data=write_header(header) + text + padding(len(text)) + END,
        headers={"Content-Type": "application/x-tar"},
    )
    if answer.status_code != 200:
        return None, answer.text
    for line in answer.text.splitlines():
        message = json.loads(line)
        built = (message.get("aux") or {}).get("ID")
        if built or "error" in message:
            return built, str(message.get("error", ""))
    return None, ""


def is_made_by_engine(entry: Entry) -> bool:
    """Whether a hidden file is likely one that the engine made to mount its own upon."""
    return entry.size == 0 and entry.mode == _MODE_OF_MADE_FILES


def _read(client: EngineClient, image: str, helper: str, paths: Iterable[str]) -> Iterator[tuple[str, HiddenFile]]:
    """The files at and in these paths of an image, with the path that each is hidden at."""
    import docker.errors

    container = create_container(client, {"Image": image, "Entrypoint": ["stepper"], "WorkingDir": "/"}, helper)
    try:
        for path in paths:
            try:
                stream, _ = client.api.get_archive(container, path)
            except docker.errors.NotFound:
                continue
            reader = ArchiveReader(stream)
            for member in reader:
                if member.kind is EntryKind.FILE:
                    content = b"".join(reader.content())
                    entry = Entry(EntryKind.FILE, member.mode, member.uid, member.gid, len(content), member.mtime_ns)
                    yield "/etc/" + member.name.rpartition("/")[2], HiddenFile(entry, content)
    finally:
        remove_container(client, container)
