"""The whole filesystem of a container, listed by its worker with the toolbox.

`find` never crosses into a mount (`-xdev`). The names come NUL-separated on one output and the lines of `stat` on the
other, and are paired by their order, since a name may hold any byte but NUL and the slash.
"""

import re
import shlex
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from stepper.engine.worker import Worker
from stepper.errors import EngineError
from stepper.image.diff import EngineMade
from stepper.image.entry import Entry, EntryKind

_SECOND = 10**9
_KINDS = {
    0o01: EntryKind.FIFO,
    0o02: EntryKind.CHARACTER_DEVICE,
    0o04: EntryKind.DIRECTORY,
    0o06: EntryKind.BLOCK_DEVICE,
    0o10: EntryKind.FILE,
    0o12: EntryKind.SYMLINK,
    0o14: EntryKind.SOCKET,
}
_FORMAT = "%f %u %g %s %Y %Z %z %i %h %t %T"
"""`%z` is the time that `%Z` gives in seconds, written out: the one place where busybox tells nanoseconds."""
_XARGS = "$b xargs -0 -s 100000 $b"
_WALK = f"""$b cat /proc/self/mountinfo; echo
{{ $b find / -xdev -print0 2>/dev/null | $b tee /proc/self/fd/3 |
TZ=UTC0 {_XARGS} stat -c '{_FORMAT}' 2>/dev/null; }} 3>&2"""
_SLOW_WALK = """$b cat /proc/self/mountinfo; echo
$b find / -xdev -print0 2>/dev/null | TZ=UTC0 $b xargs -0 -n 1 $b sh -c \\
'o=$($b stat -c "$f" "$0" 2>/dev/null) && { echo "$o"; printf "%s\\0" "$0" >&2; }'"""
_HAS_TOOLS = "for t in cat find tee xargs stat; do command -v $t >/dev/null || exit_code=1; done; [ -z $exit_code ]"
_ATTEMPTS = 3
_ARGUMENT_BYTES = 60_000


class Walk(NamedTuple):
    """A listing as it was found in a container, without the engine's mount points, and what the engine made there."""

    entries: dict[str, Entry]
    engine: EngineMade


def walk(worker: Worker) -> Walk:
    """List the whole filesystem of a worker's container. Link targets are not read.

    While something still runs in the container, entries that come and go may be missing. Raises `EngineError`
    when the container ends.
    """
    for _ in range(_ATTEMPTS):
        found = _parse(*worker.run(_WALK)[:2])
        if found is not None:
            return found
    found = _parse(*worker.run(f"export f='{_FORMAT}' b; {_SLOW_WALK}; unset f")[:2])
    if found is None:
        raise EngineError("the files of the step could not be listed: they change too quickly")
    return found


def entry_of(worker: Worker, path: str) -> Entry | None:
    """One path of a worker's container that is no mount point; None where nothing is there. A link is not read."""
    line = worker.run(f"TZ=UTC0 $b stat -c '{_FORMAT}' {shlex.quote(path)} 2>/dev/null").stdout
    found = _parse(b"\n\n" + line, path.encode("utf-8", "surrogateescape") + b"\0")
    return found.entries.get(path) if found is not None else None


def can_walk(worker: Worker) -> bool:
    """Whether there is what a walk needs: the toolbox, or as much in the image itself."""
    return worker.busybox is not None or worker.run(_HAS_TOOLS).code == 0


def clock(worker: Worker) -> int:
    """The time of the engine's kernel in nanoseconds, as it goes into a file that is changed now (its ctime)."""
    # A process's directory in /proc is made when it is looked at, and gets the same clock as files do.
    words = worker.run("TZ=UTC0 $b stat -c '%Z %z' /proc/self/").stdout.split()
    return int(words[0]) * _SECOND + int(words[2].partition(b".")[2])


def read_targets(worker: Worker, links: Iterable[str]) -> dict[str, str]:
    """What these symbolic links point at, by path. One that is no link any more is missing."""
    targets: dict[str, str] = {}
    for names in _batches(links):
        output = worker.run(f"$b stat -c %N -- {shlex.join(names)} 2>/dev/null").stdout
        targets.update(_parse_targets(names, output.decode("utf-8", "surrogateescape")))
    return targets


def all_targets(worker: Worker, entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries with the targets of all symbolic links read."""
    links = [path for path, entry in entries.items() if entry.kind is EntryKind.SYMLINK]
    targets = read_targets(worker, links)
    return {**entries, **{path: entries[path]._replace(target=target) for path, target in targets.items()}}


def _parse(stdout: bytes, stderr: bytes) -> Walk | None:
    """The walk's two outputs as a listing; None when something vanished between its name and its line."""
    mounts, _, lines = stdout.partition(b"\n\n")
    names = stderr.decode("utf-8", "surrogateescape").split("\0")
    names.pop()
    rows = lines.decode("ascii").split("\n")
    rows.pop()
    if len(names) != len(rows):
        return None
    engine = EngineMade.of(_mount_points(mounts.decode("utf-8", "surrogateescape")))
    kinds, make = _KINDS, Entry._make
    entries: dict[str, Entry] = {}
    for name, row in zip(names, rows, strict=True):
        mode, uid, gid, size, mtime, ctime, _, time, _, inode, links, major, minor = row.split(" ")
        bits = int(mode, 16)
        kind = kinds[bits >> 12]
        entries[name] = make(
            (
                kind,
                bits & 0o7777,
                int(uid),
                int(gid),
                int(size) if kind is not EntryKind.DIRECTORY else 0,
                int(mtime) * _SECOND,
                int(ctime) * _SECOND + int(time[9:]),
                int(inode),
                int(links),
                "",
                (int(major, 16), int(minor, 16)) if kind.value in "bc" else (0, 0),
                (),
            )
        )
    for path in engine.mounts - {"/"}:
        entries.pop(path, None)
    entries.pop("/.dockerenv", None)
    return Walk(entries, engine)


def _mount_points(mountinfo: str) -> list[str]:
    """The mount points in /proc/self/mountinfo, see proc_pid_mountinfo(5)."""
    return [
        re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), line.split(" ")[4])
        for line in mountinfo.split("\n")
        if line
    ]


def _batches(names: Iterable[str]) -> Iterable[list[str]]:
    """Names in groups that fit into the arguments of one command."""
    batch: list[str] = []
    length = 0
    for name in names:
        batch.append(name)
        length += len(name) + 8
        if length > _ARGUMENT_BYTES:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch


def _parse_targets(names: list[str], output: str) -> dict[str, str]:
    """Busybox writes `'name' -> 'target'` and quotes nothing: a name's line ends where that of the next name begins."""
    targets = {}
    position = 0
    found: list[tuple[str, int, int]] = []
    for name in names:
        start = f"'{name}' -> '"
        index = output.find(start, position)
        if index >= 0:
            found.append((name, index, index + len(start)))
            position = index + len(start)
    for index, (name, _, begin) in enumerate(found):
        end = found[index + 1][1] if index + 1 < len(found) else len(output)
        targets[name] = output[begin:end].removesuffix("'\n")
    return targets
