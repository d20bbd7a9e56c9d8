"""Standard input as a file, and the terminal in its place afterwards."""

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from stepper.cli.messages import show_note
from stepper.errors import UsageError


def save_standard_input(to: Path, *, what: str) -> None:
    """Read all of standard input into a file. `what` it is going to be, for who types it."""
    if sys.stdin is None or sys.stdin.closed:
        raise UsageError(f"there is no standard input to read {what} from")
    if sys.stdin.isatty():
        show_note(f"reading {what} from standard input; it ends with Ctrl+D on a line of its own")
    try:
        with open(to, "wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
    except OSError as error:
        raise UsageError(f"standard input cannot be read: {error.strerror or error}") from error


def put_terminal_back() -> None:
    """Let standard input be the terminal again, for a screen that needs the keyboard; where there is none, leave it."""
    if sys.stdin.isatty():
        return
    with suppress(OSError):
        terminal = os.open("/dev/tty", os.O_RDWR)
        os.dup2(terminal, sys.stdin.fileno())
        os.close(terminal)
