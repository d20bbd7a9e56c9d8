"""The Dockerfile with a gutter (breakpoint, line number, status) and notes (time, size) at the right edge."""

import asyncio
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from typing import ClassVar, Unpack

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.selection import Selection
from textual.strip import Strip
from textual.worker import WorkType

from stepper.tui.widgets import source_row, source_style
from stepper.tui.widgets.line_search import LineSearch
from stepper.tui.widgets.line_view import CursorView, NewestViewMessage, ViewMessage, WidgetOptions, window
from stepper.tui.widgets.marks import Mark
from stepper.tui.widgets.source_row import GUTTER_PART, BreakpointMark, CursorState, LineMark
from stepper.tui.widgets.source_text import SourceSpan, SourceText

__all__ = ["BreakpointMark", "LineMark", "PositionKind", "SourceView"]

LEXED_AT_ONCE = 400
"""Lines up to which the text is coloured before its first paint; a longer one is coloured by a thread, after it."""


class PositionKind(Enum):
    """How the session stands at its position."""

    NEXT = "next"
    RUNNING = "running"
    FAILED = "failed"


_NO_MARK = LineMark()


class SourceView(CursorView):
    """A Dockerfile. Lines count from 1, columns from 0."""

    ALLOW_SELECT = True

    COMPONENT_CLASSES: ClassVar[set[str]] = source_style.COMPONENT_CLASSES
    DEFAULT_CSS = source_style.CSS

    class CursorMoved(NewestViewMessage):
        """The cursor stands on another line."""

        def __init__(self, view: "SourceView", line: int) -> None:
            super().__init__(view)
            self.line = line

    class GutterClicked(ViewMessage):
        """A click beside a line: on its breakpoint, mark or number."""

        def __init__(self, view: "SourceView", line: int) -> None:
            super().__init__(view)
            self.line = line

    class LineActivated(ViewMessage):
        """Enter or a double click on a line."""

        def __init__(self, view: "SourceView", line: int) -> None:
            super().__init__(view)
            self.line = line

    def __init__(self, **options: Unpack[WidgetOptions]) -> None:
        super().__init__(**options)
        self._source = SourceText(())
        self._plain = False
        self._coloured = True
        self._extent_of: dict[int, tuple[int, int]] = {}
        self._marks: Mapping[int, LineMark] = {}
        self._dimmed: set[int] = set()
        self._note_columns: tuple[int, ...] = ()
        self._position: tuple[int, int] | None = None
        self._position_kind = PositionKind.NEXT
        self._commands: tuple[SourceSpan, ...] = ()
        self._error: tuple[int, str] | None = None
        self._warnings: Mapping[int, str] = {}
        self._search = LineSearch()

    # What is shown

    def show(
        self,
        lines: Sequence[str],
        *,
        extents: Sequence[tuple[int, int]] = (),
        spans: Iterable[SourceSpan] = (),
        plain: bool = False,
    ) -> None:
        """Show a file, or with `plain` its text without colours, which is there sooner.

        `extents` are the first and last lines of its instructions; marks, position and search stay.
        """
        self._source = SourceText(lines, spans)
        self._extent_of = {
            line: (first, last) for first, last in extents for line in range(first, last + 1) if line <= len(lines)
        }
        self._plain = plain
        self._coloured = not plain and len(lines) <= LEXED_AT_ONCE
        if not self._coloured and not plain and self.is_attached:
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
        columns = source_row.note_columns(marks.values())
        if self._dimmed != dimmed or columns != self._note_columns:
            self._note_columns = columns
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

    def set_commands(self, spans: Sequence[SourceSpan]) -> None:
        """The commands inside of an instruction that are marked: the one that is next, or that failed."""
        if tuple(spans) != self._commands:
            self._commands = tuple(spans)
            self.repaint()

    def set_error(self, line: int | None, message: str = "") -> None:
        """Mark a line as wrong and show why, at the line; None takes it away."""
        error = None if line is None else (line, message)
        if error != self._error:
            self._error = error
            self._resize()
            self.repaint()

    def set_warnings(self, warnings: Mapping[int, str]) -> None:
        """Mark lines with a warning; its text is shown at the line while the cursor is there."""
        if warnings != self._warnings:
            self._warnings = dict(warnings)
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

    def _cursor_state(self, line: int) -> CursorState:
        if line == self.cursor_line:
            return CursorState.HERE
        first, last = self.extent_at(self.cursor_line)
        return CursorState.IN_INSTRUCTION if first <= line <= last else CursorState.ELSEWHERE

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
        if part == GUTTER_PART:
            self.post_message(self.GutterClicked(self, row + 1))
        else:
            super().row_clicked(row, part, event)

    # Painting

    def paint_row(self, row: int, scroll_x: int, width: int) -> Strip:
        """Gutter, code, notes; only the code scrolls sideways."""
        line = row + 1
        mark = self._marks.get(line, _NO_MARK)
        if self._position is not None and line == self._position[0]:
            mark = replace(mark, status=_POSITION_MARKS[self._position_kind])
        gutter = source_row.gutter(
            line,
            self.row_count,
            mark,
            self._cursor_state(line),
            is_wrong=self._is_wrong(line),
            has_warning=line in self._warnings,
            style=self._part_style,
        )
        notes = source_row.notes(mark, self._note_columns, width - gutter.cell_length, self._part_style)
        room = max(0, width - gutter.cell_length - notes.cell_length)
        strip = Strip.join([gutter, window(self._paint_code(line), scroll_x, room), notes])
        return strip.adjust_cell_length(width, Style.null()).apply_style(self._row_style(line))

    def _paint_code(self, line: int) -> Strip:
        shown = self._source.lines[line - 1]
        text = source_row.code(shown.text, self._source.roles(line) if self._coloured else (), self._part_style)
        if line in self._dimmed:
            text.stylize(self._part_style("dimmed"))
        if self._is_wrong(line):
            text.stylize(self._part_style("error"))
        for each in self._commands:
            if each.line == line:
                text.stylize(self._part_style(each.role.value), shown.shown(each.start), shown.shown(each.end))
        match_style = self._part_style("current-match" if line == self.cursor_line else "match")
        for start, end in self._search.in_line(line):
            text.stylize(match_style, start, end)
        self.mark_selection(text, line - 1)
        strip = Strip(text.render(self.app.console), shown.width).apply_offsets(0, line - 1)
        if self._error is not None and self._is_wrong(line) and self._error[1]:
            strip = Strip.join([strip, source_row.error_message(self._error[1], self._part_style)])
        elif line in self._warnings and line == self.cursor_line:
            strip = Strip.join([strip, source_row.warning_message(self._warnings[line], self._part_style)])
        return strip

    def _part_style(self, name: str) -> Style:
        return self.component_style(f"source-view--{name}")

    def _is_wrong(self, line: int) -> bool:
        return self._error is not None and line == self._error[0]

    def _row_style(self, line: int) -> Style:
        style = Style.null()
        if self._position is not None and self._position[0] <= line <= self._position[1]:
            style += self._part_style("failed" if self._position_kind is PositionKind.FAILED else "position")
        cursor = self._cursor_state(line)
        if cursor is CursorState.HERE:
            style += self._part_style("cursor")
        elif cursor is CursorState.IN_INSTRUCTION and style.bgcolor is None:
            style += self._part_style("cursor-extent")
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
        lines = self._source.lines
        width = self._source.width
        for line, mark in self._marks.items():
            if mark.notes and 1 <= line <= len(lines):
                width = max(width, lines[line - 1].width + source_row.notes_cells(self._note_columns))
        if self._error is not None and 1 <= self._error[0] <= len(lines):
            width = max(width, lines[self._error[0] - 1].width + cell_len(self._error[1]) + 4)
        self.resize_rows(source_row.gutter_cells(len(lines)) + width)

    def on_mount(self) -> None:
        """Colour what was shown before."""
        if not self._coloured and not self._plain:
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
