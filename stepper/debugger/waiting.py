"""Somebody who waits for something that may take long, and may stop waiting."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from stepper.engine.interruption import Interruption


class Waiting:
    """`tell` is told what it is that takes long, in words, from the thread that works. May be used from any thread."""

    def __init__(self, tell: Callable[[str], None] = lambda _: None) -> None:
        self.tell = tell
        self._interruption = Interruption()

    def stop(self) -> None:
        """Nobody waits any more."""
        self._interruption.interrupt()

    def check(self) -> None:
        """Raise `StoppedError` once nobody waits any more."""
        self._interruption.check()

    def stopping(self, stop: Callable[[], None]) -> AbstractContextManager[None]:
        """Have `stop` called when nobody waits any more; a `Stopping`."""
        return self._interruption.stopping(stop)
