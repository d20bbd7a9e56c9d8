"""The digest of what a COPY or ADD reads from the build context, by which the step cache knows it again.

As in BuildKit it covers names, kinds, modes, contents and link targets, and no times.
"""

import hashlib
import os
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from stepper.dockerfile.operations import CopyOperation
from stepper.engine.context import BuildContext
from stepper.engine.copy_sources import selected_sources
from stepper.engine.copy_walk import Selected, Selection, walk
from stepper.engine.file_tree import by_bytes, follow
from stepper.engine.hashed_file import HashedFile
from stepper.engine.step import ContextSource
from stepper.image.entry import Entry, EntryKind

_REMEMBERED_FILES = 1 << 16
_SHORT_DIGEST = 16
_RECORD = b"%b\0%b %o %d %d:%d\0%b\0"
"""Name, kind, mode, whether it has other names, device, and the content's digest or the link's target."""


class Reading(NamedTuple):
    """A COPY or ADD, and the build context that its sources are in.

    With `whole` a directory is copied as such; else only what is in it.
    """

    operation: CopyOperation
    context: BuildContext
    whole: bool = False


def input_digest(operation: CopyOperation, source: ContextSource) -> str:
    """The digest of all files that the sources name, after the ignore file, as a hexadecimal number.

    Raises `CopyError` where copying would: a source that is missing, a file that cannot be read.
    """
    return read_digest([Reading(operation, BuildContext(source))])


def read_digest(readings: Iterable[Reading]) -> str:
    """The same for what was copied, with the contents as they were sent: a file may have changed meanwhile.

    The sources of one operation may be spread over several, in their order.
    """
    total = hashlib.sha256()
    for operation, context, _ in readings:
        for path, selection in selected_sources(context, operation):
            # What is copied has the name of the link, not the one that the link leads to.
            _add(total, context, by_bytes(path), follow(context, path), selection)
    return total.hexdigest()


def file_digests(operation: CopyOperation, source: ContextSource, *, most: int) -> dict[str, str] | None:
    """Short digests of the same files one by one, by their path in the build context; None where there are more.

    Raises `CopyError` as `input_digest` does. Files that were digested for that are not read again.
    """
    context = BuildContext(source)
    found: dict[str, str] = {}
    for path, selection in selected_sources(context, operation):
        root = follow(context, path)
        for visit in walk(context, root, selection):
            if visit.how is Selected.LEAVE:
                continue
            if len(found) >= most:
                return None
            if visit.entry.kind is EntryKind.DIRECTORY:
                continue
            total = hashlib.sha256(f"{visit.entry.kind.value}{visit.entry.mode:o}".encode())
            total.update(_content(context, visit.path, visit.entry))
            found[visit.path.encode("utf-8", "backslashreplace").decode()] = total.hexdigest()[:_SHORT_DIGEST]
    return found


def _add(total: "hashlib._Hash", context: BuildContext, name: bytes, root: str, selection: Selection) -> None:
    for visit in walk(context, root, selection):
        if visit.how is Selected.LEAVE:
            total.update(b"\0")
            continue
        path, entry = visit.path, visit.entry
        shown = by_bytes(visit.relative) if visit.relative else name
        what = _content(context, path, entry)
        is_linked = entry.links > 1 and entry.kind is not EntryKind.DIRECTORY
        total.update(_RECORD % (shown, by_bytes(entry.kind.value), entry.mode, is_linked, *entry.device, what))


def _content(context: BuildContext, path: str, entry: Entry) -> bytes:
    """The digest of a file's content, or where a link leads."""
    if entry.kind is not EntryKind.FILE:
        return by_bytes(entry.target)
    sent = context.sent.get(path)
    if sent is not None:
        return sent
    place = context.place(path)
    try:
        return _content_digest(place, (entry.size, entry.mtime_ns, entry.ctime_ns, entry.inode))
    except _ChangedError:
        with context.open(path) as file:
            return HashedFile(file).digest_of_all()
    except OSError as error:
        raise context.unreadable(path, error) from error


class _ChangedError(Exception):
    """A file is not the one that was looked at: what is read of it must not be remembered."""


@lru_cache(maxsize=_REMEMBERED_FILES)
def _content_digest(place: str, looks: tuple[int, int, int, int]) -> bytes:
    """The digest of a file's content; a file that looks the same as before is not read again."""
    with open(place, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
        found = os.fstat(file.fileno())
    if looks != (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino):
        raise _ChangedError(place)
    return digest
