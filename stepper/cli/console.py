"""What the standard streams can show, and how to write to them without ever garbling the user's terminal."""

import os
import shutil
import sys
import unicodedata
from typing import Literal, TextIO

from stepper.frozen import frozen

_LOG_WIDTH = 100
_WIDEST = 140

Style = Literal["bold", "dim", "red", "green", "yellow", "magenta", "cyan"]

_STYLES: dict[Style, str] = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "magenta": "35",
    "cyan": "36",
}


@frozen
class Console:
    """A stream to write lines for people to. `colour` and `transient` are for terminals only."""

    stream: TextIO
    colour: bool = False
    """Colours may be used."""
    transient: bool = False
    """A line may be overwritten."""
    unicode: bool = True
    """The stream's encoding has the marks and lines."""
    width: int = _LOG_WIDTH

    @classmethod
    def of(cls, stream: TextIO) -> "Console":
        """What a stream can do: https://no-color.org counts, and so does a terminal that calls itself dumb."""
        terminal = stream.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
        columns = shutil.get_terminal_size((_LOG_WIDTH, 24)).columns if terminal else _LOG_WIDTH
        return cls(
            stream,
            colour=terminal and not os.environ.get("NO_COLOR"),
            transient=terminal,
            unicode=_encodes(stream, "✔≡✖▶│…"),
            width=max(40, min(columns, _WIDEST)),
        )

    def style(self, text: str, style: Style) -> str:
        """The text in that style, where there are colours."""
        if not self.colour or not text:
            return text
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"

    def line(self, text: str = "") -> None:
        """Write a line."""
        self.stream.write(text + "\n")

    def flush(self) -> None:
        """Let everything be seen that was written."""
        self.stream.flush()


def tolerate_any_text() -> None:
    """Write what the streams' encoding does not have as escapes, instead of failing on it."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def cell_width(text: str) -> int:
    """The columns that printable text takes up on a terminal."""
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


def fit(text: str, width: int, *, ellipsis: str = "…") -> str:
    """The text cut or padded to exactly so many columns."""
    missing = width - cell_width(text)
    if missing >= 0:
        return text + " " * missing
    left = width - cell_width(ellipsis)
    kept: list[str] = []
    for character in text:
        left -= _character_width(character)
        if left < 0:
            break
        kept.append(character)
    cut = "".join(kept) + ellipsis
    return cut + " " * (width - cell_width(cut))


def _character_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _encodes(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
