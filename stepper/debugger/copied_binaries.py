"""The shared libraries that copied binaries need and the filesystem that they were copied to does not have."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from stepper.engine.copy_record import CopiedFile
from stepper.engine.file_tree import ListingTree, follow
from stepper.errors import StepperError
from stepper.image.elf import Elf, ElfError, missing_libraries, read_elf
from stepper.image.entry import EntryKind
from stepper.image.layer import Listing

MOST_BINARIES = 6
READ_BYTES = 4 << 20
"""Of each binary; what it needs is told near its beginning."""
_SMALLEST = 64
_EXECUTABLE = 0o111

Read = Callable[[CopiedFile, int], bytes]
"""The first bytes of a copied file; raises `StepperError` where it cannot be read."""


class MissingLibraries(NamedTuple):
    """A binary, by its path at the destination, and what it needs and is not there."""

    path: str
    libraries: tuple[str, ...]


def lacking(files: Iterable[CopiedFile], there: Listing, read: Read) -> Iterator[MissingLibraries]:
    """What the largest few of the copied binaries lack in a filesystem that holds the copies."""
    binaries = sorted(filter(_may_be_binary, files), key=lambda file: -file.entry.size)
    if not binaries:
        return
    tree = ListingTree(there, lambda path: "")
    for file in binaries[:MOST_BINARIES]:
        try:
            elf = read_elf(read(file, READ_BYTES))
        except (ElfError, StepperError):
            continue
        missing = missing_libraries(elf, file.destination, _with_links(elf, tree, there))
        if missing:
            yield MissingLibraries(file.destination, missing)


def _may_be_binary(file: CopiedFile) -> bool:
    entry = file.entry
    return entry.kind is EntryKind.FILE and bool(entry.mode & _EXECUTABLE) and entry.size >= _SMALLEST


def _with_links(elf: Elf, tree: ListingTree, there: Listing) -> Iterable[str]:
    """All paths, and the interpreter where links lead to it: `/lib64` often is one."""
    if not elf.interpreter:
        return there
    try:
        place = follow(tree, elf.interpreter)
    except StepperError:
        return there
    return (*there, elf.interpreter) if place in there else there
