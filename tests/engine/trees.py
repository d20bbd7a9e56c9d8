"""File trees in memory, for tests of what is copied where."""

from collections.abc import Mapping

from stepper.engine.file_tree import ListingTree
from stepper.image.entry import Entry, EntryKind

SECOND = 10**9
OLD = 1_500_000_000 * SECOND
NOW = 1_700_000_000 * SECOND


def directory(mode: int = 0o755, uid: int = 0, gid: int = 0, mtime_ns: int = OLD) -> Entry:
    return Entry(EntryKind.DIRECTORY, mode, uid, gid, 0, mtime_ns)


def file(size: int = 1, mode: int = 0o644, uid: int = 0, gid: int = 0) -> Entry:
    return Entry(EntryKind.FILE, mode, uid, gid, size, OLD)


def link(target: str) -> Entry:
    return Entry(EntryKind.SYMLINK, 0o777, 0, 0, len(target), OLD, target=target)


def tree(entries: Mapping[str, Entry]) -> ListingTree:
    """A tree of these entries; directories that are not named are there all the same."""
    return ListingTree(listing(entries), lambda path: entries[path].target)


def listing(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    whole = {"/": directory()}
    for path, entry in entries.items():
        parts = path.split("/")[1:-1]
        for end in range(1, len(parts) + 1):
            whole.setdefault("/" + "/".join(parts[:end]), directory())
        whole[path] = entry
    return whole
