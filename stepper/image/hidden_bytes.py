"""Bytes that a build wrote and that nobody sees at its end, from the changes of its steps. Pure.

For finished images, whose layers are read as archives, see `stepper.image.stack`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer
from stepper.image.stack import HiddenFile

BASE = -1
"""The index that stands for the base image."""


@dataclass(frozen=True)
class AttributeRewrite:
    """Files that a layer holds again only because their mode or owner changed: `size` bytes."""

    layer: int
    files: int
    size: int


def hidden_files(layers: Sequence[Layer]) -> tuple[HiddenFile, ...]:
    """The files that a later layer wrote again or took away; `written` is BASE for those of the base image.

    A file with several names is hidden with the last of them.
    """
    writers: dict[str, int] = {}
    names: dict[tuple[int, int], int] = {}
    found: list[HiddenFile] = []
    for index, layer in enumerate(layers):
        for change in layer.changes:
            before = change.before
            writer = writers.get(change.path, BASE)
            if before is not None and _has_bytes(before) and _is_last_name(before, writer, names):
                found.append(HiddenFile(change.path, before.size, writer, index))
            if change.after is not None:
                writers[change.path] = index
    return tuple(found)


def attribute_rewrites(layers: Sequence[Layer]) -> tuple[AttributeRewrite, ...]:
    """The layers that rewrite files for their mode or owner alone, as `chown -R` over a copied tree does.

    Size and time of such a file are what they were: who writes a content anew changes its time.
    """
    found = []
    for index, layer in enumerate(layers):
        same = [change for change in layer.changes if _is_rewritten(change)]
        if same:
            found.append(AttributeRewrite(index, len(same), sum(change.size for change in same)))
    return tuple(found)


def _has_bytes(entry: Entry) -> bool:
    return entry.kind is EntryKind.FILE and entry.size > 0


def _is_last_name(entry: Entry, writer: int, names: dict[tuple[int, int], int]) -> bool:
    if entry.links <= 1 or not entry.inode:
        return True
    key = (writer, entry.inode)
    names[key] = names.get(key, entry.links) - 1
    return names[key] == 0


def _is_rewritten(change: Change) -> bool:
    old, new = change.before, change.after
    if change.kind is not ChangeKind.MODIFIED or old is None or new is None or not new.size:
        return False
    if old.kind is not EntryKind.FILE or new.kind is not EntryKind.FILE:
        return False
    is_same_content = (old.size, old.mtime_ns) == (new.size, new.mtime_ns)
    return is_same_content and (old.mode, old.uid, old.gid) != (new.mode, new.uid, new.gid)
