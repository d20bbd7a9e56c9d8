"""Reads a file of a state in pieces beside the session's thread, as much of it as is looked at."""

import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from stepper.engine.step import StepId
from stepper.errors import StepperError
from stepper.frozen import frozen
from stepper.image.archive import Header
from stepper.tui.controller import Controller
from stepper.tui.file.content import FileContent

if TYPE_CHECKING:
    from stepper.debugger.session import Session

FIRST = 256 << 10
"""Bytes that are read at once. To read more takes long: other looks go before that."""
GROWTH = 4
"""So many times more are read when the end of what is there comes near: the engine sends a file from its start only."""
TELL_SECONDS = 0.3


@frozen
class FilePlace:
    """Which file: that at a path as it is after a step, or as it was `before` it."""

    step: StepId
    path: str
    before: bool = False


class FileLoader:
    """`tell` is called from another thread when more has come in, or it came to an end."""

    def __init__(self, controller: Controller, place: FilePlace, tell: Callable[[], None]) -> None:
        self.content = FileContent()
        self.header: Header | None = None
        self.error: StepperError | None = None
        self.loading = False
        self.is_whole = False
        """Nothing is missing."""
        self._controller = controller
        self._place = place
        self._tell = tell
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._upto = 0

    def load(self, upto: int = FIRST) -> None:
        """Have the file read up to so many bytes, also while it is read up to fewer."""
        with self._lock:
            self._upto = max(self._upto, upto)
            if self.loading or self.is_whole or self.error is not None:
                return
            self.loading = True
            self._stop.clear()
        self._controller.look(self._read_first)

    def load_all(self) -> None:
        """Have all of it read."""
        self.load(sys.maxsize)

    def load_more(self) -> None:
        """Have the next piece read."""
        self.load(max(FIRST, GROWTH * self.content.size))

    def cancel(self) -> None:
        """Stop reading; what is there stays."""
        self._stop.set()

    def _read_first(self, session: "Session") -> None:
        if not self._read(session, FIRST):
            self._controller.look(self._read_rest, long=True)

    def _read_rest(self, session: "Session") -> None:
        self._read(session, sys.maxsize)

    def _read(self, session: "Session", most: int) -> bool:
        """Read what is wanted, but not over so many bytes in all; whether it came to an end."""
        done = False
        try:
            while not (done := self._is_done()) and (self.header is None or self.content.size < most):
                self._read_on(session, most)
        except StepperError as error:
            self.error = error
            self.loading = False
            done = True
        self._tell()
        return done

    def _is_done(self) -> bool:
        with self._lock:
            done = self._stop.is_set() or self.is_whole or (self.header is not None and self._has_enough)
            if done:
                self._upto = self.content.size
                self.loading = False
        return done

    @property
    def _has_enough(self) -> bool:
        return self.content.size >= self._upto

    def _read_on(self, session: "Session", most: int) -> None:
        place, content = self._place, self.content
        told = time.monotonic()
        with session.snapshots.file(place.step, place.path, before=place.before) as stream:
            self.header = stream.header
            here, seen = content.size, 0
            for chunk in stream.chunks:
                if self._stop.is_set():
                    return
                seen += len(chunk)
                if seen <= here:
                    continue
                piece = chunk[max(0, here - (seen - len(chunk))) :]
                room = min(self._upto, most) - content.size
                content.append(piece[:room])
                if len(piece) >= room and content.size < stream.header.stored:
                    return
                if time.monotonic() - told > TELL_SECONDS:
                    told = time.monotonic()
                    self._tell()
        self.is_whole = True
