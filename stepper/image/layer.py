"""The layer of a step: the changes between two filesystems, each with the entry before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from stepper.image.entry import Entry, EntryKind

Listing = Mapping[str, Entry]
"""A whole filesystem: absolute path (`/etc/passwd`, undecodable bytes as surrogate escapes) to entry."""


class ChangeKind(Enum):
    """What a step did to a path; the value is the mark on the screen."""

    ADDED = "+"
    MODIFIED = "~"
    DELETED = "-"


class Change(NamedTuple):
    """One changed path: `before` is None for an added path, `after` is None for a deleted one."""

    path: str
    kind: ChangeKind
    before: Entry | None
    after: Entry | None

    @property
    def size(self) -> int:
        """Bytes that this change puts into the layer: the size of the file as it is now, 0 for all else."""
        after = self.after
        return after.size if after is not None and after.kind is EntryKind.FILE else 0


@dataclass(frozen=True)
class Layer:
    """The changes of one step, sorted by path."""

    changes: tuple[Change, ...] = ()

    @cached_property
    def size(self) -> int:
        """Bytes of all added and modified files; a file with several hard links counts once."""
        total = 0
        seen: set[int] = set()
        for change in self.changes:
            after = change.after
            if after is None or after.kind is not EntryKind.FILE:
                continue
            if after.links > 1 and after.inode:
                if after.inode in seen:
                    continue
                seen.add(after.inode)
            total += after.size
        return total

    def count(self, kind: ChangeKind) -> int:
        """How many paths were changed in that way."""
        return self._counts[kind]

    @cached_property
    def _counts(self) -> dict[ChangeKind, int]:
        counts = dict.fromkeys(ChangeKind, 0)
        for change in self.changes:
            counts[change.kind] += 1
        return counts


EMPTY_LAYER = Layer()


def layer_of(changes: Iterable[Change]) -> Layer:
    """A layer of these changes in any order."""
    return Layer(tuple(sorted(changes, key=lambda change: change.path)))
