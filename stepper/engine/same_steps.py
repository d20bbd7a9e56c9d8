"""Steps that are the same, and would run at the same time: the later one waits, and finds what the first one made."""

import contextlib
import threading
from collections.abc import Callable, Iterator

_CHECK_SECONDS = 0.1


class SameSteps:
    """Knows which steps run, by their keys in the step cache. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, threading.Event] = {}

    @contextlib.contextmanager
    def alone(self, key: str, check: Callable[[], None]) -> Iterator[None]:
        """No other step with this key is in such a block. `check` is called while one is, and may raise to stop."""
        while True:
            with self._lock:
                other = self._running.get(key)
                if other is None:
                    ended = self._running[key] = threading.Event()
                    break
            while not other.wait(_CHECK_SECONDS):
                check()
        try:
            yield
        finally:
            with self._lock:
                del self._running[key]
            ended.set()
