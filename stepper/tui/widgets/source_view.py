"""The Dockerfile with a gutter (breakpoint, line number, status) and notes (time, size) at the right edge."""

import asyncio
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.worker import WorkType

from stepper.tui.widgets.line_search import LineSearch
from stepper.tui.widgets.line_view import ROW_META, CursorView, window
from stepper.tui.widgets.marks import Mark
from stepper.tui.widgets.source_text import SourceSpan, SourceText, SpanRole

LEXED_AT_ONCE = 400
"""Lines up to which the text is coloured before its first paint; a longer one is coloured by a thread, after it."""


class BreakpointMark(Enum):
    """What the gutter shows of a breakpoint; the value is the symbol."""

    NONE = " "
    ON = "●"
    DISABLED = "○"


class PositionKind(Enum):
    """How the session stands at its position."""

    NEXT = "next"
    RUNNING = "running"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LineMark:
    """What is shown beside the first line of an instruction.

    `notes` stand at the right edge, the most important last; where there is no room the first ones go. `dimmed` is for
    stages that are not needed.
    """

    breakpoint: BreakpointMark = BreakpointMark.NONE
    status: Mark = Mark.NONE
    notes: tuple[str, ...] = ()
    dimmed: bool = False


_NO_MARK = LineMark()


class _LineMessage(Message):
    """Something about a line."""

    def __init__(self, view: "SourceView", line: int) -> None:
        super().__init__()
        self.view = view
        self.line = line

    @property
    def control(self) -> "SourceView":
        """The view."""
        return self.view


class SourceView(CursorView):
    """A Dockerfile. Lines count from 1, columns from 0."""

    ALLOW_SELECT = True

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "source-view--gutter",
        "source-view--breakpoint",
        "source-view--cursor",
        "source-view--cursor-extent",
        "source-view--position",
        "source-view--failed",
        "source-view--error",
        "source-view--error-message",
        "source-view--notes",
        "source-view--dimmed",
        "source-view--match",
        "source-view--current-match",
        *(f"source-view--{role.value}" for role in SpanRole),
        *(f"source-view--{mark.style_name}" for mark in Mark),
    }

    DEFAULT_CSS = """
    SourceView {
        & > .source-view--gutter { color: $text-muted; }
        & > .source-view--breakpoint { color: $text-error; text-style: bold; }
        & > .source-view--cursor { background: $foreground 12%; }
        & > .source-view--cursor-extent { background: $foreground 6%; }
        & > .source-view--position { background: $primary 25%; }
        & > .source-view--failed { background: $error 25%; }
        & > .source-view--error { text-style: underline; color: $text-error; }
        & > .source-view--error-message { color: $text-error; text-style: bold; }
        & > .source-view--notes { color: $text-muted; }
        & > .source-view--dimmed { color: $text-disabled; }
        & > .source-view--match { background: $warning 40%; text-style: underline; }
        & > .source-view--current-match { background: $warning; color: $background; text-style: bold underline; }
        & > .source-view--keyword { color: $text-accent; text-style: bold; }
        & > .source-view--flag { color: $text-warning; }
        & > .source-view--stage { color: $text-primary; text-style: bold; }
        & > .source-view--image { color: $text-primary; }
        & > .source-view--heredoc { color: $text-primary; text-style: bold; }
        & > .source-view--comment { color: $text-muted; text-style: italic; }
        & > .source-view--directive { color: $text-warning; text-style: italic; }
        & > .source-view--string { color: $text-success; }
        & > .source-view--variable { color: $text-secondary; }
        & > .source-view--number { color: $text-success; }
        & > .source-view--builtin { color: $text-primary; }
        & > .source-view--operator { text-style: bold; }
        & > .source-view--escape { color: $text-muted; }
        & > .source-view--mark-done { color: $text-success; }
        & > .source-view--mark-cached { color: $text-success; }
        & > .source-view--mark-next { color: $text-primary; text-style: bold; }
        & > .source-view--mark-running { color: $text-warning; text-style: bold; }
        & > .source-view--mark-failed { color: $text-error; text-style: bold; }
        & > .source-view--mark-not-needed { color: $text-disabled; }
        &:focus > .source-view--cursor { background: $block-cursor-background 60%; }
        &:ansi {
            & > .source-view--position { background: transparent; text-style: bold; }
            & > .source-view--failed { background: transparent; text-style: bold; }
            & > .source-view--cursor { background: transparent; text-style: bold; }
            & > .source-view--match { background: transparent; }
            & > .source-view--current-match { background: transparent; color: $text; text-style: reverse; }
        }
    }
    """

    class CursorMoved(_LineMessage):
        """The cursor stands on another line."""

        def can_replace(self, message: Message) -> bool:
            """Only the newest counts."""
            return isinstance(message, SourceView.CursorMoved) and message.view is self.view

    class GutterClicked(_LineMessage):
        """A click beside a line: on its breakpoint, mark or number."""

    class LineActivated(_LineMessage):
        """Enter or a double click on a line."""

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._source = SourceText(())
        self._coloured = True
        self._extent_of: dict[int, tuple[int, int]] = {}
        self._marks: Mapping[int, LineMark] = {}
        self._dimmed: set[int] = set()
        self._position: tuple[int, int] | None = None
        self._position_kind = PositionKind.NEXT
        self._error: tuple[int, str] | None = None
        self._search = LineSearch()

    # What is shown

    def show(
        self,
        lines: Sequence[str],
        *,
        extents: Sequence[tuple[int, int]] = (),
        spans: Iterable[SourceSpan] = (),
    ) -> None:
        """Show a file. `extents` are the first and last lines of its instructions; marks, position and search stay."""
        self._source = SourceText(lines, spans)
        self._extent_of = {
            line: (first, last) for first, last in extents for line in range(first, last + 1) if line <= len(lines)
        }
        self._coloured = len(lines) <= LEXED_AT_ONCE
        if not self._coloured and self.is_attached:
            self._colour_later()
        self._dim()
        self._search = LineSearch([line.text for line in self._source.lines], self._search.query)
        self.set_reactive(CursorView.cursor_row, self.validate_cursor_row(self.cursor_row))
        self._resize()
        self.repaint()

    def set_marks(self, marks: Mapping[int, LineMark]) -> None:
        """What stands beside the lines, by line number; lines without a mark show none."""
        before, self._marks = self._marks, dict(marks)
        dimmed = self._dimmed
        self._dim()
        if self._dimmed != dimmed:
            self.repaint()
        self._resize()
        for line in before.keys() | marks.keys():
            if before.get(line) != marks.get(line):
                self.refresh_lines(line - 1)

    def set_position(self, extent: tuple[int, int] | None, kind: PositionKind = PositionKind.NEXT) -> None:
        """The first and last line of the instruction that the session stands at."""
        if (extent, kind) != (self._position, self._position_kind):
            self._position = extent
            self._position_kind = kind
            self.repaint()

    def set_error(self, line: int | None, message: str = "") -> None:
        """Mark a line as wrong and show why, at the line; None takes it away."""
        error = None if line is None else (line, message)
        if error != self._error:
            self._error = error
            self._resize()
            self.repaint()

    @property
    def cursor_line(self) -> int:
        """The line of the cursor, from 1."""
        return self.cursor_row + 1

    @cursor_line.setter
    def cursor_line(self, line: int) -> None:
        self.cursor_row = line - 1

    def move_to(self, line: int, *, centre: bool = True) -> None:
        """Put the cursor on a line, and the line in the middle if it was out of sight."""
        row = self.validate_cursor_row(line - 1)
        self.scroll_to_row(row, centre=centre)
        self.cursor_row = row

    def extent_at(self, line: int) -> tuple[int, int]:
        """The first and last line of the instruction there; the line itself where there is none."""
        return self._extent_of.get(line, (line, line))

    # Search

    def find(self, text: str) -> int:
        """Mark every place with that text (in any case of letters) and go to the next one; returns their number."""
        self._search = LineSearch([line.text for line in self._source.lines], text)
        self.repaint()
        if self._search.count and not self._search.in_line(self.cursor_line):
            self.find_next()
        return self._search.count

    def find_next(self) -> None:
        """To the next line with a match, around the end."""
        line = self._search.line_after(self.cursor_line)
        if line is not None:
            self.move_to(line)

    def find_previous(self) -> None:
        """To the line with a match before this one, around the start."""
        line = self._search.line_before(self.cursor_line)
        if line is not None:
            self.move_to(line)

    def clear_find(self) -> None:
        """No match is marked any more."""
        self.find("")

    # Rows

    @property
    def row_count(self) -> int:
        """One row a line."""
        return len(self._source.lines)

    def row_state(self, row: int) -> Hashable:
        """Whether the cursor is here, or elsewhere in this instruction; and what stands beside the line."""
        return self._cursor_state(row + 1), self._marks.get(row + 1)

    def _cursor_state(self, line: int) -> int:
        if line == self.cursor_line:
            return 2
        first, last = self.extent_at(self.cursor_line)
        return 1 if first <= line <= last else 0

    def rows_of_cursor(self, row: int) -> tuple[int, int]:
        """The whole instruction."""
        first, last = self.extent_at(row + 1)
        return first - 1, last - first + 1

    def cursor_moved(self, row: int) -> None:
        """Tell about it."""
        self.post_message(self.CursorMoved(self, row + 1))

    def row_activated(self, row: int) -> None:
        """Tell about it."""
        self.post_message(self.LineActivated(self, row + 1))

    def row_clicked(self, row: int, part: str | None, event: events.Click) -> None:
        """A click in the gutter is not one on the line."""
        if part == "gutter":
            self.post_message(self.GutterClicked(self, row + 1))
        else:
            super().row_clicked(row, part, event)

    # Painting

    def paint_row(self, row: int, scroll_x: int, width: int) -> Strip:
        """Gutter, code, notes; only the code scrolls sideways."""
        line = row + 1
        mark = self._marks.get(line, _NO_MARK)
        gutter = self._paint_gutter(line, mark)
        notes = self._paint_notes(mark, width - gutter.cell_length)
        room = max(0, width - gutter.cell_length - notes.cell_length)
        code = self._paint_code(line, scroll_x, room)
        strip = Strip.join([gutter, code, notes])
        row_style = self._row_style(line)
        return strip.adjust_cell_length(width, Style.null()).apply_style(row_style)

    def _paint_gutter(self, line: int, mark: LineMark) -> Strip:
        base = self.component_style("source-view--gutter")
        state = self._cursor_state(line)
        bar = "▌" if state == 2 else "▏" if state == 1 else " "
        status = mark.status
        if self._position is not None and line == self._position[0]:
            status = _POSITION_MARKS[self._position_kind]
        if self._error is not None and line == self._error[0]:
            status = Mark.FAILED
        number_style = base
        if self._error is not None and line == self._error[0]:
            number_style = base + self.component_style("source-view--error-message")
        strip = Strip(
            [
                Segment(bar, self.component_style("source-view--mark-next") if state else base),
                Segment(mark.breakpoint.value, base + self.component_style("source-view--breakpoint")),
                Segment(f"{line:>{self._number_width}} ", number_style),
                Segment(status.symbol, base + self.component_style(f"source-view--{status.style_name}")),
                Segment(" ", base),
            ]
        )
        return strip.apply_meta({ROW_META: "gutter"})

    @property
    def _number_width(self) -> int:
        return max(2, len(str(self.row_count))) + 1

    @property
    def _gutter_width(self) -> int:
        return self._number_width + 5

    def _paint_notes(self, mark: LineMark, room: int) -> Strip:
        notes = list(mark.notes)
        while notes and sum(cell_len(note) + 1 for note in notes) + 1 > room // 2:
            notes.pop(0)
        if not notes:
            return Strip([], 0)
        style = self.component_style("source-view--notes")
        return Strip([Segment(" " + " ".join(notes) + " ", style)])

    def _paint_code(self, line: int, scroll_x: int, room: int) -> Strip:
        shown = self._source.lines[line - 1]
        text = Text(shown.text, no_wrap=True, end="")
        if self._coloured:
            for start, end, role in self._source.roles(line):
                text.stylize(self.component_style(f"source-view--{role.value}"), start, end)
        if line in self._dimmed:
            text.stylize(self.component_style("source-view--dimmed"))
        self._stylize_error(line, text)
        kind = "source-view--current-match" if line == self.cursor_line else "source-view--match"
        for start, end in self._search.in_line(line):
            text.stylize(self.component_style(kind), start, end)
        selection = self.text_selection
        span = selection.get_span(line - 1) if selection is not None else None
        if span is not None:
            start, end = max(0, span[0]), len(text) if span[1] == -1 else max(0, span[1])
            text.stylize(self.screen.get_component_rich_style("screen--selection"), start, end)
        strip = Strip(text.render(self.app.console), shown.width).apply_offsets(0, line - 1)
        message = self._error_message(line)
        if message:
            strip = Strip.join([strip, message])
        return window(strip, scroll_x, room)

    def _stylize_error(self, line: int, text: Text) -> None:
        if self._error is not None and self._error[0] == line:
            text.stylize(self.component_style("source-view--error"))

    def _error_message(self, line: int) -> Strip | None:
        if self._error is None or self._error[0] != line or not self._error[1]:
            return None
        return Strip([Segment(f"  ◂ {self._error[1]}", self.component_style("source-view--error-message"))])

    def _row_style(self, line: int) -> Style:
        style = Style.null()
        if self._position is not None and self._position[0] <= line <= self._position[1]:
            failed = self._position_kind is PositionKind.FAILED
            style += self.component_style("source-view--failed" if failed else "source-view--position")
        state = self._cursor_state(line)
        if state == 2 or (state == 1 and style.bgcolor is None):
            style += self.component_style("source-view--cursor" if state == 2 else "source-view--cursor-extent")
        return style

    # Selection

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected part of the file, tabs and all."""
        picked: list[str] = []
        for row, line in enumerate(self._source.lines):
            span = selection.get_span(row)
            if span is None:
                continue
            start, end = max(0, span[0]), len(line.text) if span[1] == -1 else max(0, span[1])
            picked.append(line.raw[line.original(start) : line.original(end)])
        return "\n".join(picked), "\n"

    # Keeping up

    def _dim(self) -> None:
        self._dimmed = set()
        for line, mark in self._marks.items():
            if mark.dimmed:
                first, last = self.extent_at(line)
                self._dimmed.update(range(first, last + 1))

    def _resize(self) -> None:
        width = self._source.width
        if self._error is not None and 1 <= self._error[0] <= self.row_count:
            width = max(width, self._source.lines[self._error[0] - 1].width + cell_len(self._error[1]) + 4)
        notes = max((sum(cell_len(note) + 1 for note in mark.notes) + 1 for mark in self._marks.values()), default=0)
        self.resize_rows(self._gutter_width + width + (notes if width else 0))

    def on_mount(self) -> None:
        """Colour what was shown before."""
        if not self._coloured:
            self._colour_later()

    def _colour_later(self) -> None:
        source = self._source

        async def colour() -> None:
            await asyncio.to_thread(source.lex)
            if source is self._source:
                self._coloured = True
                self.repaint()

        work: WorkType[None] = colour
        self.run_worker(work, group="colour", exclusive=True)


_POSITION_MARKS = {
    PositionKind.NEXT: Mark.NEXT,
    PositionKind.RUNNING: Mark.RUNNING,
    PositionKind.FAILED: Mark.FAILED,
}
