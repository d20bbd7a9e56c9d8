"""A container that is never started: files go in and out of a snapshot's filesystem through the engine's archive API.

Never started it has no mounts of its own, so that also what is copied to `/etc/hosts` and the like goes into the layer.
"""

import contextlib
import posixpath
from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING

from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import create_container
from stepper.engine.leftovers import remove_container
from stepper.image.archive import ArchiveReader
from stepper.image.entry import EntryKind

if TYPE_CHECKING:
    import docker


class StillContainer:
    """A created container on an image. Its entrypoint is a mere word, since the engine asks for one."""

    def __init__(self, client: "docker.DockerClient", *, image: str, name: str) -> None:
        config = {"Image": image, "Entrypoint": ["stepper"], "Cmd": [], "Healthcheck": {"Test": ["NONE"]}}
        with engine_errors("create a container for the step"):
            self.id = create_container(client, config, name)
        self.image = image
        self._client = client

    def put_archive(self, path: str, stream: bytes | Iterable[bytes]) -> None:
        """Unpack a tar stream in a directory that exists in the container. What the stream raises goes through."""
        with engine_errors(f"copy files into {path}"):
            self._client.api.put_archive(self.id, path, stream)

    def get_archive(self, path: str) -> Generator[bytes, None, None]:
        """A path and all below it as a tar stream, the names relative to its directory."""
        with engine_errors(f"read {path}"):
            stream, _ = self._client.api.get_archive(self.id, path)
            with contextlib.closing(stream):
                yield from stream

    def read_file(self, path: str) -> bytes | None:
        """A file's content, None when there is no such file. Links are followed."""
        import docker.errors

        for _ in range(40):
            try:
                stream, _ = self._client.api.get_archive(self.id, path)
            except docker.errors.NotFound:
                return None
            with engine_errors(f"read {path}"), contextlib.closing(stream):
                reader = ArchiveReader(stream)
                member = next(iter(reader), None)
                if member is None or member.kind is not EntryKind.SYMLINK:
                    return b"".join(reader.content()) if member is not None else None
                path = posixpath.join(posixpath.dirname(path), member.link)
        return None

    def read_link(self, path: str) -> str:
        """The target of a symlink, "" when it is none."""
        with contextlib.closing(self.get_archive(path)) as stream:
            member = next(iter(ArchiveReader(stream)), None)
        return member.link if member is not None and member.kind is EntryKind.SYMLINK else ""

    def remove(self) -> None:
        """Remove it. May be called twice, from any thread."""
        with engine_errors("remove the step's container"):
            remove_container(self._client, self.id)
