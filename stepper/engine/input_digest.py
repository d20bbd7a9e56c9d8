"""A digest of what a COPY or ADD reads from the build context, for the step cache.

As in BuildKit it covers names, modes, link targets and contents, and no times: a file that was only touched changes
nothing.
"""

import hashlib
from collections.abc import Callable

from stepper.dockerfile.operations import CopyOperation
from stepper.engine.context import BuildContext
from stepper.engine.copy_sources import find_sources
from stepper.engine.file_tree import follow, join
from stepper.engine.step import ContextSource
from stepper.image.entry import Entry, EntryKind

_CHUNK = 1 << 20


class InputDigests:
    """Digests of files of build contexts. Contents that did not change since are read once."""

    def __init__(self) -> None:
        self._contents: dict[str, tuple[Entry, bytes]] = {}

    def of(self, operation: CopyOperation, source: ContextSource, check: Callable[[], None]) -> str:
        """The digest of all that the sources of an operation name.

        `check` is called often, and may raise to stop. Raises `CopyError` when a source is not there or unreadable.
        """
        context = BuildContext(source)
        digest = hashlib.sha256()
        for source_path in operation.sources:
            for path in find_sources(context, source_path):
                digest.update(b"source\0" + _bytes(path) + b"\0")
                self._add(digest, context, follow(context, path), check)
        return digest.hexdigest()

    def _add(self, digest: "hashlib._Hash", context: BuildContext, path: str, check: Callable[[], None]) -> None:
        entry = context.entry(path)
        if entry is None:
            return
        check()
        fields = f"{entry.kind.value} {entry.mode:o} {entry.size} {entry.device}\0".encode()
        digest.update(_bytes(path) + b"\0" + fields + _bytes(entry.target) + b"\0")
        if entry.kind is EntryKind.FILE:
            digest.update(self._content(context, path, entry, check))
        elif entry.kind is EntryKind.DIRECTORY:
            for name in context.names(path):
                self._add(digest, context, join(path, name), check)

    def _content(self, context: BuildContext, path: str, entry: Entry, check: Callable[[], None]) -> bytes:
        place = context.place(path)
        known = self._contents.get(place)
        if known is not None and known[0] == entry:
            return known[1]
        digest = hashlib.sha256(context.capability(path) or b"")
        with context.open(path) as file:
            while chunk := file.read(_CHUNK):
                check()
                digest.update(chunk)
        self._contents[place] = (entry, digest.digest())
        return digest.digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
