"""Generated build contexts: files, directories, links, archives, and an ignore file with what it keeps out."""

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable
from fnmatch import fnmatchcase
from random import Random

from tests.parity.generator_files import Files, Kind, name
from tests.parity.trees import OLD, File, Folder, HardLink, Link, Tree

_MODES = (0o644, 0o644, 0o755, 0o600, 0o4755, 0o2711, 0o444, 0o666, 0o777)
_FOLDER_MODES = (0o755, 0o755, 0o700, 0o1777, 0o2775, 0o711)
_COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}
TREES = ("tree", "src", "conf")
"""The folders at the top of a context; their names are told from those of a stage."""


def context(random: Random) -> dict[str, File | Folder | Link | HardLink]:
    """A build context. Links lead nowhere or to what is there, never to each other."""
    files = Files()
    tree: dict[str, File | Folder | Link | HardLink] = {}
    for top in TREES[: random.randint(1, 3)]:
        tree[top] = Folder(random.choice(_FOLDER_MODES), _time(random))
        files.put(f"/{top}", Kind.FOLDER)
    for _ in range(random.randint(4, 14)):
        path = files.fresh(random)
        kind, member = _member(random, files, path)
        files.put(path, kind)
        tree[path[1:]] = member
    if random.random() < 0.3:
        ending = random.choice(list(_COMPRESSIONS))
        tree[f"archive.tar{ending}"] = File(archive(random, ending), mtime=_time(random))
    return tree


def files_of(tree: Tree) -> Files:
    """What is in a context."""
    files = Files()
    for path, member in tree.items():
        kind = Kind.LINK if isinstance(member, Link) else Kind.FOLDER if isinstance(member, Folder) else Kind.FILE
        files.put(f"/{path}", kind)
    return files


def archive(random: Random, ending: str = "") -> bytes:
    """A tar archive with owners, links, and now and then a directory after what is in it."""
    files = Files()
    members: list[tarfile.TarInfo] = []
    for _ in range(random.randint(1, 7)):
        path = files.fresh(random)
        member = tarfile.TarInfo(("./" if random.random() < 0.3 else "") + path[1:])
        member.mtime, member.uid, member.gid = _time(random), random.choice((0, 7)), random.choice((0, 8))
        member.mode = random.choice(_MODES)
        shape, there = random.random(), files.pick(random, Kind.FILE)
        if shape < 0.3:
            member.type, member.mode = tarfile.DIRTYPE, random.choice(_FOLDER_MODES)
        elif shape < 0.4:
            member.type, member.linkname = tarfile.SYMTYPE, random.choice(("nowhere", "/etc/passwd", "../up"))
        elif shape < 0.5 and there is not None:
            member.type, member.linkname = tarfile.LNKTYPE, there[1:]
        files.put(path, {b"5": Kind.FOLDER, b"2": Kind.LINK}.get(member.type, Kind.FILE))
        members.append(member)
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as tar:
        for member in members:
            data = member.name.encode() if member.isreg() else b""
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return _COMPRESSIONS[ending](body.getvalue())


def ignore_file(random: Random, tree: Tree) -> tuple[str, tuple[str, ...]]:
    """An ignore file of simple rules, and the paths of a tree that it keeps out."""
    rules = [random.choice(("*.txt", "**/*.txt", "**/a", random.choice(list(tree)), random.choice(list(tree))))]
    if random.random() < 0.5:
        rules.append(f"!{random.choice(list(tree))}")
    rules = [rule for rule in rules if not set(rule) & set("[\\?$'\"#") and rule.strip("!*/")]
    ignored = [path for path in tree if _is_ignored(path, rules)]
    kept = [path for path in tree if path not in ignored]
    hidden = tuple(path for path in ignored if not any(other.startswith(f"{path}/") for other in kept))
    return "".join(f"{rule}\n" for rule in rules), hidden


def _is_ignored(path: str, rules: list[str]) -> bool:
    """The last rule that matches the path or a directory above it decides; a rule that changes nothing is no match."""
    parts = path.split("/")
    matched: set[str] = set()
    ignored = False
    for count in range(1, len(parts) + 1):
        ignored = False
        for rule in rules:
            takes_back = rule.startswith("!")
            if rule in matched or (takes_back == ignored and _matches(rule.lstrip("!"), "/".join(parts[:count]))):
                matched.add(rule)
                ignored = not takes_back
    return ignored


def _matches(pattern: str, path: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatchcase(path.rpartition("/")[2], pattern[3:])
    return path.count("/") == pattern.count("/") and fnmatchcase(path, pattern)


def _member(random: Random, files: Files, path: str) -> tuple[Kind, File | Folder | Link | HardLink]:
    shape, file = random.random(), files.pick(random, Kind.FILE)
    if shape < 0.25:
        return Kind.FOLDER, Folder(random.choice(_FOLDER_MODES), _time(random))
    if shape < 0.4:
        return Kind.LINK, Link(link_target(random, files, path))
    if shape < 0.47 and file is not None:
        return Kind.FILE, HardLink(file[1:])
    content = random.choice(("", f"{path}\n", "x" * random.randint(1, 9000), b"\x00\xff"))
    return Kind.FILE, File(content, random.choice(_MODES), _time(random))


def link_target(random: Random, files: Files, path: str) -> str:
    """Where a link at a path may lead: to what is there, absolute or relative, or nowhere."""
    there = files.pick(random, Kind.FILE, Kind.FOLDER)
    shape = random.random()
    if there is None or shape < 0.2:
        return random.choice(("nowhere", "/no/where", "../../../out", name(random) + "-gone"))
    return there if shape < 0.5 else "../" * (path.count("/") - 1) + there[1:]


def _time(random: Random) -> int:
    return OLD + random.randint(0, 9) * 1000
