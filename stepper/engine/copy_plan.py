"""What a COPY does to the filesystem of a snapshot, worked out before anything is sent.

The rules are BuildKit's: a directory's contents are copied, not itself; links are followed in the destination and
where a source is a link itself, and copied as links below a source directory; the directories above the destination are
made; a directory that is there already is merged with, and takes on the mode, owner and time of the one that is copied
onto it, but for the destination itself, which takes on the time alone.
"""

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from stepper.engine.copy_error import CopyError
from stepper.engine.copy_flags import Owner
from stepper.engine.copy_modes import Chmod
from stepper.engine.copy_walk import EVERYTHING, Selected, Selection, walk
from stepper.engine.file_tree import Entries, FileTree, clean, follow, join, parent
from stepper.frozen import frozen
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer, Listing, layer_of

_SECOND = 10**9
_DIRECTORY_MODE = 0o755
_SETGID = 0o2000
_ROOT = Owner(0, 0)
_WHITEOUT = ".wh."
"""How the names of the files begin by which a layer takes others away."""


class Planned(NamedTuple):
    """One file, link or device that is to be written: where, from where, and what it will be."""

    destination: str
    source: str
    entry: Entry


@frozen
class Rules:
    """What the flags ask for; None is "as at the source"."""

    owner: Owner | None = None
    chmod: Chmod | None = None

    @property
    def made_mode(self) -> int:
        """The mode of directories that have to be made."""
        mode = self.chmod.of_made_directories if self.chmod is not None else None
        return _DIRECTORY_MODE if mode is None else mode

    def apply(self, entry: Entry) -> Entry:
        """The entry as it will be at the destination."""
        if self.owner is not None:
            entry = entry._replace(uid=self.owner.uid, gid=self.owner.gid)
        if self.chmod is not None and entry.kind is not EntryKind.SYMLINK:
            is_directory = entry.kind is EntryKind.DIRECTORY
            entry = entry._replace(mode=self.chmod.apply(entry.mode, is_directory=is_directory))
        return entry


class Target:
    """The filesystem that is copied into: a snapshot's, with what was put on top of it.

    Times are kept by the second, as layers keep them. `now_ns` is the time that changed directories get. `on_top` is
    for a filesystem that is empty at first and put over the snapshot's as a whole (`--link`): whatever is put takes
    the place of what the snapshot has there, directories too, but not of what is in both trees' directories.
    """

    def __init__(self, before: Listing, tree: Entries, now_ns: int, *, on_top: bool = False) -> None:
        self.now_ns = now_ns // _SECOND * _SECOND
        self.on_top = on_top
        self._before = before
        self._tree = tree
        self._after: dict[str, Entry | None] = {}
        self._unwritten: dict[str, None] = {}

    def entry(self, path: str) -> Entry | None:
        """What is at a path now."""
        return self._after[path] if path in self._after else self._tree.entry(path)

    def put(self, path: str, entry: Entry) -> None:
        """Write an entry; the time of its directory changes. Raises `CopyError` for a name that no layer can hold."""
        name = posixpath.basename(path)
        if name.startswith(_WHITEOUT):
            raise CopyError(
                f"cannot write {path}: in a layer this name stands for the removal of {name.removeprefix(_WHITEOUT)}",
                hint="Give the file another name: an image cannot hold it once it is saved or pushed.",
            )
        self.correct(path, entry)
        if entry.kind is EntryKind.DIRECTORY:
            self._unwritten[path] = None
        if path != "/":
            self._touch(parent(path))

    def correct(self, path: str, entry: Entry) -> None:
        """Know better what an entry is that was put before."""
        self._after[path] = entry._replace(mtime_ns=entry.mtime_ns // _SECOND * _SECOND)

    def set_directory(self, path: str, entry: Entry) -> None:
        """Change what a directory that is there is like."""
        self.correct(path, entry)
        self._unwritten[path] = None

    def _touch(self, path: str) -> None:
        entry = self.entry(path)
        if entry is not None and (path not in self._after or entry.mtime_ns != self.now_ns):
            self.set_directory(path, entry._replace(mtime_ns=self.now_ns))

    def remove(self, path: str) -> None:
        """Take away whatever is at a path and below it."""
        entry = self.entry(path)
        self._after[path] = None
        if entry is None or entry.kind is not EntryKind.DIRECTORY:
            return
        below = path + "/"
        for name in [name for name in (*self._before, *self._after) if name.startswith(below)]:
            self._after[name] = None
        self._unwritten = {name: None for name in self._unwritten if name != path and not name.startswith(below)}

    def take_directories(self) -> list[tuple[str, Entry]]:
        """The directories that are new or changed since the last call, parents first."""
        paths = sorted(self._unwritten)
        self._unwritten.clear()
        return [(path, entry) for path in paths if (entry := self.entry(path)) is not None]

    def layer(self) -> Layer:
        """Everything that was put, as changes."""
        changes = []
        for path, after in {**self._replaced(), **self._after}.items():
            before = self._before.get(path)
            if after is None and before is not None:
                changes.append(Change(path, ChangeKind.DELETED, before, None))
            elif after is not None:
                if path == "/" and before is not None and self.on_top:
                    after = before._replace(mtime_ns=after.mtime_ns)
                kind = ChangeKind.ADDED if before is None else ChangeKind.MODIFIED
                changes.append(Change(path, kind, before, after))
        return layer_of(changes)

    def _replaced(self) -> dict[str, Entry | None]:
        """What was below directories that something else is put over."""
        gone = {
            path
            for path, after in self._after.items()
            if self.on_top
            and after is not None
            and after.kind is not EntryKind.DIRECTORY
            and (before := self._before.get(path)) is not None
            and before.kind is EntryKind.DIRECTORY
        }
        return {path: None for path in self._before if gone and any(above in gone for above in _above(path))}


def _above(path: str) -> Iterator[str]:
    while path != "/":
        path = parent(path)
        yield path


class Nothing:
    """The filesystem of an empty image."""

    def entry(self, path: str) -> Entry | None:
        """The root alone is there."""
        return Entry(EntryKind.DIRECTORY, _DIRECTORY_MODE, 0, 0, 0, 0) if path == "/" else None


def make_directories(
    target: Target, path: str, *, mode: int = _DIRECTORY_MODE, owner: Owner | None = None, made_ns: int | None = None
) -> list[str]:
    """Make a directory and those above it as far as they are missing; which. `path` has no links left in it.

    As the kernel has it, what is made in a setgid directory is setgid too, and has its group where no owner is given.
    `made_ns` is the time of the directory itself, None for the present.
    """
    missing: list[str] = []
    while (entry := target.entry(path)) is None:
        missing.append(path)
        path = parent(path)
    if entry.kind is not EntryKind.DIRECTORY:
        raise CopyError(f"{path} is not a directory", hint="The destination leads through it.")
    setgid = entry.mode & _SETGID
    uid, gid = owner or (_ROOT._replace(gid=entry.gid) if setgid else _ROOT)
    for directory in reversed(missing):
        time_ns = target.now_ns if made_ns is None or directory != missing[0] else made_ns
        target.put(directory, Entry(EntryKind.DIRECTORY, mode | setgid, uid, gid, 0, time_ns))
    return missing


def plan_copy(
    source: FileTree,
    path: str,
    target: Target,
    destination: str,
    rules: Rules,
    selection: Selection = EVERYTHING,
    *,
    whole: bool = False,
) -> Iterator[Planned]:
    """Copy one source, which may be a link, to a destination as the instruction writes it (absolute).

    With `whole` a directory that is missing at the destination is copied itself, not only what is in it.
    Yields the files and links in the order in which BuildKit writes them; the target holds all that was decided so
    far, directories included. Raises `CopyError`.
    """
    folder = destination if posixpath.basename(destination) in ("", ".") else posixpath.dirname(destination)
    make_directories(target, follow(target, folder), mode=rules.made_mode, owner=rules.owner)
    place = follow(target, destination)
    found = follow(source, path)
    entry = source.entry(found)
    if entry is None:
        raise CopyError(f'"{path}": not found')
    there = target.entry(place)
    is_directory = entry.kind is EntryKind.DIRECTORY
    if not is_directory and there is not None and there.kind is EntryKind.DIRECTORY:
        place = join(place, posixpath.basename(path))
    above = place if is_directory and there is None and not whole else parent(place)
    make_directories(target, above, mode=rules.made_mode, owner=rules.owner)
    if is_directory:
        yield from _copy_directory(source, found, target, place, rules, selection)
    else:
        yield _copy_file(found, entry, target, place, rules)


def _copy_directory(
    source: FileTree, root: str, target: Target, destination: str, rules: Rules, selection: Selection
) -> Iterator[Planned]:
    """Copy what is below a directory, depth first. A directory's own time is set when everything in it is there."""
    final: dict[str, Entry] = {}
    for visit in walk(source, root, selection):
        place = join(destination, visit.relative) if visit.relative else destination
        if visit.how is Selected.ENTER:
            final[place] = _enter(visit.entry, target, place, rules, is_destination=not visit.relative)
        elif visit.how is Selected.PASS:
            _pass(visit.entry, target, place, rules)
        elif visit.how is Selected.LEAVE:
            target.set_directory(place, final.pop(place))
        else:
            yield _copy_file(visit.path, visit.entry, target, place, rules)


def _enter(entry: Entry, target: Target, place: str, rules: Rules, *, is_destination: bool) -> Entry:
    """Have a directory at the destination; what it will be like in the end."""
    there = target.entry(place)
    if there is not None and there.kind is not EntryKind.DIRECTORY:
        raise _no_directory(place)
    if there is not None and is_destination:
        return there._replace(mtime_ns=entry.mtime_ns)
    copied = rules.apply(_as_copied(entry))
    if there is None:
        target.put(place, copied)
    return copied


def _pass(entry: Entry, target: Target, place: str, rules: Rules) -> None:
    """Have a directory that is not asked for itself: one that is there takes on the mode at the source alone."""
    there = target.entry(place)
    if there is None:
        target.put(place, rules.apply(_as_copied(entry)))
    elif there.kind is EntryKind.DIRECTORY:
        target.set_directory(place, there._replace(mode=entry.mode))
    else:
        raise _no_directory(place)


def _no_directory(place: str) -> CopyError:
    return CopyError(
        f"cannot copy a directory to {place}: it is there and is no directory",
        hint="Remove it in an earlier instruction, or choose another destination.",
    )


def _copy_file(path: str, entry: Entry, target: Target, place: str, rules: Rules) -> Planned:
    there = target.entry(place)
    if there is not None and there.kind is EntryKind.DIRECTORY:
        raise CopyError(
            f"cannot replace the directory {place} with a file",
            hint="Remove it in an earlier instruction, or choose another destination.",
        )
    copied = rules.apply(_as_copied(entry))
    target.put(place, copied)
    return Planned(place, path, copied)


def _as_copied(entry: Entry) -> Entry:
    """An entry of the source as an archive carries it: by the second, like the layer that is made of it."""
    inode = entry.inode if entry.links > 1 else 0
    entry = entry._replace(kind=copied_kind(entry.kind))
    return entry._replace(mtime_ns=entry.mtime_ns // _SECOND * _SECOND, ctime_ns=0, inode=inode)


def copied_kind(kind: EntryKind) -> EntryKind:
    """What becomes of an entry's kind: BuildKit makes an empty file of a socket, a character device of a block device.

    See `copyDevice` in https://github.com/tonistiigi/fsutil/blob/master/copy/copy_nowindows.go.
    """
    if kind is EntryKind.SOCKET:
        return EntryKind.FILE
    return EntryKind.CHARACTER_DEVICE if kind is EntryKind.BLOCK_DEVICE else kind


def absolute(destination: str, working_dir: str) -> str:
    """A destination joined to the working directory. What says that a directory is meant, as a final `/`, stays."""
    if destination.startswith("/"):
        return destination
    ending = "/" if destination in ("", ".") or destination.endswith(("/", "/.")) else ""
    return clean(posixpath.join(working_dir or "/", destination)).rstrip("/") + (ending or "") or "/"
