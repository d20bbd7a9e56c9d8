"""How another thread stops what the engine is doing."""

import contextlib
import threading
from collections.abc import Callable, Iterator

from stepper.errors import EngineError


class StoppedError(EngineError):
    """The user stopped it."""


class Interruption:
    """One request to stop, for what runs now. `interrupt` may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requested = False
        self._stop: Callable[[], None] | None = None

    def reset(self) -> None:
        """Something new begins: an old request does not concern it."""
        with self._lock:
            self._requested = False

    def interrupt(self) -> None:
        """Ask to stop."""
        with self._lock:
            self._requested = True
            stop = self._stop
        if stop is not None:
            stop()

    def check(self) -> None:
        """Raise when stopping was asked for."""
        if self._requested:
            raise StoppedError("stopped")

    @contextlib.contextmanager
    def stopping(self, stop: Callable[[], None]) -> Iterator[None]:
        """Have `stop` called when stopping is asked for during the block, or was just before."""
        with self._lock:
            self._stop = stop
            requested = self._requested
        if requested:
            stop()
        try:
            yield
        finally:
            with self._lock:
                self._stop = None
