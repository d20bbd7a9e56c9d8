"""ADD of a local tar archive: told from an ordinary file, and unpacked as the engine unpacks it."""

import bz2
import gzip
import importlib
import lzma
import posixpath
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import IO, Any, cast

from stepper.engine.archive_writer import Sent
from stepper.engine.context import BuildContext
from stepper.engine.copy_error import CopyError
from stepper.engine.copy_flags import Owner
from stepper.engine.copy_plan import Target, make_directories
from stepper.engine.file_tree import clean, follow, join, parent
from stepper.image.archive import END, ArchiveError, ArchiveReader, Header, padding, with_owner, write_header
from stepper.image.entry import Entry, EntryKind

_CHUNK = 1 << 20
_ZSTD = b"\x28\xb5\x2f\xfd"
_OPENERS: tuple[tuple[bytes, Callable[..., Any]], ...] = (
    (b"\x1f\x8b\x08", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\0", lzma.open),
)
_DAMAGED = (OSError, EOFError, zlib.error, lzma.LZMAError)


def is_archive(context: BuildContext, path: str) -> bool:
    """Whether a path is a file, and a tar archive, plain or compressed with gzip, bzip2, xz or zstd."""
    entry = context.entry(path)
    if entry is None or entry.kind is not EntryKind.FILE:
        return False
    with context.open(path) as file:
        try:
            return next(iter(ArchiveReader(_decompressed(file, path))), None) is not None
        except (ArchiveError, *_DAMAGED):
            return False


def unpack(
    context: BuildContext, path: str, target: Target, destination: str, owner: Owner | None, sent: Sent
) -> Iterator[bytes]:
    """The archive for the engine to unpack in `destination`: the members as they are, with `owner` where one is given.

    The target gets what the engine will make of them: a directory is merged with one that is there, all else replaces
    what is there. As in BuildKit the links on the way do not lead out of the destination. Raises `CopyError`.
    """
    unpacking = _Unpacking(target, destination, owner)
    with context.open(path) as file:
        try:
            reader = ArchiveReader(_decompressed(file, path))
            for header in reader:
                yield unpacking.member(header)
                for chunk in reader.content():
                    sent(len(chunk))
                    yield chunk
                yield padding(header.stored)
        except (ArchiveError, *_DAMAGED) as error:
            raise CopyError(f"{path[1:]} is a damaged archive: {error}", hint="COPY does not unpack it.") from error
    yield END
    unpacking.finish()


class _Unpacking:
    """What becomes of an archive's members, one after the other."""

    def __init__(self, target: Target, destination: str, owner: Owner | None) -> None:
        self._target = target
        self._destination = destination
        self._owner = owner
        self._times: dict[str, int] = {}

    def entry(self, path: str) -> Entry | None:
        """What is at a path below the destination now."""
        return self._target.entry(self._outside(path))

    def member(self, header: Header) -> bytes:
        """The blocks to send for a member."""
        name = posixpath.normpath(header.name.lstrip("/") or ".")
        if name == ".." or name.startswith("../"):
            raise CopyError(f"the archive holds {header.name}, which leads out of the destination")
        link = self._resolved(header.link)[1:] if header.hard_link else header.link
        above = b""
        if name != ".":
            place = self._resolved(name)
            above = self._directories_above(place)
            self._put(header, place, self._outside("/" + link) if header.hard_link else None)
            name = place[1:]
        moved = name != posixpath.normpath(header.name) or (header.hard_link and link != header.link)
        uid, gid = self._owner or (header.uid, header.gid)
        if moved and header.stored != header.size:
            raise CopyError(f"the archive holds {header.name}, a sparse file behind a link, which cannot be unpacked")
        if moved:
            return above + write_header(replace(header, name=name, link=link, uid=uid, gid=gid))
        return above + (b"".join(header.raw) if self._owner is None else with_owner(header, uid, gid))

    def finish(self) -> None:
        """All members are there: the engine sets the times of directories last."""
        for place, time in self._times.items():
            entry = self._target.entry(place)
            if entry is not None and entry.kind is EntryKind.DIRECTORY:
                self._target.set_directory(place, entry._replace(mtime_ns=time))
        self._target.take_directories()

    def _resolved(self, name: str) -> str:
        """Where a name leads, as a path below the destination: links above it are followed, it itself is not."""
        folder, _, last = posixpath.normpath(name).rpartition("/")
        return join(follow(self, folder), last)

    def _directories_above(self, inside: str) -> bytes:
        """The headers of the directories that the archive takes for granted, where what is there may be a link."""
        if not self._target.on_top:
            return b""
        missing: list[str] = []
        folder = parent(inside)
        while self.entry(folder) is None:
            missing.append(folder)
            folder = parent(folder)
        time = self._target.now_ns
        headers = (Header(path[1:], EntryKind.DIRECTORY, mode=0o755, mtime_ns=time) for path in reversed(missing))
        return b"".join(write_header(header) for header in headers)

    def _outside(self, path: str) -> str:
        return clean(f"{self._destination}/{path}")

    def _put(self, header: Header, inside: str, first_name: str | None) -> None:
        target, place = self._target, self._outside(inside)
        make_directories(target, parent(place))
        is_directory = header.kind is EntryKind.DIRECTORY
        there = target.entry(place)
        if there is not None and not (there.kind is EntryKind.DIRECTORY and is_directory):
            target.remove(place)
        uid, gid = self._owner or (header.uid, header.gid)
        first = target.entry(first_name) if first_name is not None else None
        entry = Entry(
            kind=first.kind if first is not None else header.kind,
            mode=0o777 if header.kind is EntryKind.SYMLINK else header.mode,
            uid=uid,
            gid=gid,
            size=first.size if first is not None else len(header.link) or header.size,
            mtime_ns=header.mtime_ns,
            target=header.link if header.kind is EntryKind.SYMLINK else "",
            device=header.device,
        )
        target.put(place, entry)
        if is_directory:
            self._times[place] = header.mtime_ns


def _decompressed(file: IO[bytes], path: str) -> Iterator[bytes]:
    start = file.read(6)
    file.seek(0)
    opener = next((opener for magic, opener in _OPENERS if start.startswith(magic)), None)
    stream: IO[bytes] = file
    if opener is not None:
        stream = opener(file)
    elif start.startswith(_ZSTD):
        stream = _zstd(file, path)
    while chunk := stream.read(_CHUNK):
        yield chunk


def _zstd(file: IO[bytes], path: str) -> IO[bytes]:
    for module in ("compression.zstd", "backports.zstd"):
        try:
            return cast("IO[bytes]", importlib.import_module(module).ZstdFile(file))
        except ModuleNotFoundError:
            continue
    raise CopyError(
        f"{path[1:]} is compressed with zstd, which this Python cannot read",
        hint="Use Python 3.14 or newer, or `pip install backports.zstd`; COPY copies the file as it is.",
    )
