"""The changes of a layer, or a whole filesystem, as a tree with kinds and sizes; quick with 100,000 paths."""

import asyncio
from collections.abc import Callable, Hashable
from functools import partial
from typing import ClassVar, Unpack

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.worker import WorkType

from stepper.image.layer import Layer, Listing
from stepper.tui.widgets.change_nodes import Node, SortBy, layer_tree, listing_tree
from stepper.tui.widgets.change_row import ARROW_PART, row_parts
from stepper.tui.widgets.collector import collector_paused
from stepper.tui.widgets.line_view import (
    CursorView,
    NewestViewMessage,
    ViewMessage,
    WidgetOptions,
    window,
    with_style,
)
from stepper.tui.widgets.tree_cache import TreeCache
from stepper.tui.widgets.visible_rows import OpenFolders, VisibleRows

BUILT_AT_ONCE = 3000
"""Paths up to which a tree is built at once; a larger one is built by a thread."""

MARK_CELLS = 2
_NO_ROOT = Node("", "/", None, None, folder=True)


class ChangeTree(CursorView):
    """A tree of paths. Which folders are open is kept by path when another layer is shown."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "change-tree--added",
        "change-tree--modified",
        "change-tree--deleted",
        "change-tree--folder",
        "change-tree--size",
        "change-tree--note",
        "change-tree--match",
        "change-tree--cursor",
    }

    DEFAULT_CSS = """
    ChangeTree {
        & > .change-tree--added { color: $text-success; }
        & > .change-tree--modified { color: $text-warning; }
        & > .change-tree--deleted { color: $text-error; }
        & > .change-tree--folder { text-style: bold; }
        & > .change-tree--size { color: $text-muted; }
        & > .change-tree--note { color: $text-muted; }
        & > .change-tree--match { text-style: underline bold; }
        & > .change-tree--cursor { background: $block-cursor-blurred-background; text-style: bold; }
        &:focus > .change-tree--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: bold;
        }
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

        def __init__(self, tree: "ChangeTree", node: Node | None) -> None:
            super().__init__(tree)
            self.node = node

    class Activated(ViewMessage):
        """Enter or a double click on something that is no folder."""

        def __init__(self, tree: "ChangeTree", node: Node) -> None:
            super().__init__(tree)
            self.node = node

    def __init__(self, **options: Unpack[WidgetOptions]) -> None:
        super().__init__(**options)
        self._open_folders = OpenFolders()
        self._sort = SortBy.NAME
        self._filter = ""
        self._rows = VisibleRows(_NO_ROOT, self._open_folders)
        self._trees = TreeCache()
        self._wanted: object = None
        self._path = ""
        self._asked = 0

    # What is shown

    def show(self, layer: Layer | None, *, nothing: str = "Nothing changed on disk") -> None:
        """Show a layer; `nothing` is said where it is empty or None."""
        changes = layer.changes if layer is not None else ()
        self._show(layer, len(changes), nothing, lambda: layer_tree(layer) if layer is not None else _NO_ROOT)

    def show_listing(self, listing: Listing | None, *, nothing: str = "No files") -> None:
        """Show a whole filesystem."""
        count = len(listing) if listing is not None else 0
        self._show(listing, count, nothing, lambda: listing_tree(listing) if listing is not None else _NO_ROOT)

    def _show(self, source: object, count: int, nothing: str, build: Callable[[], Node]) -> None:
        if source is self._wanted and source is not None:
            return
        self._wanted = source
        self._asked += 1
        root = self._trees.get(source)
        if root is None and (count <= BUILT_AT_ONCE or not self.is_attached):
            root = self._trees.keep(source, build())
        if root is not None:
            self.placeholder = nothing
            self._use(VisibleRows(root, self._open_folders, sort=self._sort, text=self._filter))
            return
        self._use(VisibleRows(_NO_ROOT, self._open_folders))
        self.placeholder = f"Sorting {count:,} paths …"
        work: WorkType[None] = partial(self._build_apart, self._asked, source, build, nothing)
        self.run_worker(work, group="build", exclusive=True)

    async def _build_apart(self, asked: int, source: object, build: Callable[[], Node], nothing: str) -> None:

        def build_all() -> VisibleRows:
            with collector_paused():
                return VisibleRows(build(), self._open_folders, sort=self._sort, text=self._filter)

        rows = await asyncio.to_thread(build_all)
        if asked == self._asked:
            self._trees.keep(source, rows.root)
            self.placeholder = nothing
            self._use(rows)

    def _use(self, rows: VisibleRows) -> None:
        """Show these rows, with the cursor on the path where it was."""
        self._rows = rows
        self.set_reactive(CursorView.cursor_row, rows.row_of(self._path) or 0)
        self.resize_rows(0)
        self.repaint()
        self.scroll_to_row(self.cursor_row, centre=True)
        self._tell()

    @property
    def highlighted(self) -> Node | None:
        """The node under the cursor."""
        return self._rows.nodes[self.cursor_row] if self._rows.nodes else None

    @property
    def filter_text(self) -> str:
        """The text that all paths shown have in them."""
        return self._filter

    def filter(self, text: str) -> None:
        """Show only paths with that text and the folders above them; "" shows all. With capitals their case counts."""
        if text != self._filter:
            self._filter = text
            self._renew()

    @property
    def sort_by(self) -> SortBy:
        """The order of the rows."""
        return self._sort

    def sort(self, by: SortBy) -> None:
        """Sort the rows of every folder."""
        if by is not self._sort:
            self._sort = by
            self._renew()

    def toggle_sort(self) -> None:
        """By name, by size, by name."""
        self.sort(SortBy.SIZE if self._sort is SortBy.NAME else SortBy.NAME)

    def _renew(self) -> None:
        root = self._rows.root
        if root.count <= BUILT_AT_ONCE or not self.is_attached:
            self._use(VisibleRows(root, self._open_folders, sort=self._sort, text=self._filter))
        else:
            self._asked += 1
            work: WorkType[None] = partial(self._renew_apart, self._asked, root)
            self.run_worker(work, group="build", exclusive=True)

    async def _renew_apart(self, asked: int, root: Node) -> None:
        rows = await asyncio.to_thread(VisibleRows, root, self._open_folders, sort=self._sort, text=self._filter)
        if asked == self._asked:
            self._use(rows)

    def expand_all(self) -> None:
        """Open every folder."""
        self._rows.set_all(True)
        self._use(self._rows)

    def collapse_all(self) -> None:
        """Close every folder."""
        self._rows.set_all(False)
        self._use(self._rows)

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

    def row_state(self, row: int) -> Hashable:
        """The rows move as folders open and close, so the node itself is what a strip is of."""
        return row == self.cursor_row

    def paint_row(self, row: int, scroll_x: int, width: int) -> Strip:
        """Kind, indented name, size at the right edge; only the name scrolls sideways."""
        node, depth = self._rows.nodes[row], self._rows.depths[row]
        parts = row_parts(node, depth, is_open=self._rows.is_open(node), match=self._filter, style=self.component_style)
        size_cells = cell_len(parts.size.text)
        self.widen_rows(MARK_CELLS + parts.name.cell_length + size_cells)
        name = window(parts.name, scroll_x, max(0, width - MARK_CELLS - size_cells))
        pointer = "›" if row == self.cursor_row else " "
        strip = Strip([Segment(parts.mark.text + pointer, parts.mark.style), *name, parts.size])
        if row == self.cursor_row:
            strip = with_style(
                strip.adjust_cell_length(width, Style.null()), self.get_component_rich_style("change-tree--cursor")
            )
        return strip
