"""What the user can ask for in the trees of paths: the effects of those commands, see `stepper.tui.commands`."""

from typing import TYPE_CHECKING

from stepper.tui.widgets.change_tree import ChangeTree

if TYPE_CHECKING:
    from stepper.tui.main_screen import MainScreen


class PathIntents:
    """They work on the inspector's tab that is shown where that has a tree, else on Changes."""

    def __init__(self, screen: "MainScreen") -> None:
        self._screen = screen

    def sort(self) -> None:
        """Change the order of the rows."""
        tree = self._focused_tree()
        tree.toggle_sort()
        self._screen.flash(f"Sorted by {tree.sort_by.value}")

    def expand(self) -> None:
        """Open all folders."""
        self._focused_tree().expand_all()

    def collapse(self) -> None:
        """Close all folders."""
        self._focused_tree().collapse_all()

    def _focused_tree(self) -> ChangeTree:
        inspector = self._screen.inspector
        panel = inspector.tree_panel
        self._screen.focus_panel(panel)
        tree = inspector.tree_of(panel)
        assert tree is not None, "tree_panel gives a panel with a tree"
        return tree
