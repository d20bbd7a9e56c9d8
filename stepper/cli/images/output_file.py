"""The file that an archive is written to: there when it is whole, and not before."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from io import RawIOBase
from pathlib import Path

from stepper.errors import UsageError
from stepper.text import printable

STANDARD_OUTPUT = "-"


def check_output(written: str | None, *, force: bool) -> None:
    """Raise `UsageError` where an archive cannot or must not be written there. None is standard output."""
    if written in (None, STANDARD_OUTPUT):
        if sys.stdout.isatty():
            raise UsageError(
                "an archive is nothing for a terminal",
                hint="Name a file with -o, or send it on: `stepper save app | ...`.",
            )
        return
    path = Path(written)
    if path.is_dir():
        raise UsageError(f"{printable(written)} is a folder")
    if path.exists() and not force:
        raise UsageError(f"{printable(written)} is there already", hint="--force replaces it.")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {printable(str(path.parent))}")


def write_output(written: str | None, chunks: Iterable[bytes]) -> None:
    """Write an archive to a file or, where none is named, to standard output.

    A file gets its name once it is whole; what there is of it is removed when writing ends otherwise. Raises
    `UsageError` where the disk does not take it, and all that the chunks raise.
    """
    if written in (None, STANDARD_OUTPUT):
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    with _new_file(Path(written)) as file:
        for chunk in chunks:
            _write(file, chunk, written)


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


def _write(file: RawIOBase, chunk: bytes, written: str) -> None:
    left = memoryview(chunk)
    try:
        while left:
            left = left[file.write(left) or 0 :]
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{printable(written)} cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
