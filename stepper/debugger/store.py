"""Holds the session's state: swapped as a whole under one lock, every change told to the listener in order."""

import threading
from collections.abc import Callable

from stepper.debugger.events import Event, Listener, StateChanged
from stepper.debugger.state import SessionState


class StateStore:
    """The state of a session. Reading needs no lock; changes from several threads come one after the other."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._lock = threading.RLock()
        self._state = SessionState()

    @property
    def state(self) -> SessionState:
        """The state as it is now."""
        return self._state

    def update(self, change: Callable[[SessionState], SessionState]) -> SessionState:
        """Put `change(state)` in the state's place and tell it, unless nothing changed; the new state."""
        with self._lock:
            before, self._state = self._state, change(self._state)
            if self._state is not before:
                self._listener(StateChanged(self._state))
            return self._state

    def emit(self, event: Event) -> None:
        """Tell the listener something else than a change of the state."""
        with self._lock:
            self._listener(event)
