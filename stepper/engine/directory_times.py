"""Times of directories that an image store forgets, set again in the container of the next step.

The containerd image store puts a directory into a layer for what changed in it, its mode and its owner, not for its
time alone. BuildKit goes on with the snapshot itself, which has the time: later steps see it and put it into their
layers. A commit goes on with the layers.
"""

import shlex
from collections.abc import Mapping

from stepper.engine.archive_writer import directory_headers
from stepper.engine.hidden_files import OF_ENGINE
from stepper.engine.listings import Listings
from stepper.engine.step_container import StepContainer
from stepper.engine.still_container import StillContainer
from stepper.engine.worker import Worker
from stepper.image.archive import END
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, Layer

_NONE: Mapping[str, Entry] = {}
_SECOND = 10**9


class DirectoryTimes:
    """Knows the forgotten times of one engine's snapshots; with `forgets` unset there are none."""

    def __init__(self, listings: Listings, *, forgets: bool) -> None:
        self._listings = listings
        self._forgets = forgets
        self._known: dict[str, Mapping[str, Entry]] = {}

    def set_in(self, container: StepContainer, image: str | None) -> None:
        """Set those of a snapshot's image in a running container on it: before the time from which changes count."""
        directories = self.of(image)
        if directories:
            # Not by an archive: for one the engine makes the mount points of a running container in its layer.
            set_times(container.worker, directories)

    def set_in_still(self, container: StillContainer, image: str | None) -> None:
        """The same in a container that is not started."""
        directories = self.of(image)
        if directories:
            container.put_archive("/", b"".join(directory_headers(directories.items())) + END)

    def of(self, image: str | None) -> Mapping[str, Entry]:
        """The directories of a snapshot whose time its image has not, as they were."""
        if not self._forgets:
            return _NONE
        steps = []
        at = image
        while at is not None and at not in self._known and (made_by := self._listings.maker(at)) is not None:
            steps.append((at, made_by[1]))
            at = made_by[0]
        found = self._known.get(at, _NONE) if at is not None else _NONE
        for step, layer in reversed(steps):
            found = self._known[step] = forgotten_after(found, layer)
        return found


def set_times(worker: Worker, directories: Mapping[str, Entry]) -> None:
    """Set the times of directories in a running container, and wait until what is changed next has a later time."""
    lines = [
        f"${{b:+$b}} touch -c -h -d @{entry.mtime_ns // _SECOND} {shlex.quote(path)}"
        for path, entry in directories.items()
    ]
    # The clock of a filesystem counts in steps of some milliseconds.
    worker.run("\n".join([*lines, "${b:+$b} sleep 0.02"]))


def forgotten_after(before: Mapping[str, Entry], layer: Layer) -> Mapping[str, Entry]:
    """Which directories' times are forgotten after a step, by those that were before it."""
    touched = {change.path: change.after for change in layer.changes if change.after and _is_touched(change)}
    if not before and not touched:
        return _NONE
    changed = {change.path for change in layer.changes}
    held: set[str] = set()
    for path in changed - touched.keys():
        while path and path not in held:
            held.add(path)
            path = path.rpartition("/")[0]
    still = {path: entry for path, entry in before.items() if path not in changed}
    return {path: entry for path, entry in (still | touched).items() if path not in held}


def _is_touched(change: Change) -> bool:
    """Whether a directory differs in nothing but its time."""
    before, after = change.before, change.after
    if before is None or after is None or change.path in OF_ENGINE:
        return False
    return before.kind is after.kind is EntryKind.DIRECTORY and change.differs in ((), ("time",))
