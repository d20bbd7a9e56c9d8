"""The files of an image, flattened from its layers, and how two sets of files differ, one line for each difference."""

import hashlib
import posixpath
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import IO

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"
_FIELDS = ("kind", "mode", "owner", "size", "link", "digest", "device", "xattrs", "mtime")


@dataclass(frozen=True)
class FlatFile:
    """One path of an image. `digest` is of a file's content; `link` the target of a link."""

    kind: str
    mode: int
    owner: tuple[int, int]
    size: int
    mtime: int
    link: str
    digest: str
    device: tuple[int, int]
    xattrs: tuple[tuple[str, str], ...]


LayerFiles = Mapping[str, FlatFile]
"""What a layer's archive holds, whiteouts included, in its order."""


def read_layer(archive: IO[bytes]) -> LayerFiles:
    """Read a layer; of the root itself nothing is told."""
    found: dict[str, FlatFile] = {}
    with tarfile.open(fileobj=archive, mode="r:*") as members:
        for member in members:
            name = member.name.removeprefix("./").strip("/")
            if name not in ("", "."):
                found[name] = _flat(member, members.extractfile(member) if member.isreg() else None)
    return found


def flattened(layers: Iterable[LayerFiles]) -> dict[str, FlatFile]:
    """All paths of an image, from its layers, bottom first (the OCI image spec's `layer.md`)."""
    files: dict[str, FlatFile] = {}
    for layer in layers:
        add_layer(layer, files)
    return files


def changed_paths(layers: Iterable[LayerFiles]) -> list[frozenset[str]]:
    """The paths that each layer adds, changes or removes (as whiteouts).

    Directories of which a layer has a new time alone are left out: a mount point that was made and removed does that.
    """
    files: dict[str, FlatFile] = {}
    found = []
    for layer in layers:
        found.append(frozenset(name for name, file in layer.items() if not _is_touched(file, files.get(name))))
        add_layer(layer, files)
    return found


def file_differences(ours: Mapping[str, FlatFile], reference: Mapping[str, FlatFile], *, built_after: int) -> list[str]:
    """How two sets of files differ, sorted by path.

    What is younger than `built_after` (seconds) got its time from its build: these times are all the same.
    """
    lines = []
    for path in sorted({*ours, *reference}):
        here, there = ours.get(path), reference.get(path)
        if here is None or there is None:
            lines.append(f"/{path}: {'missing' if here is None else 'not in BuildKit'}: {here or there}")
            continue
        for field in _FIELDS:
            a, b = getattr(here, field), getattr(there, field)
            if a != b and not (field == "mtime" and min(a, b) >= built_after):
                shown = [f"{value:o}" if field == "mode" else repr(value) for value in (a, b)]
                lines.append(f"/{path}: {field} {shown[0]}, BuildKit has {shown[1]}")
    return lines


def with_copies(files: Mapping[str, FlatFile]) -> dict[str, FlatFile]:
    """The same with a file of its own for each hard link, of what it names."""
    copies = {}
    for path, file in files.items():
        named = files.get(file.link.removeprefix("./").strip("/")) if file.kind == _HARD_LINK else None
        copies[path] = file if named is None else named
    return copies


_HARD_LINK = tarfile.LNKTYPE.decode()
_DIRECTORY = tarfile.DIRTYPE.decode()


def add_layer(layer: LayerFiles, files: dict[str, FlatFile]) -> None:
    """Put a layer on top of files."""
    for name in layer:
        folder, base = posixpath.split(name)
        if base == OPAQUE:
            _remove_below(files, folder)
        elif base.startswith(WHITEOUT):
            _remove(files, posixpath.join(folder, base.removeprefix(WHITEOUT)))
    for name, file in layer.items():
        if posixpath.basename(name).startswith(WHITEOUT):
            continue
        if file.kind != _DIRECTORY and name in files and files[name].kind == _DIRECTORY:
            _remove_below(files, name)
        files[name] = file


def _is_touched(file: FlatFile, before: FlatFile | None) -> bool:
    return before is not None and file.kind == _DIRECTORY and replace(before, mtime=file.mtime) == file


def _remove(files: dict[str, FlatFile], path: str) -> None:
    files.pop(path, None)
    _remove_below(files, path)


def _remove_below(files: dict[str, FlatFile], folder: str) -> None:
    for path in [path for path in files if path.startswith(f"{folder}/")]:
        del files[path]


def _flat(member: tarfile.TarInfo, content: IO[bytes] | None) -> FlatFile:
    return FlatFile(
        kind=member.type.decode(),
        # Engines before 25 write the type into it as well.
        mode=member.mode & 0o7777,
        owner=(member.uid, member.gid),
        size=member.size,
        mtime=int(member.mtime),
        link=member.linkname,
        digest=hashlib.file_digest(content, "sha256").hexdigest() if content is not None else "",  # type: ignore[arg-type] # what tarfile gives reads as any file
        device=(member.devmajor, member.devminor),
        xattrs=tuple(sorted((key, value) for key, value in member.pax_headers.items() if "xattr" in key)),
    )
