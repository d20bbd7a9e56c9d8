"""Lines of a report: coloured parts, some lines lead somewhere, some open to show more of them."""

from collections.abc import Hashable, Sequence
from typing import ClassVar, NamedTuple, Unpack

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from stepper.text import printable
from stepper.tui.widgets.line_view import (
    ROW_META,
    CursorView,
    ViewMessage,
    WidgetOptions,
    window,
)

_ARROW = "arrow"
_POINTER_CELLS = 1


class Part(NamedTuple):
    """A piece of a line; `style` is one of `ReportView.STYLES`, or nothing."""

    text: str
    style: str = ""


class Row(NamedTuple):
    """A line. The cursor and what is open stay with its `key` when other lines are shown.

    `target` is what Enter on it is about; without one it opens and closes the line.
    """

    key: Hashable
    parts: tuple[Part, ...]
    target: object = None
    children: "tuple[Row, ...]" = ()


class ReportView(CursorView):
    """Shows lines, and tells when one is chosen."""

    STYLES: ClassVar[tuple[str, ...]] = ("heading", "muted", "bar", "warning", "good")
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"report-view--{name}" for name in STYLES}

    DEFAULT_CSS = """
    ReportView {
        & > .report-view--heading { text-style: bold; }
        & > .report-view--muted { color: $text-muted; }
        & > .report-view--bar { color: $text-primary; }
        & > .report-view--warning { color: $text-warning; }
        & > .report-view--good { color: $text-success; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "open", "Open", show=False),
        Binding("left", "close", "Close", show=False),
        Binding("space", "toggle_line", "Open or close", show=False),
        Binding("shift+right", "scroll_right", "Scroll right", show=False),
        Binding("shift+left", "scroll_left", "Scroll left", show=False),
    ]

    class Chosen(ViewMessage):
        """Enter or a double click on a line that leads somewhere."""

        def __init__(self, view: "ReportView", target: object) -> None:
            super().__init__(view)
            self.target = target

    def __init__(self, **options: Unpack[WidgetOptions]) -> None:
        super().__init__(**options)
        self._source: tuple[Row, ...] = ()
        self._open: set[Hashable] = set()
        self._rows: list[tuple[Row, int]] = []

    # What is shown

    def show(self, rows: Sequence[Row], *, nothing: str = "") -> None:
        """Show these lines; `nothing` is said where there are none."""
        new = tuple(rows)
        self.placeholder = nothing
        if new == self._source:
            return
        self._source = new
        self._arrange()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The lines, without those below them."""
        return self._source

    def open_all(self) -> None:
        """Open every line."""
        self._open.update(row.key for row in self._source if row.children)
        self._arrange()

    def close_all(self) -> None:
        """Close every line."""
        self._open.clear()
        self._arrange()

    def _arrange(self) -> None:
        key = self._rows[self.cursor_row][0].key if self._rows else None
        self._rows = list(self._visible(self._source, 0))
        at = next((index for index, (row, _) in enumerate(self._rows) if row.key == key), 0)
        self.set_reactive(CursorView.cursor_row, at)
        self.resize_rows(self.virtual_size.width)
        self.repaint()
        self.scroll_to_row(at)

    def _visible(self, rows: Sequence[Row], depth: int) -> list[tuple[Row, int]]:
        found: list[tuple[Row, int]] = []
        for row in rows:
            found.append((row, depth))
            if row.key in self._open:
                found += self._visible(row.children, depth + 1)
        return found

    # Keys

    def action_open(self) -> None:
        """Open the line, or go into it when it is open."""
        if not self._rows:
            return
        row, _ = self._rows[self.cursor_row]
        if row.children and row.key in self._open:
            self.cursor_row += 1
        elif row.children:
            self._set_open(row, True)
        else:
            self.action_scroll_right()

    def action_close(self) -> None:
        """Close the line, or go to the one that it belongs to."""
        if not self._rows:
            return
        row, depth = self._rows[self.cursor_row]
        if row.children and row.key in self._open:
            self._set_open(row, False)
        elif depth and self.scroll_offset.x == 0:
            self.cursor_row = max(at for at in range(self.cursor_row) if self._rows[at][1] < depth)
        else:
            self.action_scroll_left()

    def action_toggle_line(self) -> None:
        """Open or close the line."""
        if self._rows:
            row, _ = self._rows[self.cursor_row]
            self._set_open(row, row.key not in self._open)

    def _set_open(self, row: Row, is_open: bool) -> None:
        if row.children:
            (self._open.add if is_open else self._open.discard)(row.key)
            self._arrange()

    def row_activated(self, row: int) -> None:
        """Tell where the line leads, or open it."""
        found, _ = self._rows[row]
        if found.target is not None:
            self.post_message(self.Chosen(self, found.target))
        else:
            self._set_open(found, found.key not in self._open)

    def row_clicked(self, row: int, part: str | None, event: events.Click) -> None:
        """A click on the arrow opens or closes at once."""
        if part == _ARROW:
            self.cursor_row = row
            self.action_toggle_line()
        else:
            super().row_clicked(row, part, event)

    # Painting

    @property
    def row_count(self) -> int:
        """The lines that are not hidden in closed ones."""
        return len(self._rows)

    def paint_row(self, row: int, scroll_x: int, width: int) -> Strip:
        """A pointer, an arrow where there is more, and the parts."""
        found, depth = self._rows[row]
        segments = [Segment("  " * depth, Style.null())]
        if found.children:
            arrow = "▾ " if found.key in self._open else "▸ "
            segments.append(Segment(arrow, Style.from_meta({ROW_META: _ARROW})))
        segments += [
            Segment(printable(text), self.component_style(f"report-view--{style}") if style else Style.null())
            for text, style in found.parts
        ]
        whole = Strip(segments)
        self.widen_rows(_POINTER_CELLS + whole.cell_length)
        pointer = Segment("›" if row == self.cursor_row else " ", Style.null())
        strip = Strip([pointer, *window(whole, scroll_x, max(0, width - _POINTER_CELLS))])
        if row == self.cursor_row:
            strip = self.under_cursor(strip)
        return strip
