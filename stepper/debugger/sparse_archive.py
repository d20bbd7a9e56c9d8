"""Unpacks an archive so that blocks of zeros take no room on disk: an engine sends a hole as zeros like any other.

Made on the standard library's `tarfile`, which is slow to import: not before somebody saves something.
"""

import tarfile
from collections.abc import Iterable
from typing import BinaryIO, cast

_BLOCK = 4096
"""Bytes that a file system gives a file at a time, as nearly all of them do."""
_ZEROS = bytes(_BLOCK)
_PIECE = 256 * _BLOCK


class SparseTarFile(tarfile.TarFile):
    """A `TarFile` whose files get holes where they have nothing but zeros."""

    def makefile(self, tarinfo: tarfile.TarInfo, targetpath: str) -> None:  # type: ignore[override]  # also a path
        """Write a file's content."""
        content = self.extractfile(tarinfo)
        assert content is not None, "it is a file"
        with content, open(targetpath, "wb") as file:
            write_sparse(iter(lambda: content.read(_PIECE), b""), cast("BinaryIO", file))


def write_sparse(chunks: Iterable[bytes], file: BinaryIO) -> None:
    """Write a content to a new file, with a hole for each whole block of a chunk that is zeros. Raises `OSError`."""
    size = 0
    for chunk in chunks:
        _write_chunk(chunk, file)
        size += len(chunk)
    # A hole at the end is none before the file is that long.
    file.truncate(size)


def _write_chunk(chunk: bytes, file: BinaryIO) -> None:
    """Write the runs of blocks that hold anything, and step over the others."""
    begun = 0
    for start in range(0, len(chunk), _BLOCK):
        if chunk.startswith(_ZEROS, start):
            if begun < start:
                file.write(memoryview(chunk)[begun:start])
            begun = start + _BLOCK
            file.seek(_BLOCK, 1)
    if begun < len(chunk):
        file.write(memoryview(chunk)[begun:])
