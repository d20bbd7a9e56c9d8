"""The archives that a COPY sends into its container, made while they are sent: nothing is held in memory."""

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from stepper.engine.context import BuildContext
from stepper.engine.copy_error import CopyError
from stepper.engine.copy_plan import Planned, Target, copied_kind
from stepper.engine.file_tree import by_bytes, parent
from stepper.engine.hashed_file import HashedFile
from stepper.engine.hidden_files import OF_ENGINE
from stepper.image.archive import ArchiveError, ArchiveReader, Header, padding, write_header
from stepper.image.entry import Entry, EntryKind

_CHUNK = 1 << 20
_CAPABILITY = "security.capability"

Sent = Callable[[int], None]
"""Called with the number of bytes of content that went out; may raise to stop."""


def in_chunks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Small pieces put together, so that each chunk is worth a write to the socket."""
    waiting: list[bytes] = []
    size = 0
    for block in blocks:
        waiting.append(block)
        size += len(block)
        if size >= _CHUNK:
            yield b"".join(waiting)
            waiting.clear()
            size = 0
    if waiting:
        yield b"".join(waiting)


def directories(target: Target) -> Iterator[bytes]:
    """The headers of the directories that are new or changed. The engine sets their times after everything else."""
    yield from directory_headers(target.take_directories())


def directory_headers(entries: Iterable[tuple[str, Entry]]) -> Iterator[bytes]:
    """The headers of directories by their paths, but for those that every container has."""
    for path, entry in entries:
        if path not in OF_ENGINE:
            yield write_header(_header(path, entry))


def from_context(context: BuildContext, planned: Iterable[Planned], target: Target, sent: Sent) -> Iterator[bytes]:
    """The members for files of one source in the build context. Names of one file stay hard links."""
    written: dict[int, Planned] = {}
    for file in planned:
        destination, source, entry = file
        header = _header(destination, entry)
        if entry.kind is not EntryKind.FILE:
            yield write_header(header)
            continue
        capability = context.capability(source)
        if capability is not None:
            header.xattrs = {_CAPABILITY: capability}
        if entry.inode and entry.inode in written:
            first = written[entry.inode]
            yield write_header(_hard_link(header, first.destination))
            context.sent[source] = context.sent[first.source]
            continue
        if entry.inode:
            written[entry.inode] = file
        yield write_header(header)
        yield from _content(context, source, entry.size, sent)
        yield padding(entry.size)


def from_inline(content: bytes, planned: Iterable[Planned]) -> Iterator[bytes]:
    """The member for a heredoc."""
    for destination, _, entry in planned:
        yield write_header(_header(destination, entry))
        yield content
        yield padding(len(content))


def from_archive(
    read: Callable[[str], Iterable[bytes]],
    planned: Mapping[str, Planned],
    target: Target,
    sent: Sent,
) -> Iterator[bytes]:
    """The members for files of one source in another container, out of the archive that the engine makes of them.

    `read` is the archive of a path and all below it, `planned` tells by source path what becomes of a file. What is not
    planned is left out, also where the archive tells a planned file as another name of it.
    """
    top = posixpath.commonpath(planned)
    members = _Members(parent(top), planned, target, sent)
    yield from members.of(read(top))
    for path, files in members.left_out.items():
        yield from members.of_left_out(read(path), files)
    if members.missing:
        raise CopyError(f"the engine did not send {next(iter(members.missing))}")


class _Members:
    """What becomes of the members of an archive that the engine made; `root` is what its names are relative to."""

    def __init__(self, root: str, planned: Mapping[str, Planned], target: Target, sent: Sent) -> None:
        self.missing = dict(planned)
        self.left_out: dict[str, list[Planned]] = {}
        """The files that are other names of one that is not copied, by that one's path."""
        self._root = root
        self._planned = planned
        self._target = target
        self._sent = sent

    def of(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The members to send for the archive of everything."""
        reader = ArchiveReader(chunks)
        try:
            for member in reader:
                file = self.missing.pop(_below(self._root, member.name), None)
                if file is not None:
                    yield from self._member(member, file, reader)
        except ArchiveError as error:
            raise self._damaged(error) from error

    def of_left_out(self, chunks: Iterable[bytes], files: Sequence[Planned]) -> Iterator[bytes]:
        """The members to send for files that are names of one that is not copied; the archive holds that one alone."""
        first, *others = files
        reader = ArchiveReader(chunks)
        try:
            for member in reader:
                yield from self._rewritten(member, first, reader)
                for other in others:
                    yield write_header(_hard_link(_header(other.destination, other.entry, member), first.destination))
        except ArchiveError as error:
            raise self._damaged(error) from error

    def _damaged(self, error: ArchiveError) -> CopyError:
        return CopyError(f"cannot read what the engine sent of {self._root}: {error}")

    def _member(self, member: Header, file: Planned, reader: ArchiveReader) -> Iterator[bytes]:
        if not member.hard_link:
            yield from self._rewritten(member, file, reader)
            return
        if file.entry.kind is not EntryKind.FILE:
            # BuildKit makes names of one file of ordinary files alone.
            yield write_header(_header(file.destination, file.entry, member))
            return
        path = _below(self._root, member.link)
        first = self._planned.get(path)
        if first is None:
            self.left_out.setdefault(path, []).append(file)
        else:
            yield write_header(_hard_link(_header(file.destination, file.entry, member), first.destination))

    def _rewritten(self, member: Header, file: Planned, reader: ArchiveReader) -> Iterator[bytes]:
        kind = copied_kind(member.kind)
        entry = file.entry._replace(kind=kind, size=member.size, target="", device=member.device)
        if member.kind is EntryKind.SYMLINK:
            entry = entry._replace(size=len(by_bytes(member.link)), target=member.link)
        header = _header(file.destination, entry, member)
        self._target.correct(file.destination, entry)
        yield write_header(header)
        for chunk in reader.content():
            self._sent(len(chunk))
            yield chunk
        yield padding(member.size)


def _below(root: str, name: str) -> str:
    name = name.removeprefix("./").strip("/")
    return f"{root.rstrip('/')}/{name}" if name not in ("", ".") else root


def _content(context: BuildContext, path: str, size: int, sent: Sent) -> Iterator[bytes]:
    left = size
    with context.open(path) as opened:
        file = HashedFile(opened)
        while left:
            try:
                chunk = file.read(min(left, _CHUNK))
            except OSError as error:
                raise context.unreadable(path, error) from error
            if not chunk:
                raise CopyError(f"{path[1:]} became shorter while it was read", hint="Run the step again.")
            left -= len(chunk)
            sent(len(chunk))
            yield chunk
        context.sent[path] = file.digest()


def _header(path: str, entry: Entry, member: Header | None = None) -> Header:
    """The header for an entry; with the extended attributes of the member that it is made of.

    Another name of a file needs them too: the engine gives it its owner, by which the file loses its capabilities.
    """
    return Header(
        name=path.lstrip("/"),
        kind=entry.kind,
        mode=entry.mode,
        uid=entry.uid,
        gid=entry.gid,
        size=entry.size,
        mtime_ns=entry.mtime_ns,
        link=entry.target,
        device=entry.device,
        xattrs=member.xattrs if member is not None else {},
    )


def _hard_link(header: Header, destination: str) -> Header:
    header.hard_link = True
    header.link = destination.lstrip("/")
    return header
