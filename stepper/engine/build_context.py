"""The build context as the archive that the engine's own builder takes: made while it is sent."""

import posixpath
from collections.abc import Callable, Iterator

from stepper.engine.archive_writer import from_context, in_chunks
from stepper.engine.build_request import BuildRequest
from stepper.engine.context import BuildContext
from stepper.engine.copy_plan import Planned, Target
from stepper.engine.file_tree import join
from stepper.image.archive import END, Header, padding, write_header
from stepper.image.entry import Entry, EntryKind

_FILE_MODE = 0o644
_SECOND = 10**9


def archive(request: BuildRequest, sent: Callable[[int], None]) -> Iterator[bytes]:
    """The archive of a request. `sent` is told the bytes of content that went out, and may raise to stop.

    Raises `CopyError` when a file of the context cannot be read.
    """
    return in_chunks(_members(request, sent))


def _members(request: BuildRequest, sent: Callable[[int], None]) -> Iterator[bytes]:
    own = "/" + posixpath.normpath(request.name)
    context = BuildContext(request.context) if request.context is not None else None
    yield from _file(request, context.entry(own) if context is not None else None)
    if context is not None:
        others = (each for each in _files(context, "/") if each.source != own)
        yield from from_context(context, others, Target({}, context, 0), sent)
    yield END


def _file(request: BuildRequest, entry: Entry | None) -> Iterator[bytes]:
    """The file that the frontend reads, as it was read, with what the context says of it.

    BuildKit takes an archive that begins with a PAX header for a Dockerfile: so this comes first, and has none.
    """
    mode, seconds = (entry.mode, entry.mtime_ns // _SECOND) if entry is not None else (_FILE_MODE, 0)
    size = len(request.file)
    yield write_header(Header(request.name, EntryKind.FILE, mode, size=size, mtime_ns=seconds * _SECOND))
    yield request.file
    yield padding(size)


def _files(context: BuildContext, folder: str) -> Iterator[Planned]:
    for name in context.names(folder):
        path = join(folder, name)
        entry = context.entry(path)
        if entry is None:
            continue
        yield Planned(path, path, entry)
        if entry.kind is EntryKind.DIRECTORY:
            yield from _files(context, path)
