"""What changed between two filesystems: two listings in, a layer out."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer, Listing, changed_directories

_SECOND = 10**9
ALWAYS_MADE = ("/.dockerenv", "/etc/mtab")
"""What an engine puts into every container, besides its mount points."""


class EngineMade(NamedTuple):
    """What the engine puts into a container that is not in its image."""

    mounts: frozenset[str] = frozenset()
    """Mount points: they and what is below them is not the image's."""
    made: frozenset[str] = frozenset()
    """Paths that may be there, or have another time, only because the engine made them or something in them."""

    @classmethod
    def of(cls, mounts: Iterable[str]) -> "EngineMade":
        """What follows from the mount points of a container."""
        points = frozenset(mounts)
        made = set(ALWAYS_MADE)
        for path in (*points, *ALWAYS_MADE):
            made.add(path)
            while path != "/":
                path = path.rpartition("/")[0] or "/"
                made.add(path)
        return cls(points, frozenset(made))

    def covers(self, path: str) -> bool:
        """Whether a path is a mount point or below one."""
        while path != "/":
            if path in self.mounts:
                return True
            path = path.rpartition("/")[0] or "/"
        return False


def diff(before: Listing, after: Listing, *, since_ns: int, engine: EngineMade) -> Layer:
    """The layer that turns `before` into `after`, both walked in containers of the same engine.

    An entry whose status changed (`ctime_ns`) at or after `since_ns` was touched, whatever else it says: this is how
    a file that was rewritten with the size and the time it had is found, and why the times before do not matter,
    which committing and unpacking a layer changes. A directory is also touched when the engine copies it for the sake
    of something below it, and counts as changed when its entry differs or something in it came or went. What `engine`
    made is left out unless it was touched after that.
    """
    changes = []
    touched_directories = []
    made = engine.made
    common = 0
    for path, entry in after.items():
        old = before.get(path)
        touched = entry.ctime_ns >= since_ns
        if old is None:
            if touched or path not in made:
                changes.append(Change(path, ChangeKind.ADDED, None, entry))
            continue
        common += 1
        if (touched and entry.kind is not EntryKind.DIRECTORY) or _differs(old, entry, times=path not in made):
            changes.append(Change(path, ChangeKind.MODIFIED, old, entry))
        elif touched:
            touched_directories.append(path)
    if common < len(before):
        changes.extend(
            Change(path, ChangeKind.DELETED, entry, None)
            for path, entry in before.items()
            if path not in after and not engine.covers(path)
        )
    if touched_directories:
        changed = changed_directories(changes)
        changes.extend(
            Change(path, ChangeKind.MODIFIED, before[path], after[path])
            for path in touched_directories
            if path in changed
        )
    changes.sort(key=_path)
    return Layer(tuple(changes))


def apply(before: Listing, layer: Layer) -> Listing:
    """The filesystem after a layer."""
    if not layer.changes:
        return before
    after = dict(before)
    for change in layer.changes:
        if change.after is None:
            after.pop(change.path, None)
        else:
            after[change.path] = change.after
    return after


def with_targets(layer: Layer, targets: Mapping[str, str]) -> Layer:
    """The layer with the targets of its links filled in, as far as `targets` has them by path."""
    if not targets:
        return layer

    def filled(change: Change) -> Change:
        target = targets.get(change.path)
        if target is None or change.after is None or change.after.kind is not EntryKind.SYMLINK:
            return change
        return change._replace(after=change.after._replace(target=target))

    return Layer(tuple(map(filled, layer.changes)))


def _differs(old: Entry, new: Entry, *, times: bool) -> bool:
    """Whether two entries of a path differ in what they say.

    Times are compared by the second and from 1970 on, since a committed layer keeps no more of them.
    """
    if old[:5] != new[:5]:
        return True
    return times and max(old.mtime_ns, 0) // _SECOND != max(new.mtime_ns, 0) // _SECOND


def _path(change: Change) -> str:
    return change.path
