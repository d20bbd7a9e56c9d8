"""What screens of a tree of paths have in common: sorting, filtering, opening, and the keys for that."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from stepper.image.xattr_text import xattrs_text
from stepper.tui.find_bar import FILTER_HINT, FindBar, TreeFilter
from stepper.tui.widgets.change_nodes import Node
from stepper.tui.widgets.change_text import describe
from stepper.tui.widgets.change_tree import ChangeTree
from stepper.tui.widgets.key_labels import Key, KeyLine

TREE_KEYS: tuple[Key, ...] = (
    ("S", "sort", "sort"),
    ("f", "list", "flatten"),
    ("E", "expand", "expand"),
    ("/", "filter", "filter"),
)
BACK: Key = ("Esc", "back", "close")
_SPARE = ("expand", "flatten", "sort")
"""What is left out first where there is no room for all keys."""


class TreeScreen(Screen[None]):
    """A title, a tree, what is known of the path under the cursor, and the `keys`.

    A subclass shows something in `tree_view`, and says in `activated` what Enter on a file does.
    """

    keys: ClassVar[tuple[Key, ...]] = (*TREE_KEYS, BACK)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False),
        Binding("q", "close", "Close", show=False),
        Binding("S", "sort", "By name, or the largest first", show=False),
        Binding("f", "flatten", "A tree, or a list of paths", show=False),
        Binding("E", "expand", "Open all folders", show=False),
        Binding("C", "collapse", "Close all folders", show=False),
        Binding("slash", "filter", "Filter", show=False),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    DEFAULT_CSS = """
    TreeScreen {
        & > #tree-title { height: auto; padding: 0 1; background: $panel; }
        & > #tree-keys { padding: 0 1; background: $panel; }
        & > #tree-keys { link-style: none; link-color: $foreground; link-background-hover: $panel; }
        & > #tree { height: 1fr; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.tree_view = ChangeTree(id="tree")
        self.title_view = Static("", id="tree-title", markup=False)
        self._details = Static("", classes="path-details", markup=False)

    def compose(self) -> ComposeResult:
        """One above the other."""
        yield self.title_view
        yield self.tree_view
        yield self._details
        yield KeyLine(self.keys, _SPARE, id="tree-keys")

    def on_mount(self) -> None:
        """The tree has the keys."""
        self._details.display = False
        self.tree_view.focus()

    def activated(self, node: Node) -> None:
        """Enter on a file."""

    def details_of(self, node: Node) -> str:
        """What is known of the path under the cursor; "" for nothing."""
        row = self.tree_view.look_into(node)
        return "\n".join(filter(None, (describe(node, row), xattrs_text(*row.xattrs))))

    @on(ChangeTree.Activated)
    def _activated(self, event: ChangeTree.Activated) -> None:
        event.stop()
        self.activated(event.node)

    @on(ChangeTree.Highlighted)
    def _highlighted(self, event: ChangeTree.Highlighted) -> None:
        event.stop()
        self.show_details(event.node)

    def show_details(self, node: Node | None) -> None:
        """Show what is known of a path by now."""
        text = self.details_of(node) if node is not None else ""
        self._details.display = bool(text)
        self._details.update(text)

    def action_sort(self) -> None:
        """By name, or the largest first."""
        self.tree_view.toggle_sort()

    def action_flatten(self) -> None:
        """A tree, or a list of whole paths."""
        self.tree_view.toggle_flat()

    def action_expand(self) -> None:
        """Open all folders."""
        self.tree_view.expand_all()

    def action_collapse(self) -> None:
        """Close all folders."""
        self.tree_view.collapse_all()

    def action_filter(self) -> None:
        """Filter the tree."""
        self._end_filter()
        self.mount(FindBar(TreeFilter(self.tree_view), self.tree_view, FILTER_HINT), after=self._details)

    def action_close(self) -> None:
        """End a filter, else go back."""
        if not self._end_filter():
            self.leave()

    def leave(self) -> None:
        """Go back."""
        self.dismiss()

    def _end_filter(self) -> bool:
        bars = list(self.query(FindBar))
        for bar in bars:
            bar.action_close()
        return bool(bars)
