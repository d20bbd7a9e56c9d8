"""What hooks write into a script's two outputs, taken out of them again: see `stepper.dockerfile.shell.hooks`."""

from collections.abc import Callable
from typing import NamedTuple


class Mark(NamedTuple):
    """A hook was reached: the number of the command behind it, and the exit code of the one before."""

    command: int
    exit_code: int


class MarkedOutputs:
    """Passes both outputs on without the marks, in such an order that each command's output is together.

    `on_output` gets the data and whether it is standard error; `on_mark` is called when a hook has written to both,
    after all that was written before it. What comes behind the mark on one output waits for the mark on the other.
    """

    def __init__(self, mark: str, on_output: Callable[[bytes, bool], None], on_mark: Callable[[Mark], None]) -> None:
        self._mark = mark.encode()
        self._on_output = on_output
        self._on_mark = on_mark
        self._waiting = [bytearray(), bytearray()]
        """By output: what may be the beginning of a mark, or stands behind one that the other output has not."""
        self._reached: list[Mark | None] = [None, None]

    def add(self, data: bytes, stderr: bool) -> None:
        """Take in what was written to an output."""
        waiting = self._waiting[stderr]
        if not waiting and self._reached[stderr] is None and self._mark[:1] not in data:
            self._on_output(data, stderr)
            return
        waiting += data
        self._go_on(stderr)

    def end(self) -> None:
        """There is no more: pass on what still waits."""
        for _ in self._reached:
            for stderr in (False, True):
                self._reached[stderr] = None
                self._go_on(stderr)
        for stderr in (False, True):
            self._pass_on(stderr, len(self._waiting[stderr]))

    def _go_on(self, stderr: bool) -> None:
        while self._reached[stderr] is None:
            waiting = self._waiting[stderr]
            at = waiting.find(self._mark)
            if at < 0:
                self._pass_on(stderr, len(waiting) - self._beginning(waiting))
                return
            end = waiting.find(b"\n", at)
            self._pass_on(stderr, at)
            if end < 0:
                return
            words = bytes(waiting[len(self._mark) : end - at]).split()
            del waiting[: end - at + 1]
            self._reached[stderr] = Mark(int(words[0]), int(words[1]))
            reached, other = self._reached
            if reached is not None and reached == other:
                self._reached = [None, None]
                self._on_mark(reached)
                self._go_on(not stderr)

    def _pass_on(self, stderr: bool, length: int) -> None:
        waiting = self._waiting[stderr]
        if length:
            data = bytes(waiting[:length])
            del waiting[:length]
            self._on_output(data, stderr)

    def _beginning(self, data: bytearray) -> int:
        """How many bytes at the end may be the beginning of a mark."""
        first = self._mark[:1]
        at = data.find(first, max(0, len(data) - len(self._mark) + 1))
        while at >= 0 and not self._mark.startswith(bytes(data[at:])):
            at = data.find(first, at + 1)
        return 0 if at < 0 else len(data) - at
