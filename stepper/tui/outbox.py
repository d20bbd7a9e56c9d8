"""The way of the session's events from its thread to the event loop: in order, gathered, with few rings of the bell.

Threads put events in; the app takes all that has gathered at once. It is rung by a callback, once until it has taken,
and once more when something urgent comes meanwhile.
"""

import threading
from collections.abc import Callable

from stepper.debugger.events import Event, StateChanged, StepProgress


class Outbox:
    """Gathers events. `ring(urgent)` is called from the thread that put one.

    `urgent` is False where the event can wait for the next batch (a change of state, progress).
    """

    def __init__(self, ring: Callable[[bool], None]) -> None:
        self._ring = ring
        self._events: list[Event] = []
        self._rung: set[bool] = set()
        self._closed = False
        self._lock = threading.Lock()

    def put(self, event: Event) -> None:
        """Add an event; returns at once."""
        urgent = not isinstance(event, StepProgress | StateChanged)
        with self._lock:
            if self._closed:
                return
            self._add(event)
            ring = not self._rung or (urgent and True not in self._rung)
            self._rung.add(urgent)
        if ring:
            self._ring(urgent)

    def take(self) -> list[Event]:
        """All events since the last time, oldest first; of successive states, and progresses of a step, the newest."""
        with self._lock:
            events, self._events = self._events, []
            self._rung.clear()
        return events

    def close(self) -> None:
        """Drop what comes from now on."""
        with self._lock:
            self._closed = True

    def _add(self, event: Event) -> None:
        last = self._events[-1] if self._events else None
        newer_state = isinstance(event, StateChanged) and isinstance(last, StateChanged)
        newer_progress = isinstance(event, StepProgress) and isinstance(last, StepProgress) and event.step == last.step
        if newer_state or newer_progress:
            self._events[-1] = event
        else:
            self._events.append(event)
