"""Where an archive goes: a file, or standard output."""

import sys
from collections.abc import Iterable
from pathlib import Path

from stepper.engine.transfers.new_file import check_place, write_file
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
    check_place(Path(written))
    if Path(written).exists() and not force:
        raise UsageError(f"{printable(written)} is there already", hint="--force replaces it.")


def write_output(written: str | None, chunks: Iterable[bytes]) -> None:
    """Write an archive to a file (see `write_file`) or, where none is named, to standard output."""
    if written not in (None, STANDARD_OUTPUT):
        write_file(Path(written), chunks)
        return
    for chunk in chunks:
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()
