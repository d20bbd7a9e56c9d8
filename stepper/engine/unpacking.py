"""ADD of a local tar archive: told from an ordinary file, and unpacked as the engine unpacks it."""

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from typing import IO

from stepper.engine.archive_writer import Sent
from stepper.engine.context import BuildContext
from stepper.engine.copy_error import CopyError
from stepper.engine.copy_flags import Owner
from stepper.engine.copy_plan import Target, make_directories
from stepper.engine.file_tree import clean, follow, join, parent
from stepper.engine.hashed_file import HashedFile
from stepper.image.archive import END, ArchiveError, ArchiveReader, Header, as_read, padding, write_header
from stepper.image.compression import CompressionError, decompressed
from stepper.image.entry import Entry, EntryKind

_CHUNK = 1 << 20
_NAMESPACES = ("security.", "system.", "trusted.")


def is_archive(context: BuildContext, path: str) -> bool:
    """Whether a path is a file, and a tar archive, plain or compressed with gzip, bzip2, xz or zstd."""
    entry = context.entry(path)
    if entry is None or entry.kind is not EntryKind.FILE:
        return False
    with context.open(path) as file:
        try:
            reader = ArchiveReader(_decompressed(file))
            return next(iter(reader), None) is not None or not reader.is_empty
        except (ArchiveError, CompressionError):
            return False


def unpack(
    context: BuildContext, path: str, target: Target, destination: str, owner: Owner | None, sent: Sent
) -> Iterator[bytes]:
    """The archive for the engine to unpack in `destination`: the members as they are, with `owner` where one is given.

    The target gets what the engine will make of them: a directory is merged with one that is there, all else replaces
    what is there. As in BuildKit the links on the way do not lead out of the destination. Raises `CopyError`.
    """
    unpacking = _Unpacking(target, destination, owner)
    with context.open(path) as opened:
        file = HashedFile(opened)
        try:
            reader = ArchiveReader(_decompressed(file))
            for header in reader:
                yield unpacking.member(header)
                for chunk in reader.content():
                    sent(len(chunk))
                    yield chunk
                yield padding(header.stored)
            context.sent[path] = file.digest_of_all()
        except (ArchiveError, CompressionError) as error:
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
        self._touched: set[str] = set()
        """The directories that the engine makes on the way, or something in them."""

    def entry(self, path: str) -> Entry | None:
        """What is at a path below the destination now."""
        return self._target.entry(self._outside(path))

    def member(self, header: Header) -> bytes:
        """The blocks to send for a member."""
        name = posixpath.normpath(header.name.lstrip("/") or ".")
        if name == "." and header.kind is EntryKind.DIRECTORY:
            # The destination stays as it is in BuildKit. Docker leaves it too; Podman would make it as it says here.
            return b""
        if name == ".." or name.startswith("../"):
            raise CopyError(f"the archive holds {header.name}, which leads out of the destination")
        link = self._first_name(header) if header.hard_link else header.link
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
        without = _foreign(header)
        if moved:
            xattrs = {key: value for key, value in header.xattrs.items() if key not in without}
            return above + write_header(replace(header, name=name, link=link, uid=uid, gid=gid, xattrs=xattrs))
        return above + as_read(header, owner=self._owner, without=without)

    def finish(self) -> None:
        """All members are there: the engine sets the times of directories last.

        Those that the archive does not name have the times at which the engine made or changed them: they are sent.
        """
        for place, time in self._times.items():
            entry = self._target.entry(place)
            if entry is not None and entry.kind is EntryKind.DIRECTORY:
                self._target.set_directory(place, entry._replace(mtime_ns=time))
        self._target.take_directories()
        for place in self._touched - self._times.keys():
            entry = self._target.entry(place)
            if entry is not None and entry.kind is EntryKind.DIRECTORY:
                self._target.set_directory(place, entry)

    def _first_name(self, header: Header) -> str:
        """The file that a hard link is another name of, links on the way to it followed."""
        link = posixpath.normpath(header.link.lstrip("/"))
        if link == ".." or link.startswith("../"):
            raise CopyError(f"the archive holds {header.name}, a link to {header.link}, which leads out")
        place = self._resolved(link)
        if self.entry(place) is None:
            raise CopyError(f"the archive holds {header.name}, a link to {header.link}, which is not there")
        return place[1:]

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
        folder = parent(place)
        made = make_directories(target, folder)
        self._touched.update((folder, *map(parent, made)))
        is_directory = header.kind is EntryKind.DIRECTORY
        there = target.entry(place)
        if there is not None and not (there.kind is EntryKind.DIRECTORY and is_directory):
            target.remove(place)
        uid, gid = self._owner or (header.uid, header.gid)
        first = target.entry(first_name) if first_name is not None else None
        kind = first.kind if first is not None else header.kind
        entry = Entry(
            kind=kind,
            mode=0o777 if kind is EntryKind.SYMLINK else header.mode,
            uid=uid,
            gid=gid,
            size=first.size if first is not None else len(header.link) or header.size,
            mtime_ns=header.mtime_ns,
            target=first.target if first is not None else header.link if kind is EntryKind.SYMLINK else "",
            device=first.device if first is not None else header.device,
        )
        target.put(place, entry)
        if first is not None and first_name is not None:
            # It is one file, which gets mode, owner and time of the member that came last.
            target.correct(first_name, entry)
        if is_directory:
            self._times[place] = header.mtime_ns


def _decompressed(file: IO[bytes] | HashedFile) -> Iterator[bytes]:
    return decompressed(iter(lambda: file.read(_CHUNK), b""))


def _foreign(header: Header) -> list[str]:
    """The extended attributes that no filesystem takes, for which the engine would refuse the archive.

    BuildKit leaves them out without a word.
    """
    has_user = header.kind in (EntryKind.FILE, EntryKind.DIRECTORY)
    known = (*_NAMESPACES, "user.") if has_user else _NAMESPACES
    return [name for name in header.xattrs if not name.startswith(known)]
