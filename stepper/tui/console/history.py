"""The lines typed at the console, kept between sessions in the user's state folder."""

import contextlib
from pathlib import Path

MOST = 500


class History:
    """The lines, oldest first. A line that begins with a space is not remembered: it may hold a secret.

    `path` is where they are kept; what cannot be read or written there is remembered for this session only.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[str] = []
        with contextlib.suppress(OSError):
            self._lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-MOST:]
        self._at = len(self._lines)
        self._typed = ""

    def add(self, line: str) -> None:
        """Remember a line that was entered, and begin at the end again."""
        if line.strip() and not line.startswith(" ") and self._lines[-1:] != [line]:
            self._lines = [*self._lines, line][-MOST:]
            with contextlib.suppress(OSError):
                self._path.write_text("\n".join(self._lines) + "\n", encoding="utf-8")
                self._path.chmod(0o600)
        self._at, self._typed = len(self._lines), ""

    def back(self, typed: str) -> str:
        """The line before the one that is shown; `typed` is what stands there now."""
        if self._at == len(self._lines):
            self._typed = typed
        self._at = max(0, self._at - 1)
        return self._lines[self._at] if self._lines else typed

    def forward(self, typed: str) -> str:
        """The line after the one that is shown, at the end what was typed there."""
        if self._at >= len(self._lines):
            return typed
        self._at += 1
        return self._lines[self._at] if self._at < len(self._lines) else self._typed
