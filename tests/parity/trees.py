"""Folders of files for builds, written on disk and packed as the body of a build request."""

import io
import os
import socket
import tarfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

OLD = 1_500_000_000
"""The time of everything in a tree, in seconds: long ago, so that it is told from what a build makes."""


@dataclass(frozen=True)
class File:
    """A file's content and mode."""

    content: bytes | str = "content\n"
    mode: int = 0o644
    mtime: int = OLD

    @property
    def data(self) -> bytes:
        """The content as bytes."""
        return self.content.encode() if isinstance(self.content, str) else self.content


@dataclass(frozen=True)
class Folder:
    """A directory's mode."""

    mode: int = 0o755
    mtime: int = OLD


@dataclass(frozen=True)
class Link:
    """A symlink."""

    target: str


@dataclass(frozen=True)
class HardLink:
    """Another name of a file of the tree."""

    name: str


@dataclass(frozen=True)
class Fifo:
    """A named pipe."""

    mode: int = 0o644


@dataclass(frozen=True)
class Socket:
    """A Unix socket that nobody listens on."""


Member = File | Folder | Link | HardLink | Fifo | Socket
Tree = Mapping[str, Member]
"""Paths relative to the folder."""


def write_tree(folder: Path, tree: Tree) -> None:
    """Write a tree; directories that are not named in it are made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, member in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        match member:
            case File():
                path.write_bytes(member.data)
                path.chmod(member.mode)
            case Folder():
                path.mkdir(exist_ok=True)
                path.chmod(member.mode)
            case Link():
                path.symlink_to(member.target)
            case HardLink():
                path.hardlink_to(folder / member.name)
            case Fifo():
                os.mkfifo(path)
                path.chmod(member.mode)
            case Socket():
                _bind(path)
    for path in sorted(folder.rglob("*"), reverse=True):
        known = tree.get(str(path.relative_to(folder)))
        mtime = known.mtime if isinstance(known, File | Folder) else OLD
        os.utime(path, (mtime, mtime), follow_symlinks=False)


def _bind(path: Path) -> None:
    """Make a socket; the kernel takes no long paths for them."""
    folder = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(f"/proc/self/fd/{folder}/{path.name}")
    os.close(folder)


def pack(folder: Path, without: Collection[str] = (), instead: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    """The folder as the docker command sends it: everything is root's, and `without` what the ignore file keeps out.

    `instead` are files of the folder with another content.
    """
    body = io.BytesIO()

    def as_sent(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        # A time with a fraction makes a PAX header, and BuildKit knows no archive that begins with one.
        member.mtime = int(member.mtime)
        return None if member.name.removeprefix("./") in {*without, *instead} else member

    with tarfile.open(fileobj=body, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.add(folder, arcname=".", filter=as_sent)
        for name, data in instead.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(data), OLD
            archive.addfile(member, io.BytesIO(data))
    return body.getvalue()
