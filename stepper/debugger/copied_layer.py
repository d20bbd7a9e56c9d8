"""Holds what a COPY would do by the files that are there now against the layer that it made. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from stepper.engine.copy_record import CopiedFile, CopyRecord, Origin
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, Layer


class Happened(NamedTuple):
    """What the step did. With `changed` its sources are not any more what they were then."""

    record: CopyRecord
    changed: bool


def as_happened(record: CopyRecord, layer: Layer) -> Happened:
    """The record of what is in the layer: entries are those of the layer, files that came later are left out.

    What the layer holds besides is from the source that could not be looked into: what was fetched, a large archive.
    Where there is none, its source is gone, and "".
    """
    written = {change.path: change for change in layer.changes if _is_written(change)}
    files: list[CopiedFile] = []
    changed = False
    for file in record.files:
        if file.origin is Origin.ARCHIVE:
            continue
        change = written.get(file.destination)
        if change is None or change.after is None:
            changed = True
            continue
        changed = changed or _looks(change.after) != _looks(file.entry)
        files.append(file._replace(entry=change.after))
    told = {file.destination for file in files}
    rest = [change for path, change in written.items() if path not in told]
    archives = [file.source for file in record.files if file.origin is Origin.ARCHIVE]
    unseen = [*archives, *record.not_fetched]
    origin = Origin.REMOTE if record.not_fetched else Origin.MEMBER if archives else Origin.FILE
    files += _files_of(rest, " or ".join(unseen), origin)
    changed = changed or bool(rest and not unseen)
    return Happened(replace(record, files=tuple(files), not_fetched=()), changed)


def _is_written(change: Change) -> bool:
    return change.after is not None and change.after.kind is not EntryKind.DIRECTORY


def _files_of(changes: Iterable[Change], source: str, origin: Origin) -> Iterable[CopiedFile]:
    return (
        CopiedFile(source, change.path, change.after, change.before, origin)
        for change in changes
        if change.after is not None
    )


def _looks(entry: Entry) -> tuple[object, ...]:
    return entry.kind, entry.mode, entry.uid, entry.gid, entry.size, entry.target
