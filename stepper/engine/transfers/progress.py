"""Bytes on their way: how many, how fast, and how long it still takes."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from stepper.text import clock, human_size

_INTERVAL = 0.1
"""Seconds between two looks at how far it has come."""


@dataclass
class Transfer:
    """One transfer. `total` is the size in bytes where it is known; `now` the clock, in seconds.

    `tell` is called with a line for people, every tenth of a second; what it raises ends the transfer.
    """

    what: str
    total: int | None = None
    tell: Callable[[str], None] = lambda line: None
    now: Callable[[], float] = time.monotonic
    done: int = 0
    _begun: float = 0.0
    _shown: float = 0.0

    def through(self, chunks: Iterable[bytes], total: int | None = None) -> Iterator[bytes]:
        """The same chunks, counted while they go through; `total` as of the transfer, where it is known only now."""
        self.total = total if total is not None else self.total
        self._begun = self._shown = self.now()
        self.tell(f"{self.what}: waiting")
        for chunk in chunks:
            yield chunk
            self.done += len(chunk)
            moment = self.now()
            if moment - self._shown >= _INTERVAL:
                self._shown = moment
                self.tell(self.line())

    def line(self) -> str:
        """How far it has come."""
        seconds = max(self.now() - self._begun, 1e-6)
        rate = self.done / seconds
        of = f" of {human_size(self.total)}" if self.total is not None else ""
        parts = [f"{self.what}: {human_size(self.done)}{of}", f"{human_size(round(rate))}/s"]
        if self.total is not None and rate and self.done < self.total:
            parts.append(f"{clock((self.total - self.done) / rate)} left")
        return "  ".join(parts)
