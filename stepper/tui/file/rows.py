"""What the rows of a file look like: as text, as hex, as a difference. Pure; parts of a row name their style."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Protocol

from stepper.errors import StepperError
from stepper.text import printable
from stepper.tui.file.content import FileContent

Part = tuple[str, str]
"""Some text of a row, safe for any terminal, and the end of the component class that styles it; "" for none."""

TAB = 8
HEX_BYTES = 16
MOST_COMPARED = 20_000
"""Lines up to which two files are compared: what that takes grows with the square."""
_MARK_STYLES = {"+": "added", "-": "deleted", "@": "place"}


class Rows(Protocol):
    """What a `FileView` shows."""

    @property
    def count(self) -> int:
        """How many there are so far."""

    def parts(self, row: int) -> Sequence[Part]:
        """One of them, from left to right."""


class TextRows:
    """Numbered lines; `colours` has for some rows their parts, see `stepper.tui.file.highlight`."""

    def __init__(self, content: FileContent) -> None:
        self._content = content
        self.colours: Mapping[int, Sequence[Part]] = {}

    @property
    def count(self) -> int:
        """The rows read so far."""
        return self._content.row_count

    def parts(self, row: int) -> Sequence[Part]:
        """The line's number and its text."""
        data, number = self._content.row(row)
        gutter = f"{number if number is not None else '…':>{max(4, len(str(self.count)))}} "
        coloured = self.colours.get(row)
        return [(gutter, "gutter"), *(coloured if coloured is not None else [(shown_line(data), "")])]


class HexRows:
    """Sixteen bytes a row: where they are, in hex, and as ASCII."""

    def __init__(self, content: FileContent) -> None:
        self._content = content

    @property
    def count(self) -> int:
        """The rows read so far."""
        return -(-self._content.size // HEX_BYTES)

    def parts(self, row: int) -> Sequence[Part]:
        """One row as `hexdump -C` has it."""
        data = self._content.read(row * HEX_BYTES, HEX_BYTES)
        half = HEX_BYTES // 2
        pairs = f"{data[:half].hex(' '):<{half * 3}} {data[half:].hex(' '):<{half * 3}}"
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)
        return [(f"{row * HEX_BYTES:08x}  ", "gutter"), (pairs, ""), (f" |{shown}|", "string")]


class FixedRows:
    """Rows that are known from the beginning."""

    def __init__(self, rows: Sequence[Sequence[Part]]) -> None:
        self._rows = rows

    @property
    def count(self) -> int:
        """All of them."""
        return len(self._rows)

    def parts(self, row: int) -> Sequence[Part]:
        """One of them."""
        return self._rows[row]


def shown_line(data: bytes) -> str:
    """A line of a file on one row: without its end, tabs widened, what is no UTF-8 or a control character escaped."""
    text = data.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", errors="surrogateescape")
    return shown_text(text)


def shown_text(text: str) -> str:
    """Text without line ends, made safe, tabs widened."""
    if text.isprintable():
        return text
    return "\t".join(map(printable, text.split("\t"))).expandtabs(TAB)


def difference(before: bytes, after: bytes) -> FixedRows:
    """The unified difference of two texts; one row says so where they are equal.

    Raises `StepperError` where that would take too long.
    """
    if before == after:
        return FixedRows([[("The content is the same", "note")]])
    old, new = _lines(before), _lines(after)
    if len(old) + len(new) > MOST_COMPARED and len(old) + len(new) - 2 * _same_ends(old, new) > MOST_COMPARED:
        raise StepperError("The files differ in too many lines to compare them here")
    same = _same_start(old, new)
    skipped = max(0, same - 3)
    rows: list[list[Part]] = []
    for line in list(difflib.unified_diff(old[skipped:], new[skipped:], lineterm="", n=3))[2:]:
        if line.startswith("@@") and skipped:
            line = _moved(line, skipped)
        mark = line[:1]
        rows.append([(f"{mark} " if mark != "@" else "", _MARK_STYLES.get(mark, "")), *_line_parts(line, mark)])
    return FixedRows(rows)


def _line_parts(line: str, mark: str) -> list[Part]:
    style = _MARK_STYLES.get(mark, "")
    return [(shown_text(line if mark == "@" else line[1:]), style)]


def _lines(data: bytes) -> list[str]:
    text = data.decode("utf-8", errors="surrogateescape")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    else:
        lines[-1] += " (no newline at the end)"
    return lines


def _same_start(old: Sequence[str], new: Sequence[str]) -> int:
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count


def _same_ends(old: Sequence[str], new: Sequence[str]) -> int:
    start = _same_start(old, new)
    rest = min(len(old), len(new)) - start
    end = _same_start(old[len(old) - rest :][::-1], new[len(new) - rest :][::-1])
    return start + min(end, rest)


def _moved(line: str, by: int) -> str:
    """A `@@ -1,4 +1,5 @@` that counts from a later line."""
    words = line.split()
    for index in (1, 2):
        first, comma, count = words[index][1:].partition(",")
        words[index] = f"{words[index][0]}{int(first) + by}{comma}{count}"
    return " ".join(words)
