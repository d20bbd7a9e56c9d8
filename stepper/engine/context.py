"""The build context: the files of a folder that the ignore file lets through."""

import errno
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from stepper.dockerfile.ignore import IgnoreFile, Rule
from stepper.engine.copy_error import CopyError
from stepper.engine.file_tree import by_bytes, join
from stepper.engine.step import ContextSource
from stepper.image.entry import Entry, EntryKind

_KINDS = {
    stat.S_IFREG: EntryKind.FILE,
    stat.S_IFDIR: EntryKind.DIRECTORY,
    stat.S_IFLNK: EntryKind.SYMLINK,
    stat.S_IFCHR: EntryKind.CHARACTER_DEVICE,
    stat.S_IFBLK: EntryKind.BLOCK_DEVICE,
    stat.S_IFIFO: EntryKind.FIFO,
}
_CAPABILITY = "security.capability"


class BuildContext:
    """The build context as a file tree: `/` is its folder, everything belongs to root, sockets are not there."""

    def __init__(self, source: ContextSource) -> None:
        self.folder = source.folder
        self._root = os.path.realpath(source.folder)
        self._ignore = IgnoreFile.parse(source.ignore) if source.ignore.strip() else None
        self._entries: dict[str, Entry | None] = {"/": self._stat("/")}
        self._names: dict[str, list[str]] = {}
        self.sent: dict[str, bytes] = {}
        """The SHA-256 of the contents that were sent, by path: see `HashedFile`."""

    def entry(self, path: str) -> Entry | None:
        """What is at a path, None when nothing is or the ignore file keeps it out."""
        if path not in self._entries:
            entry = self._stat(path)
            self._entries[path] = entry if entry is not None and self._is_visible(path, entry) else None
        return self._entries[path]

    def names(self, path: str) -> Sequence[str]:
        """The names in a directory that the ignore file lets through."""
        found = self._names.get(path)
        if found is None:
            found = [name for name in self._all_names(path) if self.entry(join(path, name)) is not None]
            self._names[path] = found
        return found

    def place(self, path: str) -> str:
        """Where a path is on this machine."""
        return self._root + path if path != "/" else self._root

    def unreadable(self, path: str, error: OSError) -> CopyError:
        """What to raise when a path cannot be read."""
        return CopyError(
            f"cannot read {path[1:] or '.'} of the build context: {error.strerror or error}",
            hint="Make it readable, or keep it out with the ignore file.",
        )

    def open(self, path: str) -> BinaryIO:
        """A file's content. Raises `CopyError` when it cannot be read."""
        try:
            return open(self.place(path), "rb")
        except OSError as error:
            raise self.unreadable(path, error) from error

    def capability(self, path: str) -> bytes | None:
        """The file capabilities, the one extended attribute that a layer keeps."""
        if sys.platform != "linux":
            return None
        try:
            return os.getxattr(self.place(path), _CAPABILITY, follow_symlinks=False)
        except OSError:
            return None

    def kept_out(self, path: str) -> str | None:
        """Where something is at a path but the ignore file keeps it out: a hint that says so."""
        if self.entry(path) is not None or self._stat(path) is None or self._ignore is None:
            return None
        rule = self._ignore.decide(path[1:])
        return f"It is there, but line {rule.line} of the ignore file keeps it out: {rule.text}" if rule else None

    def all_in(self, folder: str) -> Iterator[tuple[str, Entry, Rule | None]]:
        """Everything in a directory, also what the ignore file keeps out: paths, entries, and the rules that decided.

        What cannot be read is not there. A directory that is kept out may hold something that is not.
        """
        try:
            names = self._all_names(folder)
        except CopyError:
            return
        for name in names:
            path = join(folder, name)
            entry = self._stat(path)
            if entry is not None:
                yield path, entry, self._ignore.decide(path[1:]) if self._ignore is not None else None

    def ignored_in(self, folder: str) -> Iterator[tuple[str, Entry, Rule]]:
        """What the ignore file keeps out of a directory: paths and entries, and the rules that decided."""
        if self._ignore is None:
            return
        for name in self._all_names(folder):
            path = join(folder, name)
            if self.entry(path) is not None:
                continue
            found, rule = self._stat(path), self._ignore.decide(path[1:])
            if found is not None and rule is not None:
                yield path, found, rule

    def _stat(self, path: str) -> Entry | None:
        try:
            found = os.lstat(self.place(path))
            kind = _KINDS.get(stat.S_IFMT(found.st_mode))
            target = os.readlink(self.place(path)) if kind is EntryKind.SYMLINK else ""
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                return None
            raise self.unreadable(path, error) from error
        if kind is None:
            return None
        is_device = kind in (EntryKind.CHARACTER_DEVICE, EntryKind.BLOCK_DEVICE)
        return Entry(
            kind=kind,
            mode=stat.S_IMODE(found.st_mode),
            uid=0,
            gid=0,
            size=found.st_size if kind in (EntryKind.FILE, EntryKind.SYMLINK) else 0,
            mtime_ns=found.st_mtime_ns,
            ctime_ns=found.st_ctime_ns,
            inode=found.st_ino,
            links=found.st_nlink,
            target=target,
            device=(os.major(found.st_rdev), os.minor(found.st_rdev)) if is_device else (0, 0),
        )

    def _is_visible(self, path: str, entry: Entry) -> bool:
        """A directory that is ignored is there nevertheless when something below it is not."""
        ignore = self._ignore
        if ignore is None:
            return True
        name = path[1:]
        is_directory = entry.kind is EntryKind.DIRECTORY
        if not ignore.ignores(name):
            return True
        if not is_directory or not ignore.may_reinclude_below(name):
            return False
        return any(self.entry(join(path, child)) is not None for child in self._all_names(path))

    def _all_names(self, path: str) -> list[str]:
        try:
            return sorted(os.listdir(self.place(path)), key=by_bytes)
        except OSError as error:
            raise self.unreadable(path, error) from error
