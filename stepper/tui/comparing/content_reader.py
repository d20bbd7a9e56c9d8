"""Reads the files of two states of which nothing but the time is known to differ, to tell whether that is all.

It works in short pieces, between which other files can be looked at.
"""

import contextlib
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from stepper.engine.step import StepId
from stepper.errors import StepperError
from stepper.image.comparison import differences, undecided
from stepper.image.layer import Layer, Listing
from stepper.tui.controller import Controller
from stepper.tui.widgets.collector import collector_paused

if TYPE_CHECKING:
    from stepper.debugger.session import Session

MOST_FILES = 1000
"""An engine takes some ten milliseconds for each in each of the two states."""
MOST_BYTES = 64 << 20
PIECE_SECONDS = 0.25

Read = Callable[[Layer, int], None]
"""Told the differences by the contents, and of how many files these were not read: too many, too large, or gone."""


class ContentReader:
    """`wanted` says whether anybody waits for it; `done` is called from another thread."""

    def __init__(
        self, controller: Controller, before: StepId, after: StepId, wanted: Callable[[], bool], done: Read
    ) -> None:
        self._controller = controller
        self._steps = (before, after)
        self._wanted = wanted
        self._done = done
        self._listings: tuple[Listing, Listing] = ({}, {})
        self._digests: tuple[dict[str, int], dict[str, int]] = ({}, {})
        self._waiting: deque[tuple[int, str]] = deque()
        """Which of the two, and a path: all of the first before those of the second."""

    def start(self, before: Listing, after: Listing, found: Layer) -> None:
        """Read what differs by `found` and may do so in its time only; `done` is called where there is such a file."""
        self._listings = before, after
        candidates = undecided(found)
        paths: list[str] = []
        size = 0
        for change in sorted(candidates, key=lambda change: change.size):
            size += change.size
            if len(paths) == MOST_FILES or size > MOST_BYTES:
                break
            paths.append(change.path)
        self._waiting.extend((side, path) for side in (0, 1) for path in paths)
        if candidates:
            self._controller.look(self._read_some)

    def _read_some(self, session: "Session") -> None:
        begun = time.monotonic()
        while self._waiting:
            if not self._wanted():
                return
            if time.monotonic() - begun > PIECE_SECONDS:
                self._controller.look(self._read_some)
                return
            side, path = self._waiting.popleft()
            # What cannot be read stays what it is: of a content that is not known.
            with contextlib.suppress(StepperError):
                self._digests[side][path] = session.snapshots.digest(self._steps[side], path)
        with collector_paused():
            found = differences(*self._listings, *self._digests)
        self._done(found, len(undecided(found)))
