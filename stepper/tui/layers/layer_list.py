"""The layers of an image: for each a bar, its size and how many paths it changes, and below that its instruction."""

from collections.abc import Hashable, Sequence
from typing import ClassVar, Unpack

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from stepper.frozen import frozen
from stepper.text import human_size, printable
from stepper.tui.widgets.line_view import CursorView, ViewMessage, WidgetOptions, window
from stepper.tui.widgets.size_bar import size_bar

_LINES = 2
_BAR_CELLS = 10
_SIZE_CELLS = 8


@frozen
class LayerItem:
    """One layer as the list shows it. `counts` are its changes in words, "" while they are not known."""

    size: int
    instruction: str
    counts: str = ""


class LayerList(CursorView):
    """The lowest layer first; the cursor is on one of them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "layer-list--bar",
        "layer-list--note",
    }

    DEFAULT_CSS = """
    LayerList {
        overflow-x: hidden;
        & > .layer-list--bar { color: $text-primary; }
        & > .layer-list--note { color: $text-muted; }
    }
    """

    class LayerSelected(ViewMessage):
        """Enter or a double click on a layer."""

        def __init__(self, view: "LayerList", index: int) -> None:
            super().__init__(view)
            self.index = index

    def __init__(self, **options: Unpack[WidgetOptions]) -> None:
        super().__init__(**options)
        self._items: tuple[LayerItem, ...] = ()

    def show(self, items: Sequence[LayerItem]) -> None:
        """Show these layers; the cursor stays where it is."""
        new = tuple(items)
        if new == self._items:
            return
        layer = self.layer_index
        self._items = new
        self.set_reactive(CursorView.cursor_row, min(layer, max(0, len(new) - 1)) * _LINES)
        self.resize_rows(0)
        self.repaint()

    @property
    def layer_index(self) -> int:
        """The index of the layer under the cursor."""
        return self.cursor_row // _LINES

    @layer_index.setter
    def layer_index(self, index: int) -> None:
        self.cursor_row = index * _LINES

    # Rows

    @property
    def row_count(self) -> int:
        """Two lines a layer."""
        return len(self._items) * _LINES

    def validate_cursor_row(self, row: int) -> int:
        """The cursor stands on the first line of a layer."""
        return super().validate_cursor_row(row) // _LINES * _LINES

    def rows_of_cursor(self, row: int) -> tuple[int, int]:
        """Both lines."""
        return row, _LINES

    def row_state(self, row: int) -> Hashable:
        """Whether the cursor is on this layer."""
        return row // _LINES == self.layer_index

    def action_cursor_down(self) -> None:
        """To the layer above in the image, below on the screen."""
        self.layer_index += 1

    def action_cursor_up(self) -> None:
        """To the layer that it stands on."""
        self.layer_index = max(0, self.layer_index - 1)

    def cursor_moved(self, row: int) -> None:
        """Keep both lines in sight."""
        self.scroll_to_row(row + _LINES - 1)
        self.scroll_to_row(row)

    def row_activated(self, row: int) -> None:
        """Tell about it."""
        self.post_message(self.LayerSelected(self, row // _LINES))

    # Painting

    def paint_row(self, row: int, scroll_x: int, width: int) -> Strip:
        """Number, bar, size and counts; or the instruction."""
        index = row // _LINES
        item = self._items[index]
        digits = len(str(max(0, len(self._items) - 1)))
        pointer = "›" if row == self.cursor_row else " "
        if row % _LINES:
            text = printable(" ".join(item.instruction.split())) or "(nothing is known of it)"
            room = max(0, width - digits - 2)
            strip = Strip([Segment(" " * (digits + 2), Style.null()), *window(Strip([Segment(text)]), scroll_x, room)])
        else:
            largest = max(each.size for each in self._items)
            left = [
                Segment(f"{pointer}{index:>{digits}} ", Style.null()),
                Segment(size_bar(item.size, largest, _BAR_CELLS), self.component_style("layer-list--bar")),
                Segment(f" {human_size(item.size):>{_SIZE_CELLS}}", Style.null()),
            ]
            used = sum(cell_len(segment.text) for segment in left)
            counts = Segment(f"  {item.counts}", self.component_style("layer-list--note"))
            strip = Strip([*left, *window(Strip([counts]), 0, max(0, width - used))])
        strip = strip.adjust_cell_length(width, Style.null())
        if row // _LINES == self.layer_index:
            strip = self.under_cursor(strip)
        return strip
