"""The digest of what a COPY or ADD reads from the build context, by which the step cache knows it again.

As in BuildKit it covers names, kinds, modes, contents and link targets, and no times.
"""

import hashlib
from functools import lru_cache

from stepper.dockerfile.operations import CopyOperation
from stepper.engine.context import BuildContext
from stepper.engine.copy_sources import find_sources
from stepper.engine.file_tree import by_bytes, follow, join
from stepper.engine.step import ContextSource
from stepper.image.entry import Entry, EntryKind

_REMEMBERED_FILES = 1 << 16
_RECORD = b"%b\0%b %o %d %d:%d\0%b\0"
"""Name, kind, mode, whether it has other names, device, and the content's digest or the link's target."""


def input_digest(operation: CopyOperation, source: ContextSource) -> str:
    """The digest of all files that the sources name, after the ignore file, as a hexadecimal number.

    Raises `CopyError` where copying would: a source that is missing, a file that cannot be read.
    """
    context = BuildContext(source)
    total = hashlib.sha256()
    for text in operation.sources:
        for path in find_sources(context, text):
            # What is copied has the name of the link, not the one that the link leads to.
            _add(total, context, by_bytes(path), follow(context, path))
    return total.hexdigest()


def _add(total: "hashlib._Hash", context: BuildContext, name: bytes, path: str) -> None:
    waiting: list[tuple[bytes, str | None]] = [(name, path)]
    while waiting:
        name, at = waiting.pop()
        entry = context.entry(at) if at is not None else None
        if at is None or entry is None:
            total.update(b"\0")
            continue
        is_directory = entry.kind is EntryKind.DIRECTORY
        what = _content(context, at, entry) if entry.kind is EntryKind.FILE else by_bytes(entry.target)
        is_linked = entry.links > 1 and not is_directory
        total.update(_RECORD % (name, by_bytes(entry.kind.value), entry.mode, is_linked, *entry.device, what))
        if is_directory:
            waiting.append((b"", None))
            waiting += [(by_bytes(child), join(at, child)) for child in reversed(context.names(at))]


def _content(context: BuildContext, path: str, entry: Entry) -> bytes:
    try:
        return _content_digest(context.place(path), entry.size, entry.mtime_ns, entry.ctime_ns, entry.inode)
    except OSError as error:
        raise context.unreadable(path, error) from error


@lru_cache(maxsize=_REMEMBERED_FILES)
def _content_digest(place: str, size: int, mtime_ns: int, ctime_ns: int, inode: int) -> bytes:
    """The digest of a file's content; a file that looks the same as before is not read again."""
    with open(place, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
