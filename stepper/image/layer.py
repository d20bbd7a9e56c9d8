"""The layer of a step: the changes between two filesystems, each with the entry before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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
    """One changed path: `before` is None for an added path, `after` is None for a deleted one.

    `same_content` tells of a modified file whether it holds what it held; None where nobody has read both.
    """

    path: str
    kind: ChangeKind
    before: Entry | None
    after: Entry | None
    same_content: bool | None = None

    @property
    def size(self) -> int:
        """Bytes that this change puts into the layer: the size of the file as it is now, 0 for all else."""
        after = self.after
        return after.size if after is not None and after.kind is EntryKind.FILE else 0

    @property
    def differs(self) -> tuple[str, ...]:
        """What of a modified path is another: `kind`, `content`, `mode`, `owner`, `xattrs`, `time`, `links`.

        It is `content or time` where the content was not read and only the time tells that it may be another. The time,
        and then how many names a file has, is told only where it is all; a path that was written again just as it was
        has nothing.
        """
        before, after = self.before, self.after
        if before is None or after is None:
            return ()
        found = ["kind"] if before.kind is not after.kind else _content(self, before, after)
        if before.mode != after.mode:
            found.append("mode")
        if (before.uid, before.gid) != (after.uid, after.gid):
            found.append("owner")
        if before.xattrs != after.xattrs:
            found.append("xattrs")
        if not found and not before.is_as_old_as(after):
            found.append("time")
        if not found and before.links != after.links and after.kind is not EntryKind.DIRECTORY:
            found.append("links")
        return tuple(found)

    @property
    def is_time_only(self) -> bool:
        """Whether it is known that nothing but the time of a file is another."""
        return self.same_content is True and self.differs == ("time",)


@dataclass(frozen=True)
class Layer:
    """The changes of one step, sorted by path."""

    changes: tuple[Change, ...] = ()
    mount_points: tuple[Change, ...] = ()
    """The mount points of every container that a RUN made since the image before it had none. They are no change."""

    @property
    def makes_image(self) -> bool:
        """Whether there is anything in it, so that the image after the step is another one."""
        return bool(self.changes or self.mount_points)

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
    def time_only(self) -> int:
        """How many files differ in nothing but their time, as far as their contents were read."""
        return sum(change.is_time_only for change in self.changes)

    @cached_property
    def without_times(self) -> "Layer":
        """The same but for what differs in its time only."""
        if not self.time_only:
            return self
        return replace(self, changes=tuple(change for change in self.changes if not change.is_time_only))

    @cached_property
    def _counts(self) -> dict[ChangeKind, int]:
        counts = dict.fromkeys(ChangeKind, 0)
        for change in self.changes:
            counts[change.kind] += 1
        return counts


EMPTY_LAYER = Layer()


def _content(change: Change, before: Entry, after: Entry) -> list[str]:
    if after.kind is EntryKind.DIRECTORY:
        return []
    if change.same_content is None:
        if before.size != after.size or before.target != after.target or before.device != after.device:
            return ["content"]
        return [] if before.is_as_old_as(after) else ["content or time"]
    return [] if change.same_content else ["content"]


def same_content(before: Entry, after: Entry, old: int | None, new: int | None) -> bool | None:
    """Whether a file holds what the one before it held, by their digests as far as these are known.

    None where that is not known, or one of them is no file.
    """
    if before.kind is not EntryKind.FILE or after.kind is not EntryKind.FILE:
        return None
    if before.size != after.size:
        return False
    if not after.size:
        return True
    return old == new if old is not None and new is not None else None


def layer_of(changes: Iterable[Change]) -> Layer:
    """A layer of these changes in any order."""
    return Layer(tuple(sorted(changes, key=lambda change: change.path)))


def changed_directories(changes: Iterable[Change]) -> set[str]:
    """The directories in which something came or went."""
    return {change.path.rpartition("/")[0] or "/" for change in changes if change.kind is not ChangeKind.MODIFIED}
