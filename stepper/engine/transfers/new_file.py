"""A file that an archive is written to: there when it is whole, and not before."""

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from io import RawIOBase
from itertools import chain
from pathlib import Path

from stepper.errors import UsageError
from stepper.text import printable


def check_place(path: Path) -> None:
    """Raise `UsageError` where no file can be written."""
    if path.is_dir():
        raise UsageError(f"{printable(str(path))} is a folder")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {printable(str(path.parent))}")


def write_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Write an archive to a file, which takes the place of one that is there.

    It gets its name once it is whole; what there is of it is removed when writing ends otherwise. Nothing is written
    before the first chunk is there: an engine can take minutes to pack, and who leaves meanwhile leaves nothing behind.
    Raises `UsageError` where the disk does not take it, and all that the chunks raise.
    """
    source = iter(chunks)
    first = next(source, b"")
    with _new_file(path) as file:
        for chunk in chain((first,), source):
            _write(file, chunk, path)


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[RawIOBase]:
    if path.exists() and not path.is_file():
        # A pipe or a device: it is written to as it is.
        with path.open("wb", buffering=0) as file:
            yield file
        return
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    except OSError as error:
        raise UsageError(f"{printable(str(path))} cannot be written: {error.strerror or error}") from error
    try:
        # Without a buffer: what the disk does not take is known where it is written, and nothing is left for closing.
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            yield file
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _write(file: RawIOBase, chunk: bytes, path: Path) -> None:
    left = memoryview(chunk)
    try:
        while left:
            left = left[file.write(left) or 0 :]
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{printable(str(path))} cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
