"""The archive that a command reads: a file, or standard input."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from stepper.errors import UsageError
from stepper.text import printable

STANDARD_INPUT = "-"
_CHUNK = 1 << 20


def input_name(written: str) -> str:
    """What messages call the archive."""
    return "standard input" if written == STANDARD_INPUT else printable(written)


def piped_input(hint: str) -> BinaryIO:
    """Standard input, if somebody sends something there. Raises `UsageError` with the hint where nobody does."""
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        raise UsageError("there is no archive on standard input", hint=hint)
    return sys.stdin.buffer


@contextlib.contextmanager
def open_input(written: str, hint: str) -> Iterator[tuple[BinaryIO, int | None]]:
    """The archive to read, and its size where that is known. Raises `UsageError`; for the hint see `piped_input`."""
    if written == STANDARD_INPUT:
        yield piped_input(hint), None
        return
    path = Path(written)
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"{printable(written)} cannot be read: {error.strerror or error}") from error
    with file:
        yield file, path.stat().st_size if path.is_file() else None


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """A file in pieces."""
    while chunk := file.read(_CHUNK):
        yield chunk
