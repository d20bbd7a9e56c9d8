"""The real program in a real pseudo-terminal: press keys, read the screen as a terminal shows it."""

import os
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pexpect
import pyte

WAIT_SECONDS = 60.0

_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")
"""Requests of Textual's that pyte would take for something else: keyboard protocol, mode queries."""


class Terminal:
    """`stepper`, or another `program`, run in `folder` in a terminal of `size` (columns, rows)."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        size: tuple[int, int],
        environment: Mapping[str, str],
        program: Sequence[str] = (sys.executable, "-m", "stepper"),
    ) -> None:
        columns, rows = size
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._partial = b""
        full = {**os.environ, "TERM": "xterm-256color", **environment}
        for name in ("NO_COLOR", "COLUMNS", "LINES"):
            full.pop(name, None)
        self.process: Any = pexpect.spawn(
            program[0],
            [*program[1:], *arguments],
            cwd=str(folder),
            env=full,
            dimensions=(rows, columns),
            timeout=WAIT_SECONDS,
        )

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.process.close(force=True)
        except pexpect.ExceptionPexpect:
            # It was killed, but takes its time to give much memory back.
            self.process.wait()

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def press(self, keys: str) -> None:
        """Type these characters."""
        self.process.send(keys)

    def resize(self, size: tuple[int, int]) -> None:
        """Give the terminal another size (columns, rows)."""
        columns, rows = size
        self.screen.resize(rows, columns)
        self.process.setwinsize(rows, columns)

    def wait_for(self, *texts: str) -> str:
        """Read until all these texts stand on the screen; the screen's text. AssertionError when they never do."""
        return self.wait_until(lambda text: all(each in text for each in texts), str(texts))

    def wait_until(self, condition: Callable[[str], bool], what: str, seconds: float = WAIT_SECONDS) -> str:
        """Read until the screen's text is as it should be, `what` in words; the text. AssertionError if it never is."""
        give_up = time.monotonic() + seconds
        while not condition(self.text):
            left = give_up - time.monotonic()
            assert left > 0, f"{what} never came; on the screen is:\n{self.text}"
            try:
                self._show(self.process.read_nonblocking(65536, timeout=left))
            except pexpect.EOF:
                raise AssertionError(f"it ended before {what} came; the last screen:\n{self.text}") from None
            except pexpect.TIMEOUT:
                continue
        return self.text

    def wait_for_end(self) -> int:
        """Read until the program has ended; its exit code."""
        while True:
            try:
                self._show(self.process.read_nonblocking(65536, timeout=WAIT_SECONDS))
            except pexpect.EOF:
                break
        self.process.wait()
        return int(self.process.exitstatus)

    def _show(self, data: bytes) -> None:
        data = self._partial + data
        cut = data.rfind(b"\x1b")
        # An escape sequence may be cut in two; hold back what may be the beginning of one.
        if cut >= 0 and len(data) - cut < 32 and not re.match(rb"\x1b(\[[0-9;?<>=]*[ -/]*[@-~]|[^\[])", data[cut:]):
            data, self._partial = data[:cut], data[cut:]
        else:
            self._partial = b""
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data))
