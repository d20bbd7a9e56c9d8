"""The base of the views: rows painted one at a time into cached strips, with a cursor row where a view wants one.

A subclass says how many rows there are and paints one of them; scrolling, caching, styles, the cursor, keys and
mouse are here.
"""

from collections.abc import Hashable
from typing import ClassVar, TypedDict, Unpack

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

ROW_META = "row"
"""Segments may carry `{ROW_META: name}`: the part of a row that a click is on, see `LineView.row_clicked`."""

SIDEWAYS_CELLS = 8


class WidgetOptions(TypedDict, total=False):
    """What every widget of Textual's takes."""

    name: str | None
    id: str | None
    classes: str | None
    disabled: bool


class ViewMessage(Message):
    """What a view tells."""

    def __init__(self, view: Widget) -> None:
        super().__init__()
        self.view = view

    @property
    def control(self) -> Widget:
        """The view."""
        return self.view


class NewestViewMessage(ViewMessage):
    """What a view tells of which only the newest counts, where several wait."""

    def can_replace(self, message: Message) -> bool:
        """Those of the same kind, of the same view."""
        return type(message) is type(self) and isinstance(message, ViewMessage) and message.view is self.view


class LineView(ScrollView, can_focus=True):
    """Rows of text, each one line high."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-view--placeholder"}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Up", show=False),
        Binding("down,j", "scroll_down", "Down", show=False),
        Binding("left", "scroll_left", "Left", show=False),
        Binding("right", "scroll_right", "Right", show=False),
    ]

    DEFAULT_CSS = """
    LineView {
        background: $surface;
        color: $foreground;
        overflow-x: auto;
        overflow-y: auto;
        scrollbar-size-horizontal: 1;
        scrollbar-size-vertical: 1;
        & > .line-view--placeholder { color: $text-muted; text-style: italic; }
    }
    """

    def __init__(self, **options: Unpack[WidgetOptions]) -> None:
        super().__init__(**options)
        self._strips: LRUCache[Hashable, Strip] = LRUCache(2048)
        self._styles_known: dict[str, Style] = {}
        """Of component classes; they hold as long as the strips."""
        self._placeholder = ""

    # What a subclass provides

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def paint_row(self, row: int, scroll_x: int, width: int) -> Strip:
        """Paint one row that exists, as seen from `scroll_x`; what is missing to `width` cells is filled up.

        Called when no cached strip serves. Everything that the result depends on, besides the arguments, is either in
        `row_state` or followed by `repaint`.
        """
        raise NotImplementedError

    def row_state(self, row: int) -> Hashable:
        """What may change the look of a row without `repaint`."""
        return None

    def row_clicked(self, row: int, part: str | None, event: events.Click) -> None:
        """A click on a row that exists; `part` is the segment's `ROW_META`, if it has one."""

    # What it does with that

    def render_line(self, y: int) -> Strip:
        """Textual's line API."""
        scroll_x, scroll_y = self.scroll_offset
        width = self.size.width
        row = scroll_y + y
        if row >= self.row_count:
            if row == 0 and self._placeholder:
                style = self.rich_style + self.component_style("line-view--placeholder")
                return Strip([Segment(f" {self._placeholder}", style)]).crop_extend(0, width, self.rich_style)
            return Strip.blank(width, self.rich_style)
        key = (row, scroll_x, width, self.row_state(row))
        strip = self._strips.get(key)
        if strip is None:
            strip = self.paint_row(row, scroll_x, width)
            # A segment without a style breaks Textual's monochrome filter (NO_COLOR): the last style reaches them all.
            strip = strip.adjust_cell_length(width, Style.null()).apply_style(self.rich_style)
            self._strips[key] = strip
        return strip

    def repaint(self) -> None:
        """Paint everything anew: the rows are others, or look otherwise."""
        self._forget_rows()
        self.refresh()

    @property
    def placeholder(self) -> str:
        """What is said where there are no rows."""
        return self._placeholder

    @placeholder.setter
    def placeholder(self, text: str) -> None:
        if text != self._placeholder:
            self._placeholder = text
            self.refresh()

    def widen_rows(self, width: int) -> None:
        """A row turned out to be that wide: the scroll bar takes it in after this paint, where there is to be one."""
        if width > max(self.virtual_size.width, self.scrollable_content_region.width):
            self.call_later(self._widen_rows, width)

    def _widen_rows(self, width: int) -> None:
        if width > self.virtual_size.width:
            self.resize_rows(width)

    def resize_rows(self, width: int) -> None:
        """Tell the scroll bars how many rows there are and how wide the widest is, in cells."""
        self.virtual_size = Size(width, self.row_count)

    def component_style(self, name: str) -> Style:
        """What a component class sets and nothing else; see-through colours lie over the background of the view."""
        known = self._styles_known.get(name)
        if known is None:
            known = self._styles_known[name] = self._component_style(name)
        return known

    def _component_style(self, name: str) -> Style:
        styles = self.get_component_styles(name)
        style = styles.partial_rich_style
        _, behind = self.background_colors
        if styles.has_rule("background") and 0 < styles.background.a < 1:
            behind += styles.background
            style += Style(bgcolor=behind.rich_color)
        if styles.has_rule("color") and (styles.auto_color or styles.color.a < 1):
            color = behind.get_contrast_text(styles.color.a) if styles.auto_color else styles.color
            style += Style(color=(behind + color).rich_color)
        return style

    def notify_style_update(self) -> None:
        """The theme or a pseudo class changed."""
        super().notify_style_update()
        self._forget_rows()

    def _forget_rows(self) -> None:
        self._strips.clear()
        self._styles_known.clear()

    def selection_updated(self, selection: Selection | None) -> None:
        """The mouse selected something else."""
        self._strips.clear()
        self.refresh()

    def mark_selection(self, text: Text, row: int) -> None:
        """Let what is selected of a row stand out in its text."""
        selection = self.text_selection
        span = selection.get_span(row) if selection is not None else None
        if span is not None:
            start, end = max(0, span[0]), len(text) if span[1] == -1 else max(0, span[1])
            text.stylize(self.screen.get_component_rich_style("screen--selection"), start, end)

    def scroll_to_row(self, row: int, *, centre: bool = False) -> None:
        """Bring a row into view without moving sideways; before the view is on a screen it does nothing."""
        if not self.is_attached:
            return
        height = max(1, self.scrollable_content_region.height)
        top = self.scroll_offset.y
        if centre and not top <= row < top + height:
            self.scroll_to(y=max(0, row - height // 2), animate=False, force=True)
        elif row < top:
            self.scroll_to(y=row, animate=False, force=True)
        elif row >= top + height:
            self.scroll_to(y=row - height + 1, animate=False, force=True)

    # Scrolling by keys takes effect at once: Textual's own actions glide there, which takes up to a second

    def action_scroll_up(self) -> None:
        """One row up."""
        self.scroll_relative(y=-1, animate=False, force=True)

    def action_scroll_down(self) -> None:
        """One row down."""
        self.scroll_relative(y=1, animate=False, force=True)

    def action_scroll_left(self) -> None:
        """Some cells to the left."""
        self.scroll_relative(x=-SIDEWAYS_CELLS, animate=False, force=True)

    def action_scroll_right(self) -> None:
        """Some cells to the right."""
        self.scroll_relative(x=SIDEWAYS_CELLS, animate=False, force=True)

    def action_page_up(self) -> None:
        """A page up, less one row."""
        self.scroll_relative(y=-self.page_rows, animate=False, force=True)

    def action_page_down(self) -> None:
        """A page down, less one row."""
        self.scroll_relative(y=self.page_rows, animate=False, force=True)

    def action_scroll_home(self) -> None:
        """To the first row and the left edge."""
        self.scroll_to(x=0, y=0, animate=False, force=True)

    def action_scroll_end(self) -> None:
        """To the last row."""
        self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    @property
    def page_rows(self) -> int:
        """How many rows a page key moves."""
        return max(1, self.scrollable_content_region.height - 1)

    def on_click(self, event: events.Click) -> None:
        """Tell the subclass which row was meant."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        row = offset.y + self.scroll_offset.y
        if 0 <= row < self.row_count:
            event.stop()
            part = event.style.meta.get(ROW_META)
            self.row_clicked(row, part if isinstance(part, str) else None, event)


class CursorView(LineView):
    """Rows with a cursor that keys and clicks move."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"cursor-view--cursor"}

    DEFAULT_CSS = """
    CursorView {
        & > .cursor-view--cursor { background: $block-cursor-blurred-background; text-style: bold; }
        &:focus > .cursor-view--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: bold;
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", "Up", show=False),
        Binding("down,j", "cursor_down", "Down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
        Binding("enter", "activate", "Select", show=False),
    ]

    cursor_row: reactive[int] = reactive(0, repaint=False)
    """The row of the cursor, from 0; it is 0 when there are no rows."""

    def validate_cursor_row(self, row: int) -> int:
        """Keep the cursor on a row that exists."""
        return max(0, min(row, self.row_count - 1))

    def watch_cursor_row(self, old: int, new: int) -> None:
        """Repaint what changed and follow the cursor."""
        if old == new:
            return
        for first, count in self.rows_of_cursor(old), self.rows_of_cursor(new):
            self.refresh_lines(first, count)
        self.scroll_to_row(new)
        if self.row_count:
            self.cursor_moved(new)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in sight; this is also the first time that there is a size."""
        self.scroll_to_row(self.cursor_row)

    def rows_of_cursor(self, row: int) -> tuple[int, int]:
        """The first row and the number of rows that look otherwise when the cursor is on `row`."""
        return row, 1

    def cursor_moved(self, row: int) -> None:
        """The cursor stands on another row."""

    def row_activated(self, row: int) -> None:
        """Enter or a double click on a row that exists."""

    def row_clicked(self, row: int, part: str | None, event: events.Click) -> None:
        """Move the cursor there; the second click activates."""
        self.cursor_row = row
        if event.chain >= 2:
            self.row_activated(row)

    def under_cursor(self, strip: Strip) -> Strip:
        """A row as it looks where the cursor is."""
        return with_style(strip, self.get_component_rich_style("cursor-view--cursor"))

    def row_state(self, row: int) -> Hashable:
        """Whether the cursor is here."""
        return row == self.cursor_row

    def action_cursor_up(self) -> None:
        """One row up."""
        self.cursor_row -= 1

    def action_cursor_down(self) -> None:
        """One row down."""
        self.cursor_row += 1

    def action_page_up(self) -> None:
        """A page up."""
        self.cursor_row -= self.page_rows

    def action_page_down(self) -> None:
        """A page down."""
        self.cursor_row += self.page_rows

    def action_first(self) -> None:
        """To the first row."""
        self.cursor_row = 0

    def action_last(self) -> None:
        """To the last row."""
        self.cursor_row = self.row_count - 1

    def action_activate(self) -> None:
        """Select the row of the cursor."""
        if self.row_count:
            self.row_activated(self.cursor_row)


def with_style(strip: Strip, style: Style) -> Strip:
    """A strip with a style over those of its parts (`Strip.apply_style` puts it below them)."""
    return Strip(Segment.apply_style(strip, post_style=style), strip.cell_length)


def window(strip: Strip, scroll_x: int, room: int) -> Strip:
    """`room` cells of a strip from `scroll_x` on; an ellipsis where it goes on to the right."""
    if room > 1 and strip.cell_length > scroll_x + room:
        return Strip.join([strip.crop(scroll_x, scroll_x + room - 1), Strip([Segment("…", Style(dim=True))], 1)])
    cut = strip.crop(scroll_x, scroll_x + room)
    return Strip.join([cut, Strip([Segment(" " * max(0, room - cut.cell_length), Style.null())])])
