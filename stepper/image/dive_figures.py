"""Efficiency and wasted bytes as dive defines them, so that figures can be compared.

dive (https://github.com/wagoodman/dive) looks at every path that is a leaf in a layer's own tree. A path that is a leaf
in several layers wastes all its copies; a whiteout is a copy as large as what it removes, if that is a directory, and
of no size if it is a file. Opaque directories do not count, nor does a removed directory that was never a leaf itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from stepper.image.entry import EntryKind
from stepper.image.layer_contents import LayerContents

_WHITEOUT = ".wh."
_FIRST = "\0"
"""Sorts before everything, and is in no name."""
_NONE = -1
"""The size of a path that has none, which dive adds up like the others."""


class WastefulPath(NamedTuple):
    """A path that several layers have, how many they are, and the bytes of all of them."""

    path: str
    layers: int
    size: int


@dataclass(frozen=True)
class DiveFigures:
    """What dive says of an image. `wasteful` has the most expensive paths last, as dive sorts them."""

    efficiency: float
    """From 0 to 1: the bytes that the image needs at least, of the bytes that it has."""
    wasted_bytes: int
    wasted_ratio: float
    """Wasted bytes to the bytes of all layers but the first; not a number where those have none."""
    wasteful: tuple[WastefulPath, ...]


@dataclass
class _Found:
    smallest: int = _NONE
    total: int = 0
    count: int = 0


def dive_figures(layers: Sequence[LayerContents]) -> DiveFigures:
    """The figures of an image, from its layers, the lowest first."""
    found: dict[str, _Found] = {}
    order: list[str] = []
    below = _Tree()
    for index, contents in enumerate(layers):
        if not index:
            below.add(contents)
        for path, size in _leaves(contents, below):
            entry = found.get(path)
            if entry is None:
                entry = found[path] = _Found()
            if size is None:
                break
            entry.smallest = size if entry.smallest == _NONE else min(entry.smallest, size)
            entry.total += size
            entry.count += 1
            if entry.count == 2:
                order.append(path)
        if index:
            below.add(contents)
    needed = sum(entry.smallest for entry in found.values())
    there = sum(entry.total for entry in found.values())
    wasteful = sorted(
        (WastefulPath(path, found[path].count, found[path].total) for path in order), key=lambda p: p.size
    )
    wasted = sum(path.size for path in wasteful)
    own = sum(contents.size for contents in layers[1:])
    ratio = wasted / own if own else (float("nan") if not wasted else float("inf"))
    return DiveFigures(needed / there if there else 1.0, wasted, ratio, tuple(wasteful))


def _leaves(contents: LayerContents, below: "_Tree") -> Iterator[tuple[str, int | None]]:
    """The leaves of a layer's own tree, in the order of their names, with their sizes.

    A whiteout of something that is not there has no size; dive stops there.
    """
    nodes: dict[str, str | None] = {}
    for path in contents.entries:
        if path != "/":
            nodes[_sorted_as(path)] = None
    for path in contents.hidden:
        folder, _, name = path.rpartition("/")
        nodes[_sorted_as(f"{folder}/{_WHITEOUT}{name}")] = path
    for path in contents.opaque:
        if path != "/":
            nodes.setdefault(_sorted_as(path), None)
    inner: set[str] = set()
    for node in nodes:
        while (node := node.rpartition(_FIRST)[0]) not in inner:
            inner.add(node)
    for node in sorted(nodes):
        if node in inner:
            continue
        removed = nodes[node]
        if removed is None:
            path = node.replace(_FIRST, "/")
            yield path, contents.stored.get(path, 0)
            continue
        yield removed, below.size_of_removed(removed)


def _sorted_as(path: str) -> str:
    """What sorts paths name by name: `a/b` before `a.b`."""
    return path.replace("/", _FIRST)


class _Tree:
    """The filesystem of some layers, as far as dive asks for it: what is a directory, and how large all in it is."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}
        self._directories: set[str] = set()
        self._children: dict[str, set[str]] = {}

    def add(self, contents: LayerContents) -> None:
        """Put a layer on top."""
        for path in contents.hidden:
            self._remove(path)
        for path, entry in contents.entries.items():
            self._sizes[path] = contents.stored.get(path, 0)
            (self._directories.add if entry.kind is EntryKind.DIRECTORY else self._directories.discard)(path)
            names = self._children.get(path.rpartition("/")[0])
            if names is None:
                self._connect(path)
            else:
                names.add(path)

    def size_of_removed(self, path: str) -> int | None:
        """What a whiteout counts for; None where there is nothing to remove."""
        if path not in self._sizes:
            return None
        if path not in self._directories:
            return 0
        return sum(self._sizes[name] for name in self._below(path))

    def _connect(self, path: str) -> None:
        """Have the directories above a path, if only as names."""
        while path != "/":
            folder = path.rpartition("/")[0] or "/"
            children = self._children.setdefault(folder, set())
            if path in children:
                return
            children.add(path)
            self._sizes.setdefault(folder, 0)
            path = folder

    def _remove(self, path: str) -> None:
        if path not in self._sizes:
            return
        for name in list(self._below(path)):
            del self._sizes[name]
            self._directories.discard(name)
            self._children.pop(name, None)
        self._children.get(path.rpartition("/")[0] or "/", set()).discard(path)

    def _below(self, path: str) -> Iterator[str]:
        waiting = [path]
        while waiting:
            path = waiting.pop()
            yield path
            waiting += self._children.get(path, ())
