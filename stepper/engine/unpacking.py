"""ADD of a local tar archive: told from an ordinary file, and unpacked as the engine unpacks it."""

import bz2
import gzip
import importlib
import lzma
import posixpath
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, cast

from stepper.engine.archive_writer import Sent
from stepper.engine.context import BuildContext
from stepper.engine.copy_error import CopyError
from stepper.engine.copy_flags import Owner
from stepper.engine.copy_plan import Target, make_directories
from stepper.engine.file_tree import follow, join
from stepper.image.archive import END, ArchiveError, ArchiveReader, Header, padding, with_owner
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
    """An archive's members as they are, but for the owner where one is given; the engine unpacks them in `destination`.

    The target gets what the engine will make of them: a directory is merged with one that is there, all else replaces
    what is there. Raises `CopyError`.
    """
    times: dict[str, int] = {}
    with context.open(path) as file:
        try:
            reader = ArchiveReader(_decompressed(file, path))
            for header in reader:
                place = _put(header, target, destination, owner)
                if header.kind is EntryKind.DIRECTORY and place is not None:
                    times[place] = header.mtime_ns
                yield b"".join(header.raw) if owner is None else with_owner(header, owner.uid, owner.gid)
                for chunk in reader.content():
                    sent(len(chunk))
                    yield chunk
                yield padding(header.stored)
        except (ArchiveError, *_DAMAGED) as error:
            raise CopyError(f"{path[1:]} is a damaged archive: {error}", hint="COPY does not unpack it.") from error
    yield END
    for place, time in times.items():
        entry = target.entry(place)
        if entry is not None and entry.kind is EntryKind.DIRECTORY:
            target.set_directory(place, entry._replace(mtime_ns=time))
    target.take_directories()


def _put(header: Header, target: Target, destination: str, owner: Owner | None) -> str | None:
    """Where a member goes, None for the destination itself, which stays as it is."""
    name = posixpath.normpath(header.name.lstrip("/") or ".")
    if name == ".." or name.startswith("../"):
        raise CopyError(f"the archive holds {header.name}, which leads out of the destination")
    if name == ".":
        return None
    folder = follow(target, join(destination, posixpath.dirname(name)) if "/" in name else destination)
    make_directories(target, folder)
    place = join(folder, posixpath.basename(name))
    there = target.entry(place)
    if there is not None and not (there.kind is EntryKind.DIRECTORY and header.kind is EntryKind.DIRECTORY):
        target.remove(place)
    first = target.entry(follow(target, join(destination, header.link))) if header.hard_link else None
    uid, gid = owner or Owner(header.uid, header.gid)
    target.put(
        place,
        Entry(
            kind=header.kind if first is None else first.kind,
            mode=0o777 if header.kind is EntryKind.SYMLINK else header.mode,
            uid=uid,
            gid=gid,
            size=(header.size if first is None else first.size) if header.kind is EntryKind.FILE else 0,
            mtime_ns=header.mtime_ns,
            target=header.link if header.kind is EntryKind.SYMLINK else "",
            device=header.device,
        ),
    )
    return place


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
