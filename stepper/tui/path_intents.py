"""What the user can ask for in the trees of paths: the effects of those commands, see `stepper.tui.commands`."""

from typing import TYPE_CHECKING

from stepper.tui.path_history import writer_before
from stepper.tui.widgets.change_tree import ChangeTree
from stepper.tui.wording import place_text

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

    def flatten(self) -> None:
        """Change between a tree and a list of whole paths."""
        tree = self._focused_tree()
        tree.toggle_flat()
        self._screen.flash("A list of whole paths" if tree.flat else "A tree of folders")

    def go_to_writer(self) -> None:
        """Move the cursor of the Dockerfile to the step that wrote the path before."""
        screen = self._screen
        inspected = screen.inspector.inspected
        tree = screen.inspector.tree_of(screen.inspector.tree_panel)
        node = tree.highlighted if tree is not None else None
        if tree is None or node is None or inspected.record is None:
            screen.flash("No path is chosen: go to one in Changes or Files first")
            return
        written = writer_before(inspected.state, inspected.record.id, node.path)
        if written is None:
            screen.flash("This step is where it comes from")
            return
        record, path = written
        line = inspected.state.record(record.id._replace(trigger=0)).instruction.line
        screen.source.move_to(line)
        tree.reveal(path)
        screen.flash(f"At {place_text(record)}, which wrote it before")

    def _focused_tree(self) -> ChangeTree:
        inspector = self._screen.inspector
        panel = inspector.tree_panel
        self._screen.focus_panel(panel)
        tree = inspector.tree_of(panel)
        assert tree is not None, "tree_panel gives a panel with a tree"
        return tree
