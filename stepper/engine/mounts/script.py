"""The shell scripts by which mounts are made in a step's container and taken down again.

They run in the container's mount namespace, by the toolbox's busybox. What they tell is NUL-terminated words on
standard output: `missing PATH` for what is not there before anything is mounted, `at PATH` for a mount point once
something is mounted there, `absent INDEX` for a source that does not exist, `failed INDEX REASON` for anything else.
Links in targets and sources are followed inside the container's root and the source's, as BuildKit does.
"""

import base64
import shlex
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from stepper.engine.mounts.failure import MountError

SLOTS = "/dev/.stepper-mounts"
"""Where the engine puts what a step is to mount; `/dev` is a file system of the container's own."""
CACHE_FOLDER = "cache"
"""The directory of a cache's volume that is the cache."""
_SECRETS = f"{SLOTS}/secrets"
_CLOCK = "/dev/.stepper-time"
_END = "END-OF-SECRET"
RESOLVE = """resolve() {
  root=$1 rest=$2 r= n=0
  while [ -n "$rest" ]; do
    p=${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
    case $p in ''|.) continue ;; ..) r=${r%/*}; continue ;; esac
    if [ -L "$root$r/$p" ] && [ $n -lt 255 ]; then
      n=$((n+1)) t=$($b readlink "$root$r/$p")
      case $t in /*) r= ;; esac
      rest=$t/$rest
    else r=$r/$p; fi
  done
}"""
"""A function that follows a path ($2) below a root ($1) and sets `r` to where it leads, from that root."""
_FUNCTIONS = f"""{RESOLVE}
umask 022
say() {{ for w; do printf '%s\\0' "$w"; done; }}
fail() {{ say failed "$i" "$1"; exit 1; }}
try() {{ e=$("$@" 2>&1) || fail "$e"; }}
missing() {{
  resolve '' "$1"
  while [ -n "$r" ] && ! [ -e "$r" ] && ! [ -L "$r" ]; do say missing "$r"; r=${{r%/*}}; done
}}
point() {{
  resolve '' "$1"
  [ -e "$r" ] && return
  d=${{r%/*}}
  [ -z "$d" ] || [ -d "$d" ] || try $b mkdir -p "$d"
  if [ "$2" = file ]; then try $b touch "$r"; else try $b mkdir "$r"; fi
}}
bind() {{
  try $b mount -o bind "$1" "$r"
  say at "$r"
  [ -z "$2" ] || try $b mount -o "remount,bind,$2" none "$r"
}}
find_source() {{
  resolve "$1" "$2"
  s=$1$r
  [ -e "$s" ] || {{ say absent "$i"; exit 1; }}
  k=file
  [ ! -d "$s" ] || k=directory
}}
read_only() {{ find_source "$2" "$3"; point "$1" $k; bind "$s" ro; }}
writable() {{
  find_source "$2" "$3"
  point "$1" $k
  if [ $k = file ]; then try $b cp -a "$s" "$4/file"; bind "$4/file" ''; return; fi
  try $b mkdir "$4/upper" "$4/work" "$4/lower"
  try $b chmod "$($b stat -c %a "$s")" "$4/upper"
  try $b chown "$($b stat -c %u:%g "$s")" "$4/upper"
  try $b mount -o bind "$s" "$4/lower"
  try $b touch -r "$s" "$4/upper"
  if $b mount -t overlay -o "lowerdir=$4/lower,upperdir=$4/upper,workdir=$4/work" overlay "$r" 2>/dev/null
  then say at "$r"
  else try $b cp -a "$s/." "$4/upper/"; bind "$4/upper" ''; fi
  $b umount -l "$4/lower"
}}
cache() {{
  s=$2/{CACHE_FOLDER} k=file
  [ -e "$s" ] || {{ $b mkdir -m "$3" "$s" 2>/dev/null && try $b chown "$4" "$s"; }}
  [ ! -d "$s" ] || k=directory
  point "$1" $k
  bind "$s" "$5"
}}
tmpfs() {{
  resolve '' "$1"
  o=$2
  case $o in *mode=*) ;; *) [ ! -e "$r" ] || o=$o,mode=$($b stat -c %a "$r") ;; esac
  point "$1" directory
  try $b mount -t tmpfs -o "$o" tmpfs "$r"
  say at "$r"
}}
socket() {{
  $b chown "$3" "$2" 2>/dev/null
  $b chmod "$4" "$2" 2>/dev/null
  point "$1" file
  bind "$2" ''
}}
secret() {{
  [ -d {_SECRETS} ] || {{
    try $b mkdir -p {_SECRETS}
    try $b mount -t tmpfs -o nosuid,nodev,mode=700 tmpfs {_SECRETS}
  }}
  f={_SECRETS}/$i
  $b base64 -d >$f || fail 'the secret could not be passed on'
  try $b chown "$2" $f
  try $b chmod "$3" $f
  point "$1" file
  bind $f "ro,nosuid,nodev$4"
}}
"""
HIDE = f"""for m in {SLOTS}/*; do
  $b umount -l "$m" 2>/dev/null
  $b rmdir "$m" 2>/dev/null || $b rm -f "$m" 2>/dev/null
done
$b rmdir {SLOTS} 2>/dev/null
exit 0"""
"""From then on the command sees only what it asked for: a bind mount stays when its source is no longer mounted."""


class Line(NamedTuple):
    """One mount of a script: its target, and the words that make it with their input."""

    target: str
    words: tuple[str, ...]
    input: bytes | None = None


class Made(NamedTuple):
    """What a script did in a container: where it mounted something, and what was not there before."""

    mounted: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class MountFailure(NamedTuple):
    """Why the mount of this line was not made; no reason when its source does not exist."""

    line: int
    reason: str | None


def slot(number: int) -> str:
    """Where the engine mounts the volume with this number in a step's container."""
    return f"{SLOTS}/{number}"


def read_only(target: str, at: str, source: str) -> Line:
    """The file or directory `source` of what is at a slot, not to be written to."""
    return Line(target, ("read_only", target, at, source))


def writable(target: str, at: str, source: str, upper: str) -> Line:
    """The same, but what is written goes to the slot `upper`."""
    return Line(target, ("writable", target, at, source, upper))


def cache(target: str, at: str, *, mode: int, uid: int, gid: int, is_read_only: bool) -> Line:
    """The cache in the volume at a slot, made with this mode and owner where it is new."""
    return Line(target, ("cache", target, at, f"{mode:o}", f"{uid}:{gid}", "ro" if is_read_only else ""))


def tmpfs(target: str, *, size: int | None = None) -> Line:
    """An empty file system in memory. It has the mode of the directory that it hides."""
    options = ["nosuid"] + ([f"size={size}"] if size else [])
    return Line(target, ("tmpfs", target, ",".join(options)))


def empty(target: str, *, is_read_only: bool) -> Line:
    """The root of scratch."""
    return Line(target, ("tmpfs", target, "ro,mode=755" if is_read_only else "mode=755"))


def socket(target: str, at: str, *, mode: int, uid: int, gid: int) -> Line:
    """The socket at a slot."""
    return Line(target, ("socket", target, at, f"{uid}:{gid}", f"{mode:o}"))


def secret(target: str, value: bytes, *, mode: int, uid: int, gid: int) -> Line:
    """A file with a secret. Its content goes to the script as input, and into memory."""
    no_exec = "" if mode & 0o111 else ",noexec"
    return Line(target, ("secret", target, f"{uid}:{gid}", f"{mode:o}", no_exec), value)


def entering(lines: Sequence[Line]) -> str:
    """The script that makes mounts, in this order."""
    parts = [_FUNCTIONS, *(f"missing {shlex.quote(line.target)}" for line in lines)]
    for index, line in enumerate(lines):
        parts.append(f"i={index}")
        words = shlex.join(line.words)
        if line.input is None:
            parts.append(words)
        else:
            text = base64.encodebytes(line.input).decode("ascii")
            parts.append(f"{words} <<'{_END}'\n{text}{_END}")
    return "\n".join((*parts, HIDE))


def made(output: bytes) -> tuple[Made, MountFailure | None]:
    """What a script from `entering` tells of itself. Raises `MountError` when it tells nothing of the kind."""
    words = output.decode("utf-8", "surrogateescape").split("\0")
    words.pop()
    mounted: list[str] = []
    missing: list[str] = []
    failure = None
    remaining = iter(words)
    for word in remaining:
        if word == "at":
            mounted.append(next(remaining))
        elif word == "missing":
            missing.append(next(remaining))
        elif word == "absent":
            failure = MountFailure(int(next(remaining)), None)
        elif word == "failed":
            failure = MountFailure(int(next(remaining)), next(remaining).strip().rpartition(": ")[2] or "it failed")
        else:
            raise MountError("the mounts could not be made")
    return Made(tuple(mounted), tuple(missing)), failure


def leaving(done: Made) -> str:
    """The script that takes the mounts down, and removes the mount points that are still as they were made.

    As BuildKit leaves it, a directory in which a mount point was has the time of the making, not of the removal.
    """
    lines = [_unmount(path) for path in reversed(done.mounted)]
    deepest_first = sorted(set(done.missing), key=lambda path: path.count("/"), reverse=True)
    lines += [_remove(shlex.quote(path), shlex.quote(path.rpartition("/")[0] or "/")) for path in deepest_first]
    return "\n".join((*lines, f"$b rm -f {_CLOCK}"))


def _unmount(path: str) -> str:
    # Something may keep it busy: then it goes when that ends.
    quoted = shlex.quote(path)
    return f"$b umount {quoted} 2>/dev/null || $b umount -l {quoted} 2>/dev/null"


def _remove(path: str, parent: str) -> str:
    removal = f"if [ -d {path} ]; then $b rmdir {path} 2>/dev/null; elif [ ! -s {path} ]; then $b rm -f {path}; fi"
    return (
        f'[ -L {path} ] || [ ! -e {path} ] || [ "$($b readlink -f {parent})" != {parent} ] || '
        f"{{ $b touch -r {parent} {_CLOCK}; {removal}; $b touch -r {_CLOCK} {parent}; }}"
    )


def in_order(lines: Iterable[Line]) -> list[Line]:
    """The lines as they are to be mounted: sorted by target, and of one target the last alone, as BuildKit does it."""
    by_target = {line.target: line for line in lines}
    return [by_target[target] for target in sorted(by_target)]
