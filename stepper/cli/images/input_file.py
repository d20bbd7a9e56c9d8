"""The archive that goes into the engine: a file, or standard input."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from stepper.errors import UsageError
from stepper.text import printable

STANDARD_INPUT = "-"
_CHUNK = 1 << 20


@contextlib.contextmanager
def open_input(written: str) -> Iterator[tuple[BinaryIO, int | None]]:
    """The archive to read, and its size where that is known. Raises `UsageError`."""
    if written == STANDARD_INPUT:
        if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
            raise UsageError(
                "there is no archive on standard input", hint="Name a file, or send one: `... | stepper load`."
            )
        yield sys.stdin.buffer, None
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
