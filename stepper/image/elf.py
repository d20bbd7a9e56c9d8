"""What an ELF binary needs to start: its interpreter and its shared libraries.

See the ELF-64 object file format and `man 5 elf`. Only the dynamic section is read.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

MAGIC = b"\x7fELF"
_LOAD, _DYNAMIC, _INTERPRETER = 1, 2, 3
_NEEDED, _STRING_TABLE, _RPATH, _RUNPATH = 1, 5, 15, 29
_MOST_SEGMENTS = 1000
_MOST_ENTRIES = 10_000
_LIBRARY_FOLDERS = ("/lib", "/usr/lib", "/lib64", "/usr/lib64", "/usr/local/lib")
_MACHINES = {
    3: "386", 8: "mips", 20: "ppc", 21: "ppc64", 22: "s390x", 40: "arm", 62: "amd64", 183: "arm64", 243: "riscv64",
    258: "loong64",
}  # fmt: skip


class ElfError(ValueError):
    """The bytes are no ELF binary, or a damaged one."""


@dataclass(frozen=True)
class Elf:
    """`machine` is as in a platform (`amd64`), or a number where it has no name. Without `interpreter` it is static."""

    machine: str
    interpreter: str = ""
    needed: tuple[str, ...] = ()
    search_paths: tuple[str, ...] = ()
    """RUNPATH and RPATH, `$ORIGIN` not yet replaced."""


class _Segment(NamedTuple):
    kind: int
    offset: int
    address: int
    size: int


def read_elf(data: bytes) -> Elf:
    """What a binary needs, from its bytes; they may be cut off behind the dynamic section. Raises `ElfError`."""
    if data[:4] != MAGIC or len(data) < 52:
        raise ElfError("no ELF binary")
    is_64, order = data[4] == 2, "<" if data[5] == 1 else ">"
    try:
        return _read(data, order, is_64=is_64)
    except struct.error as error:
        raise ElfError(f"a damaged ELF binary: {error}") from error


def missing_libraries(elf: Elf, path: str, there: Iterable[str]) -> tuple[str, ...]:
    """The interpreter and those libraries that are nowhere where the loader looks.

    `path` is the binary's own, `there` all paths of its filesystem. Folders of `/etc/ld.so.conf` are not known here:
    a library that lies in any folder below the usual ones counts as found.
    """
    paths = frozenset(there)
    names = {name.rpartition("/")[2] for name in paths if name.startswith(_LIBRARY_FOLDERS)}
    missing = [elf.interpreter] if elf.interpreter and elf.interpreter not in paths else []
    for library in elf.needed:
        is_found = library in paths if "/" in library else library in names or _in_own_paths(elf, path, library, paths)
        if not is_found:
            missing.append(library)
    return tuple(missing)


def _in_own_paths(elf: Elf, path: str, library: str, paths: frozenset[str]) -> bool:
    origin = path.rpartition("/")[0]
    folders = (folder.replace("${ORIGIN}", origin).replace("$ORIGIN", origin) for folder in elf.search_paths)
    return any(f"{folder.rstrip('/')}/{library}" in paths for folder in folders)


def _read(data: bytes, order: str, *, is_64: bool) -> Elf:
    machine = struct.unpack_from(f"{order}H", data, 18)[0]
    name = _MACHINES.get(machine, str(machine))
    segments = list(_segments(data, order, is_64=is_64))
    interpreter = next((_text(data, s.offset, s.size) for s in segments if s.kind == _INTERPRETER), "")
    dynamic = next((s for s in segments if s.kind == _DYNAMIC), None)
    if dynamic is None:
        return Elf(name, interpreter)
    entries = list(_dynamic(data, order, dynamic, is_64=is_64))
    table = next((value for tag, value in entries if tag == _STRING_TABLE), None)
    if table is None:
        return Elf(name, interpreter)
    offset = _offset(segments, table)

    def texts(*tags: int) -> list[str]:
        return [_text(data, offset + value) for tag, value in entries if tag in tags]

    search = [folder for text in texts(_RUNPATH, _RPATH) for folder in text.split(":") if folder]
    return Elf(name, interpreter, tuple(texts(_NEEDED)), tuple(search))


def _segments(data: bytes, order: str, *, is_64: bool) -> Iterator[_Segment]:
    if is_64:
        (start,) = struct.unpack_from(f"{order}Q", data, 32)
        size, count = struct.unpack_from(f"{order}HH", data, 54)
    else:
        (start,) = struct.unpack_from(f"{order}I", data, 28)
        size, count = struct.unpack_from(f"{order}HH", data, 42)
    for index in range(min(count, _MOST_SEGMENTS)):
        at = start + index * size
        if is_64:
            kind, _, offset, address, _, length = struct.unpack_from(f"{order}IIQQQQ", data, at)
        else:
            kind, offset, address, _, length = struct.unpack_from(f"{order}IIIII", data, at)
        yield _Segment(kind, offset, address, length)


def _dynamic(data: bytes, order: str, segment: _Segment, *, is_64: bool) -> Iterator[tuple[int, int]]:
    layout = struct.Struct(f"{order}qQ" if is_64 else f"{order}iI")
    for index in range(min(segment.size // layout.size, _MOST_ENTRIES)):
        tag, value = layout.unpack_from(data, segment.offset + index * layout.size)
        if tag == 0:
            return
        yield tag, value


def _offset(segments: Iterable[_Segment], address: int) -> int:
    """Where in the file an address is loaded from."""
    for segment in segments:
        if segment.kind == _LOAD and segment.address <= address < segment.address + segment.size:
            return address - segment.address + segment.offset
    raise ElfError("a damaged ELF binary: its strings are nowhere")


def _text(data: bytes, offset: int, size: int | None = None) -> str:
    if not 0 <= offset < len(data):
        raise ElfError("a damaged ELF binary: it is cut off")
    end = data.find(b"\0", offset, len(data) if size is None else offset + size)
    if end < 0:
        raise ElfError("a damaged ELF binary: a string has no end")
    return data[offset:end].decode("utf-8", "surrogateescape")
