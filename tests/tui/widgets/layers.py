"""Layers and entries for the tests of views."""

from typing import Any

from hypothesis import strategies as st

from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer, layer_of


def entry(kind: EntryKind = EntryKind.FILE, *, mode: int = 0o644, size: int = 0, **more: Any) -> Entry:
    """An entry of root's from 2001."""
    return Entry(kind, mode, 0, 0, size, 10**18)._replace(**more)


def added(path: str, size: int = 0, kind: EntryKind = EntryKind.FILE) -> Change:
    """A path that was not there before."""
    return Change(path, ChangeKind.ADDED, None, entry(kind, size=size))


def folder(path: str) -> Change:
    """A folder that was not there before."""
    return added(path, kind=EntryKind.DIRECTORY)


def deleted(path: str, size: int = 0) -> Change:
    """A file that is gone."""
    return Change(path, ChangeKind.DELETED, entry(size=size), None)


def modified(path: str, before: Entry, after: Entry) -> Change:
    """A path that is another."""
    return Change(path, ChangeKind.MODIFIED, before, after)


def layer(*changes: Change) -> Layer:
    """A layer of these changes."""
    return layer_of(changes)


_NAME = st.sampled_from(["a", "b", "c", "a-b", "B", "é", "x\n", "\x1b"])
_PATH = st.lists(_NAME, min_size=1, max_size=5).map(lambda names: "/" + "/".join(names))
_FILE = st.builds(lambda path, size: added(path, size), _PATH, st.integers(0, 9))
_FOLDER = st.builds(folder, _PATH)
_GONE = st.builds(deleted, _PATH)


def layers() -> st.SearchStrategy[Layer]:
    """Layers in which only folders have something in them, as on a disk."""
    return st.lists(st.one_of(_FILE, _FOLDER, _GONE), max_size=25).map(_consistent)


def _consistent(changes: list[Change]) -> Layer:
    by_path = {change.path: change for change in changes}
    for path in list(by_path):
        above = path.rpartition("/")[0]
        while above:
            change = by_path.get(above)
            if change is not None and change.kind is ChangeKind.DELETED:
                by_path[above] = change._replace(before=entry(EntryKind.DIRECTORY))
            elif change is not None and change.after is not None:
                by_path[above] = folder(above)
            above = above.rpartition("/")[0]
    return layer_of(by_path.values())
