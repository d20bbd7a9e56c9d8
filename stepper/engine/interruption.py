"""How another thread stops what the engine is doing."""

import contextlib
import threading
from collections.abc import Callable, Iterator

from stepper.errors import EngineError

Stopping = Callable[[Callable[[], None]], contextlib.AbstractContextManager[None]]
"""Has its argument called when something is to stop during a block: see `Interruption.stopping`."""


def unstoppable(_: Callable[[], None]) -> contextlib.AbstractContextManager[None]:
    """A `Stopping` for what nobody stops."""
    return contextlib.nullcontext()


class StoppedError(EngineError):
    """The user stopped it."""


class Interruption:
    """One request to stop, for all that goes on now. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requested = False
        self._working = 0
        self._stops: list[Callable[[], None]] = []

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Something that can be stopped goes on during the block.

        A request concerns all that goes on then, and what begins before the last of it has ended.
        """
        self.begin()
        try:
            yield
        finally:
            self.end()

    def begin(self) -> None:
        """Something that can be stopped begins, or goes on after a rest."""
        with self._lock:
            if not self._working:
                self._requested = False
            self._working += 1

    def end(self) -> None:
        """It has ended, or rests: then a request is not for it."""
        with self._lock:
            self._working -= 1

    def interrupt(self) -> None:
        """Ask to stop."""
        with self._lock:
            self._requested = True
            stops = list(self._stops)
        with contextlib.ExitStack() as all_of_them:
            for stop in stops:
                all_of_them.callback(stop)

    def check(self) -> None:
        """Raise when stopping was asked for."""
        if self._requested:
            raise StoppedError("stopped")

    @contextlib.contextmanager
    def stopping(self, stop: Callable[[], None]) -> Iterator[None]:
        """Have `stop` called when stopping is asked for during the block, or was just before."""
        with self._lock:
            self._stops.append(stop)
            requested = self._requested
        if requested:
            stop()
        try:
            yield
        finally:
            with self._lock:
                self._stops.remove(stop)
