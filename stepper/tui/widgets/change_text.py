"""What is said of one change or entry: permissions as `ls -l` shows them, and what differs from before. Pure."""

import stat
from datetime import UTC, datetime
from typing import NamedTuple

from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind
from stepper.image.xattr_text import Xattrs, xattrs_note
from stepper.text import human_size, printable
from stepper.tui.widgets.change_nodes import Node

_TYPE_BITS = {
    EntryKind.FILE: stat.S_IFREG,
    EntryKind.DIRECTORY: stat.S_IFDIR,
    EntryKind.SYMLINK: stat.S_IFLNK,
    EntryKind.CHARACTER_DEVICE: stat.S_IFCHR,
    EntryKind.BLOCK_DEVICE: stat.S_IFBLK,
    EntryKind.FIFO: stat.S_IFIFO,
    EntryKind.SOCKET: stat.S_IFSOCK,
}
TIME_ONLY = "time only"
WRITTEN_AGAIN = "written again"
HARD_LINK = "hard link"
"""What is said of a file whose bytes are counted with another of its names."""
KIND_WORDS = {ChangeKind.ADDED: "added", ChangeKind.MODIFIED: "modified", ChangeKind.DELETED: "deleted"}


def permissions(entry: Entry) -> str:
    """As `ls -l` shows them: `-rwsr-xr-x`."""
    return stat.filemode(_TYPE_BITS[entry.kind] | entry.mode)


def differences(change: Change) -> tuple[str, ...]:
    """What a modification did, each as `mode 0644 → 0755`; ("written again",) where no figure differs."""
    before, after = change.before, change.after
    if before is None or after is None:
        return ()
    found: list[str] = []
    if before.kind is not after.kind:
        found.append(f"{_kind_word(before)} → {_kind_word(after)}")
    if before.mode != after.mode:
        found.append(f"mode {before.mode:04o} → {after.mode:04o}")
    if (before.uid, before.gid) != (after.uid, after.gid):
        found.append(f"owner {before.uid}:{before.gid} → {after.uid}:{after.gid}")
    if before.size != after.size and after.kind is EntryKind.FILE:
        found.append(f"size {human_size(before.size)} → {human_size(after.size)}")
    elif change.same_content is False:
        found.append("content")
    found += _pointing_elsewhere(before, after)
    if before.xattrs != after.xattrs:
        found.append("extended attributes")
    if not found and after.kind is EntryKind.DIRECTORY:
        found.append("time")
    if "links" in change.differs:
        found.append(f"{before.links} → {after.links} links")
    if change.is_time_only:
        found.append(TIME_ONLY)
    return tuple(found) or (WRITTEN_AGAIN,)


def _pointing_elsewhere(before: Entry, after: Entry) -> list[str]:
    """Where a link leads, and which device it is."""
    found = []
    if before.target != after.target:
        found.append(f"target {printable(before.target)} → {printable(after.target)}")
    if before.device != after.device:
        found.append(f"device {_device(before)} → {_device(after)}")
    return found


class Row(NamedTuple):
    """What a row is about: what happened to a path, and what is there; None where nothing did or is."""

    change: Change | None
    entry: Entry | None

    @property
    def xattrs(self) -> tuple[Xattrs | None, Xattrs | None]:
        """The extended attributes before and after; None where there is nothing, or where only one state is shown."""
        before = self.change.before if self.change is not None else None
        return (before.xattrs if before is not None else None), (self.entry.xattrs if self.entry is not None else None)


def row_of(node: Node) -> Row:
    """All that a node itself tells; a look into the file may tell more."""
    return Row(node.change, node.entry)


def row_note(node: Node, row: Row | None = None) -> str:
    """What stands behind the name in a row: a link's target, a changed mode or owner, extended attributes that are
    there or, in a layer, other than before; "" where there is nothing.
    """
    row = row or row_of(node)
    notes: list[str] = []
    change = row.change
    entry = row.entry or (change.before if change is not None else None)
    if entry is not None and entry.kind is EntryKind.SYMLINK and entry.target:
        notes.append(f"→ {printable(entry.target)}")
    if change is not None and change.before is not None and change.after is not None:
        before, after = change.before, change.after
        notes += _content_note(change)
        if before.kind is not after.kind:
            notes.append(f"{_kind_word(before)}→{_kind_word(after)}")
        if before.mode != after.mode:
            notes.append(f"{before.mode:04o}→{after.mode:04o}")
        if (before.uid, before.gid) != (after.uid, after.gid):
            notes.append(f"{before.uid}:{before.gid}→{after.uid}:{after.gid}")
        if "links" in change.differs:
            notes.append(f"{before.links}→{after.links} links")
    notes.append(xattrs_note(*row.xattrs))
    if row.entry is not None and row.entry.kind is EntryKind.FILE and row.entry.size and not node.size:
        notes.append(HARD_LINK)
    return " ".join(filter(None, notes))


def _content_note(change: Change) -> list[str]:
    """What is known of the content of a file: without reading it, or since it was read."""
    if change.is_time_only:
        return [TIME_ONLY]
    differs = change.differs
    if not differs and change.after is not None and change.after.kind is not EntryKind.DIRECTORY:
        return [WRITTEN_AGAIN]
    return [word for word in differs if word.startswith("content")]


def size_text(node: Node) -> str:
    """The size column: of a folder what it adds with all that is in it; in brackets what was deleted where nothing is
    added.
    """
    if node.kind is ChangeKind.DELETED and not node.size:
        before = node.change.before if node.change is not None else None
        if before is not None and before.kind is EntryKind.FILE:
            return f"({human_size(before.size)})"
        return f"({human_size(node.gone)})" if node.gone else ""
    if node.children is None and node.entry is not None:
        return human_size(node.entry.size) if node.entry.kind is EntryKind.FILE else ""
    return f"({human_size(node.gone)})" if node.gone and not node.size else human_size(node.size)


def describe(node: Node, row: Row | None = None) -> str:
    """All that is known of a row, on one line: path, what happened, permissions, owner, size, time, target."""
    parts = [printable(node.path)]
    change, entry = row or row_of(node)
    if change is not None:
        parts.append(" ".join([KIND_WORDS[change.kind], ", ".join(differences(change))]).strip())
    if change is not None and change.kind is ChangeKind.DELETED and change.before is not None:
        parts.append(f"was {_describe_entry(change.before)}")
    elif entry is not None:
        parts.append(_describe_entry(entry))
    if node.children is not None and node.count > 1:
        gone = f", {human_size(node.gone)} deleted" if node.gone else ""
        parts.append(f"{node.count:,} paths, {human_size(node.size)}{gone}")
    return " · ".join(parts)


def _describe_entry(entry: Entry) -> str:
    parts = [permissions(entry), f"{entry.uid}:{entry.gid}"]
    if entry.kind is EntryKind.FILE:
        parts.append(human_size(entry.size))
    if entry.kind in (EntryKind.CHARACTER_DEVICE, EntryKind.BLOCK_DEVICE):
        parts.append(_device(entry))
    parts.append(_time(entry.mtime_ns))
    if entry.links > 1 and entry.kind is not EntryKind.DIRECTORY:
        parts.append(f"{entry.links} links")
    if entry.target:
        parts.append(f"→ {printable(entry.target)}")
    return "  ".join(parts)


def _time(mtime_ns: int) -> str:
    try:
        return datetime.fromtimestamp(mtime_ns / 10**9, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"{mtime_ns // 10**9} s since 1970"


def _device(entry: Entry) -> str:
    return f"{entry.device[0]}:{entry.device[1]}"


def _kind_word(entry: Entry) -> str:
    return entry.kind.name.lower().replace("_", " ")
