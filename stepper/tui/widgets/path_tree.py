"""A tree of paths on the screen: its rows, keys and colours. What the rows are is the business of a subclass."""

from collections.abc import Callable, Hashable
from typing import ClassVar, Unpack

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from stepper.tui.widgets.change_nodes import Node
from stepper.tui.widgets.change_row import ARROW_PART, row_parts, written_by_parts
from stepper.tui.widgets.change_text import Row, row_of
from stepper.tui.widgets.line_view import (
    CursorView,
    NewestViewMessage,
    ViewMessage,
    WidgetOptions,
    window,
)
from stepper.tui.widgets.visible_rows import OpenFolders, VisibleRows

MARK_CELLS = 2
WIDE_CELLS = 70
"""From this width on there is room for permissions and owner."""
NO_ROOT = Node("", "/", None, None, folder=True)

WrittenBy = Callable[[str], str]
"""The step that wrote a path last, in a word or two."""

LookInto = Callable[[Node], Row]
"""All that is known of a node by now."""


class PathTree(CursorView):
    """Rows of `VisibleRows`, with a cursor that stays on its path when there are other rows."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "path-tree--added",
        "path-tree--modified",
        "path-tree--deleted",
        "path-tree--folder",
        "path-tree--size",
        "path-tree--note",
        "path-tree--match",
    }

    DEFAULT_CSS = """
    PathTree {
        & > .path-tree--added { color: $text-success; }
        & > .path-tree--modified { color: $text-warning; }
        & > .path-tree--deleted { color: $text-error; }
        & > .path-tree--folder { text-style: bold; }
        & > .path-tree--size { color: $text-muted; }
        & > .path-tree--note { color: $text-muted; }
        & > .path-tree--match { text-style: underline bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "open", "Open", show=False),
        Binding("left", "close", "Close, or go to the folder above", show=False),
        Binding("space", "toggle_folder", "Open or close", show=False),
        Binding("shift+right", "scroll_right", "Scroll right", show=False),
        Binding("shift+left", "scroll_left", "Scroll left", show=False),
    ]

    class Highlighted(NewestViewMessage):
        """The cursor stands on `node` now; None when there is none."""

        def __init__(self, tree: "PathTree", node: Node | None) -> None:
            super().__init__(tree)
            self.node = node

    class Activated(ViewMessage):
        """Enter or a double click on something that is no folder."""

        def __init__(self, tree: "PathTree", node: Node) -> None:
            super().__init__(tree)
            self.node = node

    def __init__(self, **options: Unpack[WidgetOptions]) -> None:
        super().__init__(**options)
        self._open_folders = OpenFolders()
        self._rows = VisibleRows(NO_ROOT, self._open_folders)
        self._match = ""
        self._written_by: WrittenBy | None = None
        self._path = ""
        self.look_into: LookInto = row_of
        """Asked for every row whenever it is painted, so that it answers at once; what it says of a row may change."""

    @property
    def highlighted(self) -> Node | None:
        """The node under the cursor."""
        return self._rows.nodes[self.cursor_row] if self._rows.nodes else None

    def reveal(self, path: str) -> None:
        """Put the cursor on a path, here or in what is shown next, and open the folders above it."""
        self._path = path
        self._open_folders.reveal(path)
        self._rows.rebuild()
        self.use_rows(self._rows)

    def use_rows(self, rows: VisibleRows) -> None:
        """Show these rows, with the cursor on the path where it was."""
        self._rows = rows
        self.set_reactive(CursorView.cursor_row, rows.row_of(self._path) or 0)
        self.resize_rows(0)
        self.repaint()
        self.scroll_to_row(self.cursor_row, centre=True)
        self._tell()

    def expand_all(self) -> None:
        """Open every folder."""
        self._rows.set_all(True)
        self.use_rows(self._rows)

    def collapse_all(self) -> None:
        """Close every folder."""
        self._rows.set_all(False)
        self.use_rows(self._rows)

    # Keys

    def action_open(self) -> None:
        """Open the folder, or go into it when it is open."""
        node = self.highlighted
        if node is None or not node.children:
            return
        if self._rows.is_open(node):
            self.cursor_row += 1
        else:
            self._set_open(self.cursor_row, True)

    def action_close(self) -> None:
        """Close the folder, or go to the one above."""
        node = self.highlighted
        if node is None:
            return
        if node.children and self._rows.is_open(node):
            self._set_open(self.cursor_row, False)
            return
        above = self._rows.parent_of(self.cursor_row)
        if above is not None:
            self.cursor_row = above

    def action_toggle_folder(self) -> None:
        """Open or close the folder."""
        node = self.highlighted
        if node is not None and node.children:
            self._set_open(self.cursor_row, not self._rows.is_open(node))

    def _set_open(self, row: int, is_open: bool) -> None:
        self._rows.set_open(row, is_open)
        self.resize_rows(self.virtual_size.width)
        self.repaint()

    def row_activated(self, row: int) -> None:
        """A folder opens or closes; of anything else the owner is told."""
        node = self._rows.nodes[row]
        if node.children:
            self._set_open(row, not self._rows.is_open(node))
        elif node.children is None:
            self.post_message(self.Activated(self, node))

    def row_clicked(self, row: int, part: str | None, event: events.Click) -> None:
        """A click on the arrow opens or closes at once."""
        if part == ARROW_PART:
            self.cursor_row = row
            self.action_toggle_folder()
        else:
            super().row_clicked(row, part, event)

    def cursor_moved(self, row: int) -> None:
        """Remember the path, and tell about it."""
        self._path = self._rows.nodes[row].path
        self._tell()

    def _tell(self) -> None:
        self.post_message(self.Highlighted(self, self.highlighted))

    # Painting

    @property
    def row_count(self) -> int:
        """The visible rows."""
        return len(self._rows.nodes)

    def visible_nodes(self) -> list[Node]:
        """Those that are on the screen."""
        top = self.scroll_offset.y
        return self._rows.nodes[top : top + self.scrollable_content_region.height]

    def row_state(self, row: int) -> Hashable:
        """What is found out about a row comes later than the row."""
        return row == self.cursor_row, self.look_into(self._rows.nodes[row])

    def paint_row(self, row: int, scroll_x: int, width: int) -> Strip:
        """Kind, indented name, figures at the right edge; only the name scrolls sideways."""
        node, depth = self._rows.nodes[row], self._rows.depths[row]
        known, is_open = self.look_into(node), self._rows.is_open(node)
        parts = row_parts(node, depth, row=known, is_open=is_open, match=self._match, style=self.component_style)
        right = [parts.size]
        if self._written_by is not None:
            right = written_by_parts(node, self._written_by, self.component_style, wide=width >= WIDE_CELLS)
        right_cells = sum(cell_len(part.text) for part in right)
        self.widen_rows(MARK_CELLS + parts.name.cell_length + right_cells)
        name = window(parts.name, scroll_x, max(0, width - MARK_CELLS - right_cells))
        pointer = "›" if row == self.cursor_row else " "
        strip = Strip([Segment(parts.mark.text + pointer, parts.mark.style), *name, *right])
        if row == self.cursor_row:
            strip = self.under_cursor(strip.adjust_cell_length(width, Style.null()))
        return strip
