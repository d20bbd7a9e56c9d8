"""A container that is never started: files go in and out of a snapshot's filesystem through the engine's archive API.

Never started it has no mounts of its own, so that also what is copied to `/etc/hosts` and the like goes into the layer.
"""

import contextlib
import posixpath
from collections.abc import Generator, Iterable
from datetime import datetime

from stepper.engine.api_errors import engine_errors, is_missing
from stepper.engine.api_requests import create_container, get_archive, put_archive
from stepper.engine.client import EngineClient
from stepper.engine.engine_info import PODMAN, product_of
from stepper.engine.file_tree import by_bytes
from stepper.engine.hidden_files import DEVICES, MOUNT_POINTS, HiddenFile, has_path, hidden_files
from stepper.engine.leftovers import remove_container
from stepper.errors import EngineError
from stepper.image.archive import ArchiveReader
from stepper.image.entry import Entry, EntryKind

_MOST_LINKS = 40
_GO_DIRECTORY, _GO_SYMLINK = 1 << 31, 1 << 27
"""The kinds in a Go file mode, which is what the archive API tells."""
_BESIDE = ("/home", "/root", "/usr", "/tmp")
"""Directories that most images have, and most often from the layer that `/dev` is from."""
_MAKING_NS = 10**9
"""The engine makes its mount points shortly before `/.dockerenv`, within this time."""


def archive_of(client: EngineClient, container: str, path: str) -> Generator[bytes, None, None]:
    """A path of a container and all below it as a tar stream. Raises `EngineError` where there is nothing."""
    with engine_errors(f"read {path}"), contextlib.closing(get_archive(client, container, path)) as stream:
        yield from stream


class StillContainer:
    """A created container on an image. Its entrypoint is a mere word, since the engine asks for one."""

    def __init__(self, client: EngineClient, *, image: str, name: str) -> None:
        config = {
            "Image": image,
            "Entrypoint": ["stepper"],
            "Cmd": [],
            # The engine makes the directory of the image, or fails where a step has put something else in its place.
            "WorkingDir": "/",
            "Healthcheck": {"Test": ["NONE"]},
        }
        with engine_errors("create a container for the step"):
            self.id = create_container(client, config, name)
        self.image = image
        self._name = name
        self._client = client

    def put_archive(self, path: str, stream: bytes | Iterable[bytes]) -> None:
        """Unpack a tar stream in a directory that exists in the container. What the stream raises goes through."""
        with engine_errors(f"copy files into {path}"):
            put_archive(self._client, self.id, path, stream)

    def get_archive(self, path: str) -> Generator[bytes, None, None]:
        """A path and all below it as a tar stream, the names relative to its directory."""
        return archive_of(self._client, self.id, path)

    def read_file(self, path: str) -> bytes | None:
        """A file's content, None when there is no such file. Links are followed."""
        for _ in range(_MOST_LINKS):
            with contextlib.closing(self.get_archive(path)) as stream:
                reader = ArchiveReader(stream)
                try:
                    member = next(iter(reader), None)
                except EngineError as error:
                    if is_missing(error):
                        return None
                    raise
                if member is None or member.kind is not EntryKind.SYMLINK:
                    return b"".join(reader.content()) if member is not None else None
                path = posixpath.join(posixpath.dirname(path), member.link)
        return None

    def read_link(self, path: str) -> str:
        """The target of a symlink, "" when it is none. Podman tells it with the links in it followed."""
        with engine_errors(f"read the link {path}"):
            stream, stat = self._client.api.get_archive(self.id, by_bytes(path))
            with contextlib.closing(stream):
                member = next(iter(ArchiveReader(stream)), None)
        if member is not None and member.kind is EntryKind.SYMLINK:
            return member.link
        return str(stat["linkTarget"]) if stat["mode"] & _GO_SYMLINK else ""

    def mount_points_of_image(self) -> dict[str, Entry]:
        """`/dev`, `/proc` and `/sys`, as far as the image has them: the engine puts them into every container.

        Podman puts none into one that is not started. With Docker, `/proc` and `/sys` are the image's where they are
        clearly older than the container. `/dev` is told by the engine's builder, or by the others where it does not
        tell; its time is lost, and taken from what lies beside it.
        """
        if product_of(self._client.version) == PODMAN:
            return {path: entry for path in MOUNT_POINTS if (entry := self._stat(path)) is not None}
        marker = self._stat("/.dockerenv")
        found = {
            path: entry
            for path in MOUNT_POINTS
            if path != DEVICES
            and (entry := self._stat(path)) is not None
            and (marker is None or entry.mtime_ns < marker.mtime_ns - _MAKING_NS)
        }
        has_devices = has_path(self._client, self.image, DEVICES)
        devices = self._stat(DEVICES) if has_devices or (has_devices is None and found) else None
        if devices is not None:
            beside = next(iter(found.values()), None) or next(filter(None, map(self._stat, _BESIDE)), devices)
            found[DEVICES] = devices._replace(mtime_ns=beside.mtime_ns)
        return found

    def hidden_files(self, image: str) -> dict[str, HiddenFile] | None:
        """The files of an image that no container shows, see `stepper.engine.hidden_files`."""
        return hidden_files(self._client, image, f"{self._name}00000")

    def _stat(self, path: str) -> Entry | None:
        try:
            with engine_errors(f"read {path}"):
                stream, stat = self._client.api.get_archive(self.id, by_bytes(path))
                stream.close()
        except EngineError as error:
            if is_missing(error):
                return None
            raise
        kind = EntryKind.DIRECTORY if stat["mode"] & _GO_DIRECTORY else EntryKind.FILE
        time = datetime.fromisoformat(stat["mtime"])
        return Entry(kind, stat["mode"] & 0o777, 0, 0, 0, int(time.timestamp() * 10**6) * 1000)

    def remove(self) -> None:
        """Remove it. May be called twice, from any thread."""
        with engine_errors("remove the step's container"):
            remove_container(self._client, self.id)
