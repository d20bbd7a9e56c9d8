"""`stepper`: the screen; without a terminal to show it on, the build runs as `stepper run` does."""

import os
import sys
from typing import TYPE_CHECKING

from stepper.cli.messages import show_note
from stepper.debugger.options import BuildOptions

if TYPE_CHECKING:
    from stepper.debugger.session import Connect


def debug(options: BuildOptions, connect: "Connect") -> int:
    """Open the screen on a Dockerfile; the exit code."""
    if not _has_terminal():
        from stepper.cli.run import run

        show_note("there is no terminal for the screen here, so this is `stepper run`.")
        return run(options, connect, as_json=False)
    from stepper.tui.app import run_app

    return run_app(options, connect)


def _has_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
