"""One file, directory, link or device of a filesystem, as a value."""

from enum import Enum
from typing import NamedTuple

_SECOND = 10**9


class EntryKind(Enum):
    """The type of an entry; the value is the letter `ls -l` shows."""

    FILE = "-"
    DIRECTORY = "d"
    SYMLINK = "l"
    CHARACTER_DEVICE = "c"
    BLOCK_DEVICE = "b"
    FIFO = "p"
    SOCKET = "s"


class Entry(NamedTuple):
    """What is known of one path.

    A NamedTuple since a large image holds 100,000 of them. `mode` is the permission bits with setuid, setgid and
    sticky (0o7777), without the type. `size` is in bytes and 0 for directories. `mtime_ns` and `ctime_ns` are in
    nanoseconds since the epoch (an engine that tells whole seconds gives multiples of 10**9); `ctime_ns` and
    `inode` are 0 where they are not known (from an archive). `target` is what a symlink points at, "" where it was not
    read. `device` is `(major, minor)` of a device, else (0, 0). `xattrs` are the extended attributes with their values,
    sorted by name; only a layer's archive tells them, a container that is listed does not.
    """

    kind: EntryKind
    mode: int
    uid: int
    gid: int
    size: int
    mtime_ns: int
    ctime_ns: int = 0
    inode: int = 0
    links: int = 1
    target: str = ""
    device: tuple[int, int] = (0, 0)
    xattrs: tuple[tuple[str, bytes], ...] = ()

    def is_as_old_as(self, other: "Entry") -> bool:
        """Whether both were modified in one second: layers keep no more of a time, what a container shows may."""
        return self.mtime_ns // _SECOND == other.mtime_ns // _SECOND
