"""What a COPY or ADD does, file by file: a preview before it runs, a record afterwards."""

from collections.abc import Callable
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from stepper.frozen import frozen
from stepper.image.entry import Entry, EntryKind

Check = Callable[[], None]
"""Called often while something long is worked out; may raise to stop that."""


def go_on() -> None:
    """A `Check` that never stops anything."""


class Origin(Enum):
    """What a copied file is at its source; the value is what the screen says of it."""

    FILE = "file"
    MEMBER = "unpacked"
    """A member of an archive that is unpacked; the source is the archive."""
    ARCHIVE = "archive to unpack"
    """An archive that is unpacked and too large to look into beforehand: the destination is the folder."""
    HEREDOC = "heredoc"
    REMOTE = "fetched"
    """Of what was fetched: the source is a URL or a Git repository."""


class CopiedFile(NamedTuple):
    """A file, link or device that is copied. `before` is what was at the destination.

    `source` is a path in the build context or in the image that is copied from, or what `origin` says.
    """

    source: str
    destination: str
    entry: Entry
    before: Entry | None = None
    origin: Origin = Origin.FILE


class KeptOutBy(Enum):
    """What kept something out; the value is what the screen says."""

    IGNORE_FILE = "ignore file"
    EXCLUDE = "--exclude"
    GLOB = "glob"


class KeptOut(NamedTuple):
    """Something at the source that is not copied; for a directory all below it as well.

    `rule` is the pattern as written, for a glob the source that does not match. `line` is that of the ignore file.
    """

    path: str
    entry: Entry
    by: KeptOutBy
    rule: str
    line: int = 0


@frozen
class CopyRecord:
    """All that one instruction copies, in the order of its sources."""

    files: tuple[CopiedFile, ...] = ()
    kept_out: tuple[KeptOut, ...] = ()
    not_fetched: tuple[str, ...] = ()
    """Sources that are not on this machine yet: URLs, Git repositories, an image."""
    error: str | None = None
    """Why it fails, or would fail; then `files` are those before that."""
    hint: str | None = None

    @cached_property
    def size(self) -> int:
        """Bytes that are copied; a file with several hard links counts once."""
        return sum({file.entry.inode or number: _bytes(file) for number, file in _numbered(self.files)}.values())

    @cached_property
    def overwritten(self) -> int:
        """How many files take the place of something."""
        return sum(file.before is not None for file in self.files)


def _bytes(file: CopiedFile) -> int:
    return file.entry.size if file.entry.kind is EntryKind.FILE else 0


def _numbered(files: tuple[CopiedFile, ...]) -> "list[tuple[int, CopiedFile]]":
    """With numbers that are no inode's."""
    return [(-number, file) for number, file in enumerate(files, 1)]
