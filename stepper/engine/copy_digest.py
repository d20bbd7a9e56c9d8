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


def input_digest(operation: CopyOperation, source: ContextSource) -> str:
    """The digest of all files that the sources name, after the ignore file, as a hexadecimal number.

    Raises `CopyError` where copying would: a source that is missing, a file that cannot be read.
    """
    context = BuildContext(source)
    total = hashlib.sha256()
    for text in operation.sources:
        for path in find_sources(context, text):
            place = follow(context, path)
            entry = context.entry(place)
            # What is copied has the name of the link, not the one that the link leads to.
            _add(total, context, by_bytes(path), place, entry)
    return total.hexdigest()


def _add(total: "hashlib._Hash", context: BuildContext, name: bytes, path: str, entry: Entry | None) -> None:
    if entry is None:
        return
    kind = entry.kind
    if kind is EntryKind.FILE:
        place = context.place(path)
        try:
            what = _content_digest(place, entry.size, entry.mtime_ns, entry.ctime_ns, entry.inode)
        except OSError as error:
            raise context.unreadable(path, error) from error
    else:
        what = by_bytes(entry.target) or repr(entry.device).encode()
    total.update(b"%b\0%b %o %d\0%b\0" % (name, kind.value.encode(), entry.mode, entry.links > 1, what))
    if kind is EntryKind.DIRECTORY:
        for child in context.names(path):
            below = join(path, child)
            _add(total, context, by_bytes(child), below, context.entry(below))
        total.update(b"\0")


@lru_cache(maxsize=_REMEMBERED_FILES)
def _content_digest(place: str, size: int, mtime_ns: int, ctime_ns: int, inode: int) -> bytes:
    """The digest of a file's content; a file that looks the same as before is not read again."""
    with open(place, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
