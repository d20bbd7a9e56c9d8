"""The user's wish to stop what runs, told from any thread."""

import threading


class Interruption:
    """Set while a command runs, and only then: a wish that comes when nothing runs is not kept for later."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = False
        self._wanted = False

    def __call__(self) -> bool:
        """Whether the user asked to stop."""
        return self._wanted

    def request(self) -> bool:
        """Ask to stop; False when nothing runs."""
        with self._lock:
            self._wanted = self._running
            return self._running

    def begin(self) -> None:
        """A command begins."""
        with self._lock:
            self._running, self._wanted = True, False

    def end(self) -> None:
        """A command ended."""
        with self._lock:
            self._running = False
