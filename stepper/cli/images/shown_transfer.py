"""The progress of a transfer on the terminal: one line, taken away at the end."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from stepper.cli.console import Console, fit
from stepper.engine.transfers.progress import Transfer


@contextmanager
def shown_transfer(what: str, total: int | None = None) -> Iterator[Transfer]:
    """A transfer whose progress is seen on standard error: standard output may be the archive itself."""
    console = Console.of(sys.stderr)

    def tell(line: str) -> None:
        if console.transient:
            console.stream.write("\r" + fit(line, console.width - 1))
            console.flush()

    try:
        yield Transfer(what, total, tell)
    finally:
        if console.transient:
            console.stream.write("\r\x1b[K")
            console.flush()
