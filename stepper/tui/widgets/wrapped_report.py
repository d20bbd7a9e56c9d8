"""Lines of a report that are wrapped at words, so that nothing of them is out of sight."""

from collections.abc import Iterator, Sequence
from typing import Unpack

from rich.cells import cell_len, chop_cells
from textual import events

from stepper.text import printable
from stepper.tui.widgets.line_view import WidgetOptions
from stepper.tui.widgets.report_view import Part, ReportView, Row

_NARROWEST = 16
_AROUND = 1
"""Cells that the pointer takes."""
_INDENT = "  "


class WrappedReport(ReportView):
    """A `ReportView` whose long lines go on in further lines, indented, which lead where the line leads.

    A line that opens is wrapped only when it is closed for good: what is below it follows its last line.
    """

    def __init__(self, **options: Unpack[WidgetOptions]) -> None:
        super().__init__(**options)
        self._unwrapped: tuple[Row, ...] = ()
        self._nothing = ""

    def show(self, rows: Sequence[Row], *, nothing: str = "") -> None:
        """Show these lines; `nothing` is said where there are none."""
        self._unwrapped, self._nothing = tuple(rows), nothing
        self._wrap()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap anew."""
        self._wrap()

    def _wrap(self) -> None:
        if self.scrollable_content_region.width:
            self._wrap_to_width()
        else:
            # It is about to be laid out: for a moment all lines would be as narrow as they get.
            self.call_after_refresh(self._wrap_to_width)

    def _wrap_to_width(self) -> None:
        room = max(_NARROWEST, self.scrollable_content_region.width - _AROUND)
        super().show([line for row in self._unwrapped for line in wrapped(row, room)], nothing=self._nothing)


def wrapped(row: Row, room: int) -> Iterator[Row]:
    """A row as rows of at most `room` cells; one that opens stays whole, with what is below it wrapped."""
    if row.children:
        below = tuple(line for child in row.children for line in wrapped(child, room - len(_INDENT)))
        yield row._replace(children=below)
        return
    for number, parts in enumerate(_lines(row.parts, room)):
        yield row._replace(key=row.key if number == 0 else (row.key, number), parts=parts)


def _lines(parts: tuple[Part, ...], room: int) -> Iterator[tuple[Part, ...]]:
    line: list[Part] = []
    used = 0
    for part in _words(parts, room):
        cells = cell_len(part.text)
        if used + cell_len(part.text.rstrip(" ")) > room and line:
            yield _ended(line)
            line, used = [Part(_INDENT)], len(_INDENT)
            part = part._replace(text=part.text.lstrip(" "))
            cells = cell_len(part.text)
        line.append(part)
        used += cells
    yield _ended(line)


def _ended(line: list[Part]) -> tuple[Part, ...]:
    """Without blanks at the end: of a full line they would be taken for more that is out of sight."""
    while line and not line[-1].text.strip(" "):
        line.pop()
    if line:
        line[-1] = line[-1]._replace(text=line[-1].text.rstrip(" "))
    return tuple(line)


def _words(parts: tuple[Part, ...], room: int) -> Iterator[Part]:
    """The words with the blanks behind them; one that is too long for any line in pieces."""
    for text, style in parts:
        for word in _with_blanks(printable(text)):
            for piece in chop_cells(word, room - len(_INDENT)) if cell_len(word) > room - len(_INDENT) else [word]:
                yield Part(piece, style)


def _with_blanks(text: str) -> Iterator[str]:
    start = 0
    for at in range(1, len(text)):
        if text[at] != " " and text[at - 1] == " " and text[start:at].strip(" "):
            yield text[start:at]
            start = at
    if text[start:]:
        yield text[start:]
