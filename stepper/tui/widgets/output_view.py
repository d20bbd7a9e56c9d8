"""The output of a step: follows its end while it grows, 20 times a second at most, and keeps still when scrolled up."""

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Hashable
from typing import ClassVar, Unpack

from rich.ansi import AnsiDecoder
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer

from stepper.terminal_text import remove_styles
from stepper.tui.widgets.line_view import LineView, ViewMessage, WidgetOptions
from stepper.tui.widgets.output_store import OutputStore

REPAINT_SECONDS = 0.05
TAB = 8


class OutputView(LineView):
    """Shows one `OutputStore`; the store may grow in another thread."""

    ALLOW_SELECT = True

    COMPONENT_CLASSES: ClassVar[set[str]] = {"output-view--match", "output-view--current-match"}

    DEFAULT_CSS = """
    OutputView {
        & > .output-view--match { background: $warning 40%; text-style: underline; }
        & > .output-view--current-match { background: $warning; color: $background; text-style: bold underline; }
        &:ansi {
            & > .output-view--match { background: transparent; }
            & > .output-view--current-match { background: transparent; color: $text; text-style: reverse; }
        }
    }
    """

    following: reactive[bool] = reactive(True, repaint=False)
    """Whether the newest line stays in sight. Scrolling up ends it, scrolling to the end begins it."""

    class FollowChanged(ViewMessage):
        """The view began or ceased to follow the end."""

        def __init__(self, view: "OutputView", following: bool) -> None:
            super().__init__(view)
            self.following = following

    def __init__(self, **options: Unpack[WidgetOptions]) -> None:
        super().__init__(**options)
        self._store: OutputStore | None = None
        self._seen = -1
        self._rows = 0
        self._moving = False
        self._timer: Timer | None = None
        self._query = ""
        self._matches: list[int] = []
        self._current_match = -1

    # What is shown

    @property
    def store(self) -> OutputStore | None:
        """What is shown now."""
        return self._store

    def show(self, store: OutputStore | None) -> None:
        """Show another step's output, from its end; the search is forgotten."""
        if store is self._store:
            self.take_new_lines()
            return
        self._store = store
        if self._timer is not None:
            self._timer.resume()
        self._seen = -1
        self._rows = 0
        self._query, self._matches, self._current_match = "", [], -1
        self.repaint()
        self._jump(0, None)
        self.following = True
        self.take_new_lines()

    def on_mount(self) -> None:
        """Look for new lines from now on."""
        self._timer = self.set_interval(REPAINT_SECONDS, self.take_new_lines)

    def take_new_lines(self) -> None:
        """Show what came since the last look. Called by itself; call it to see the newest at once."""
        store = self._store
        version = store.version if store is not None else 0
        if version == self._seen:
            if self._timer is not None and (store is None or store.finished):
                self._timer.pause()
            return
        width = self.virtual_size.width if self._seen >= 0 else 0
        self._seen = version
        before, self._rows = self._rows, len(store) if store is not None else 0
        self._resize(width)
        if self.following:
            self._to_end()
        if before != self._rows or self._last_row_in_sight:
            self.refresh()

    def follow(self) -> None:
        """Go to the end and stay there."""
        self.following = True
        self._to_end()

    def watch_following(self, old: bool, new: bool) -> None:
        """Tell about it."""
        if old != new and self.is_mounted:
            self.post_message(self.FollowChanged(self, new))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The user scrolls away from the end or comes back to it."""
        super().watch_scroll_y(old_value, new_value)
        if not self._moving:
            self.following = round(new_value) >= self.max_scroll_y

    def on_resize(self, event: events.Resize) -> None:
        """Stay at the end when the size changes."""
        if self.following:
            self._to_end()

    def _to_end(self) -> None:
        self._jump(None, self.max_scroll_y)

    def _jump(self, x: int | None, y: int | None) -> None:
        """Scroll without taking it for the user's doing."""
        if not self.is_attached:
            return
        self._moving = True
        try:
            self.scroll_to(x=x, y=y, animate=False, immediate=True, force=True)
        finally:
            self._moving = False

    def _resize(self, width: int) -> None:
        self._moving = True
        try:
            self.resize_rows(width)
        finally:
            self._moving = False

    @property
    def _last_row_in_sight(self) -> bool:
        return self.scroll_offset.y + self.size.height >= self._rows

    # Search

    async def find(self, text: str) -> int:
        """Mark all lines with that text, go to the last one; returns their number. Searches in a thread."""
        store = self._store
        self._query = text
        matches = await asyncio.to_thread(store.matches, text) if store is not None else []
        if store is not self._store or text != self._query:
            return 0
        self._matches = matches
        self.repaint()
        if matches:
            self._go_to_match(len(matches) - 1)
        return len(matches)

    @property
    def match_place(self) -> tuple[int, int]:
        """The number of the match that was gone to, from 1, and how many there are."""
        return self._current_match + 1, len(self._matches)

    def find_next(self) -> None:
        """To the next match, around the end."""
        if self._matches:
            place = bisect_right(self._matches, self._match_row)
            self._go_to_match(place % len(self._matches))

    def find_previous(self) -> None:
        """To the match before, around the start."""
        if self._matches:
            self._go_to_match(bisect_left(self._matches, self._match_row) - 1)

    def clear_find(self) -> None:
        """No match is marked any more."""
        self._query, self._matches, self._current_match = "", [], -1
        self.repaint()

    @property
    def _match_row(self) -> int:
        return self._matches[self._current_match] if self._current_match >= 0 else self.scroll_offset.y

    def _go_to_match(self, index: int) -> None:
        self._current_match = index % len(self._matches)
        self.following = False
        self._moving = True
        try:
            self.scroll_to_row(self._matches[self._current_match], centre=True)
        finally:
            self._moving = False
        self.repaint()

    # Painting

    @property
    def row_count(self) -> int:
        """One row a line, as far as they were looked at."""
        return self._rows

    def row_state(self, row: int) -> Hashable:
        """The last line may not have ended."""
        return self._seen if row == self._rows - 1 else None

    def paint_row(self, row: int, scroll_x: int, width: int) -> Strip:
        """A line with its colours, its matches and what is selected."""
        line = self._store.lines(row, row + 1) if self._store is not None else []
        text = self._text_of(line[0] if line else "")
        if self._query:
            kind = "current-match" if self._current_match >= 0 and row == self._match_row else "match"
            self._mark(text, self.component_style(f"output-view--{kind}"))
        self.mark_selection(text, row)
        if text.spans:
            strip = Strip(text.render(self.app.console), text.cell_len)
        else:
            strip = Strip([Segment(text.plain, Style.null())])
        self.widen_rows(strip.cell_length)
        return strip.apply_offsets(0, row).crop_extend(scroll_x, scroll_x + width, Style.null())

    def _text_of(self, line: str) -> Text:
        text = AnsiDecoder().decode_line(line) if "\x1b" in line else Text(line)
        text.end = ""
        if "\t" in line:
            text.expand_tabs(TAB)
        return text

    def _mark(self, text: Text, style: Style) -> None:
        plain, query = text.plain.lower(), self._query.lower()
        start = plain.find(query)
        while start >= 0:
            text.stylize(style, start, start + len(query))
            start = plain.find(query, start + len(query))

    # Selection

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected part of the output as plain text."""
        if self._store is None:
            return None
        first = selection.start.y if selection.start is not None else 0
        last = selection.end.y if selection.end is not None else self._rows - 1
        picked: list[str] = []
        for row, line in enumerate(self._store.lines(first, last + 1), first):
            start, end = selection.get_span(row) or (0, 0)
            plain = self._text_of(line).plain if "\t" in line else remove_styles(line)
            picked.append(plain[max(0, start) : None if end == -1 else end])
        return "\n".join(picked), "\n"
