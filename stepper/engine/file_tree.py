"""A filesystem to look things up in, wherever its files are: the build context, a snapshot, the heredocs of a COPY."""

import posixpath
from collections.abc import Callable, Sequence
from typing import Protocol

from stepper.engine.copy_error import CopyError
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Listing

_MOST_LINKS = 255


class Entries(Protocol):
    """Paths are absolute within the tree and clean; links are never followed."""

    def entry(self, path: str) -> Entry | None:
        """What is at a path, None when nothing is. The target of a symlink is filled in."""


class FileTree(Entries, Protocol):
    """A tree whose directories can be listed."""

    def names(self, path: str) -> Sequence[str]:
        """The names in a directory, in the order of their bytes."""


class ListingTree:
    """A snapshot's filesystem. `read_link` tells a link's target where the listing does not."""

    def __init__(self, listing: Listing, read_link: Callable[[str], str]) -> None:
        self._listing = listing
        self._read_link = read_link
        self._names: dict[str, list[str]] | None = None

    def entry(self, path: str) -> Entry | None:
        """What is at a path, None when nothing is."""
        entry = self._listing.get(path)
        if entry is not None and entry.kind is EntryKind.SYMLINK and not entry.target:
            return entry._replace(target=self._read_link(path))
        return entry

    def names(self, path: str) -> Sequence[str]:
        """The names in a directory, in the order of their bytes."""
        if self._names is None:
            self._names = {}
            for name in self._listing:
                if name != "/":
                    folder, _, last = name.rpartition("/")
                    self._names.setdefault(folder or "/", []).append(last)
            for names in self._names.values():
                names.sort(key=by_bytes)
        return self._names.get(path, ())


def by_bytes(name: str) -> bytes:
    """A sort key: the order in which Go, and so BuildKit, lists a directory."""
    return name.encode("utf-8", "surrogateescape")


def clean(path: str) -> str:
    """An absolute path without `.`, `..`, double and final slashes; a relative one is below the root."""
    return posixpath.normpath("/" + path.lstrip("/"))


def join(folder: str, name: str) -> str:
    """The path of a name in a directory."""
    return f"/{name}" if folder == "/" else f"{folder}/{name}"


def parent(path: str) -> str:
    """The directory that a path is in; the root is in itself."""
    return path.rpartition("/")[0] or "/"


def follow(tree: Entries, path: str) -> str:
    """The path with every symlink in it followed, the last component included, none leading out of the tree.

    What does not exist stays as it is written. Raises `CopyError` for a loop and for a path through a file.
    """
    waiting = [part for part in reversed(clean(path).split("/")) if part]
    found = "/"
    links = 0
    while waiting:
        part = waiting.pop()
        if part == "..":
            found = parent(found)
            continue
        candidate = join(found, part)
        entry = tree.entry(candidate)
        if entry is not None and entry.kind is EntryKind.SYMLINK:
            links += 1
            if links > _MOST_LINKS:
                raise CopyError(f"{path} leads through too many links", hint="The links lead to each other.")
            if entry.target.startswith("/"):
                found = "/"
            waiting.extend(name for name in reversed(entry.target.split("/")) if name not in ("", "."))
            continue
        if entry is not None and waiting and entry.kind is not EntryKind.DIRECTORY:
            raise CopyError(f"{candidate} is not a directory, but {path} leads through it")
        found = candidate
    return found
