"""Layers put on top of each other: what each changes, the filesystem at the end, the bytes that nobody sees there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer, Listing, layer_of, same_content
from stepper.image.layer_contents import LayerContents

_ROOT = Entry(EntryKind.DIRECTORY, 0o755, 0, 0, 0, 0)
"""A directory that no layer describes, as an engine makes it; the root is there before any layer."""
_INODES = 1 << 40
"""More than a layer can have files."""


class HiddenFile(NamedTuple):
    """A file that takes space in a layer and is not there at the end: the layers, by index, that wrote and hid it.

    These are the same where a damaged layer takes away what it brings itself. `size` is in bytes. Of a file with
    several names `path` is the last that went.
    """

    path: str
    size: int
    written: int
    hidden: int


@dataclass(frozen=True)
class Stack:
    """An image's layers, the lowest first. `sizes` are the bytes of the files that each holds.

    `writers` tells for every path of the `listing` the layer, by index, that wrote it last.
    """

    layers: tuple[Layer, ...]
    sizes: tuple[int, ...]
    listing: Listing
    writers: Mapping[str, int]
    hidden: tuple[HiddenFile, ...]

    @property
    def unreachable(self) -> int:
        """Bytes of all layers less the bytes that are visible at the end."""
        return sum(file.size for file in self.hidden)


def stack(layers: Iterable[LayerContents]) -> Stack:
    """Put layers on top of each other, as an engine does when it makes a container of them."""
    state = _State()
    stacked = []
    sizes = []
    for contents in layers:
        stacked.append(state.add(contents))
        sizes.append(contents.size)
    return Stack(tuple(stacked), tuple(sizes), state.live, state.writers, tuple(state.hidden))


@dataclass
class _State:
    """The filesystem while layers come on top."""

    live: dict[str, Entry] = field(default_factory=lambda: {"/": _ROOT})
    writers: dict[str, int] = field(default_factory=lambda: {"/": 0})
    hidden: list[HiddenFile] = field(default_factory=list)
    _children: dict[str, dict[str, None]] = field(default_factory=lambda: {"/": {}})
    _stored: dict[str, int] = field(default_factory=dict)
    """Bytes of the files that have one name."""
    _names: dict[int, int] = field(default_factory=dict)
    """How many names are left of a file that has several, by its inode."""
    _shared: dict[int, tuple[int, int]] = field(default_factory=dict)
    """The layer that wrote such a file, and its bytes."""
    _contents: list[LayerContents] = field(default_factory=list)
    """The layers so far."""
    _before: dict[str, Entry | None] = field(default_factory=dict)
    """What the paths were that the present layer touches."""
    _writers_before: dict[str, int] = field(default_factory=dict)
    """The layers that had written those that were there."""
    _renumbered: dict[int, Entry] = field(default_factory=dict)
    """The present layer's files that have several names, by their numbers in it."""
    _index: int = 0

    def add(self, contents: LayerContents) -> Layer:
        """Put a layer on top; what it changes."""
        self._index = len(self._contents)
        self._contents.append(contents)
        self._before = {}
        self._writers_before = {}
        for path in contents.opaque:
            self._clear(path)
        for path in contents.hidden:
            self._remove(path)
        self._put_all(contents)
        return layer_of(self._changes())

    def _put_all(self, contents: LayerContents) -> None:
        """Put every entry in; what is new in a directory that is there takes the short way."""
        live, writers, children, stored, before = self.live, self.writers, self._children, self._stored, self._before
        self._renumbered.clear()
        for path in sorted(contents.entries):
            entry = contents.entries[path]
            folder, _, name = path.rpartition("/")
            names = children.get(folder or "/")
            if path in live or names is None or path in contents.borrowed:
                self._put(path, contents)
                continue
            before.setdefault(path, None)
            writers[path] = self._index
            names[name] = None
            if entry.inode:
                entry = self._numbered(entry)
                self._add_name(entry, contents.stored.get(path, 0))
            elif size := contents.stored.get(path):
                stored[path] = size
            live[path] = entry
            if entry.kind is EntryKind.DIRECTORY:
                children[path] = {}

    def _changes(self) -> Iterable[Change]:
        for path, before in self._before.items():
            after = self.live.get(path)
            if before is _ROOT and path == "/":
                continue
            if before is None and after is not None:
                yield Change(path, ChangeKind.ADDED, None, after)
            elif before is not None and after is None:
                yield Change(path, ChangeKind.DELETED, before, None)
            elif before is not None and after is not None:
                # A directory stands in a layer also for the sake of what is in it.
                is_same = before == after and after.kind is EntryKind.DIRECTORY
                if not is_same:
                    yield Change(path, ChangeKind.MODIFIED, before, after, self._has_same_content(path, before, after))

    def _has_same_content(self, path: str, before: Entry, after: Entry) -> bool | None:
        old = self._contents[self._writers_before[path]].digest_of(path)
        new = self._contents[self.writers[path]].digest_of(path)
        return same_content(before, after, old, new)

    def _put(self, path: str, contents: LayerContents) -> None:
        entry = contents.entries[path]
        borrowed = self._shared_entry(contents.borrowed[path]) if path in contents.borrowed else None
        if borrowed is not None:
            entry = borrowed
        elif entry.inode:
            entry = self._numbered(entry)
        there = self.live.get(path)
        if there is not None and there.kind is EntryKind.DIRECTORY and entry.kind is EntryKind.DIRECTORY:
            self._note(path)
            self.live[path] = entry
            self.writers[path] = self._index
            return
        self._remove(path)
        self._make_parents(path)
        self._note(path)
        self._enter(path, entry)
        stored = contents.stored.get(path, 0)
        if borrowed is not None and entry.inode:
            self._names[entry.inode] += 1
        elif entry.inode:
            self._add_name(entry, stored)
        elif stored:
            self._stored[path] = stored

    def _numbered(self, entry: Entry) -> Entry:
        """A file of the present layer with a number that no other layer's files have, the same for all its names."""
        found = self._renumbered.get(entry.inode)
        if found is None:
            found = entry._replace(inode=(self._index + 1) * _INODES + entry.inode)
            self._renumbered[entry.inode] = found
        return found

    def _add_name(self, entry: Entry, stored: int) -> None:
        """One of the names of a file of the present layer; `stored` are its bytes, 0 for all names but one."""
        self._names.setdefault(entry.inode, entry.links)
        if stored:
            self._shared[entry.inode] = (self._index, stored)

    def _shared_entry(self, path: str) -> Entry | None:
        """The file at a path, made one that can have several names."""
        entry = self.live.get(path)
        if entry is None or entry.kind is not EntryKind.FILE or entry.inode:
            return entry
        self._note(path)
        entry = entry._replace(inode=-1 - len(self._names))
        self.live[path] = entry
        self._names[entry.inode] = 1
        self._shared[entry.inode] = (self.writers[path], self._stored.pop(path, 0))
        return entry

    def _make_parents(self, path: str) -> None:
        """Have directories above a path, also where the layer does not describe them."""
        missing = []
        folder = path.rpartition("/")[0] or "/"
        while (entry := self.live.get(folder)) is None or entry.kind is not EntryKind.DIRECTORY:
            missing.append(folder)
            folder = folder.rpartition("/")[0] or "/"
        for folder in reversed(missing):
            self._remove(folder)
            self._note(folder)
            self._enter(folder, _ROOT)

    def _enter(self, path: str, entry: Entry) -> None:
        self.live[path] = entry
        self.writers[path] = self._index
        if entry.kind is EntryKind.DIRECTORY:
            self._children[path] = {}
        if path != "/":
            folder, _, name = path.rpartition("/")
            self._children[folder or "/"][name] = None

    def _clear(self, folder: str) -> None:
        """Take away what is below a directory."""
        for name in list(self._children.get(folder, ())):
            self._remove(f"{folder.rstrip('/')}/{name}")

    def _remove(self, path: str) -> None:
        """Take away what is at a path and below it."""
        waiting = [path]
        while waiting:
            path = waiting.pop()
            entry = self.live.get(path)
            if entry is None or path == "/":
                continue
            self._note(path)
            waiting += [f"{path}/{name}" for name in self._children.pop(path, ())]
            folder, _, name = path.rpartition("/")
            self._children.get(folder or "/", {}).pop(name, None)
            writer = self.writers.pop(path)
            del self.live[path]
            self._hide(path, entry, writer)

    def _hide(self, path: str, entry: Entry, writer: int) -> None:
        if entry.inode:
            self._names[entry.inode] -= 1
            if self._names[entry.inode] == 0:
                writer, size = self._shared.pop(entry.inode, (writer, 0))
                self._add_hidden(path, size, writer)
        else:
            self._add_hidden(path, self._stored.pop(path, 0), writer)

    def _add_hidden(self, path: str, size: int, writer: int) -> None:
        if size:
            self.hidden.append(HiddenFile(path, size, writer, self._index))

    def _note(self, path: str) -> None:
        if path in self._before:
            return
        entry = self._before[path] = self.live.get(path)
        if entry is not None:
            self._writers_before[path] = self.writers[path]


def by_layers(hidden: Sequence[HiddenFile]) -> dict[tuple[int, int], list[HiddenFile]]:
    """Hidden files by the layers that wrote and that hid them, those pairs that cost most first, as are their files."""
    found: dict[tuple[int, int], list[HiddenFile]] = {}
    for file in hidden:
        found.setdefault((file.written, file.hidden), []).append(file)
    for files in found.values():
        files.sort(key=lambda file: (-file.size, file.path))
    return dict(sorted(found.items(), key=lambda pair: (-sum(file.size for file in pair[1]), pair[0])))
