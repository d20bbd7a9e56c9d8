"""What the user can ask for in the trees of paths: the effects of commands of `stepper.tui.commands`."""

from typing import TYPE_CHECKING, NamedTuple

from stepper.debugger.provenance import change_at
from stepper.debugger.state import StepRecord
from stepper.image.layer import ChangeKind
from stepper.text import printable
from stepper.tui.breakpoints.intents import BreakpointIntents
from stepper.tui.controller import Controller
from stepper.tui.panels import Panel
from stepper.tui.path_history import writer_before
from stepper.tui.tabs.copy import CopyTab
from stepper.tui.tabs.tab import Inspected
from stepper.tui.widgets.change_nodes import Node
from stepper.tui.widgets.change_tree import ChangeTree
from stepper.tui.wording import place_text

if TYPE_CHECKING:
    from stepper.tui.main_screen import MainScreen


class _Chosen(NamedTuple):
    """What a command for one path is about."""

    inspected: Inspected
    record: StepRecord
    node: Node
    tree: ChangeTree


class PathIntents:
    """They work on the inspector's tab that is shown where that has a tree, else on Changes."""

    def __init__(self, screen: "MainScreen", controller: Controller) -> None:
        self._screen = screen
        self._controller = controller

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
        copy = self._screen.inspector.tab(Panel.COPY)
        if self._screen.panel is Panel.COPY and isinstance(copy, CopyTab):
            if not copy.go_to_maker():
                self._screen.flash("It is from no stage of this Dockerfile")
            return
        chosen = self._chosen()
        if chosen is None:
            return
        inspected, record, node, tree = chosen
        screen = self._screen
        written = writer_before(inspected.state, record.id, node.path)
        if written is None:
            screen.flash("This step is where it comes from")
            return
        wrote, path = written
        line = inspected.state.record(wrote.id._replace(trigger=0)).instruction.line
        screen.source.move_to(line)
        tree.reveal(path)
        screen.flash(f"At {place_text(wrote)}, which wrote it before")

    def view_file(self) -> None:
        """Open the file on a screen of its own."""
        chosen = self._chosen()
        if chosen is None:
            return
        from stepper.tui.file.screen import FileScreen  # Not before somebody looks at a file.

        if chosen.node.is_directory:
            self._screen.flash("That is a folder: choose a file in it, or D saves all of it")
            return
        record, node = chosen.record, chosen.node
        change = node.change or change_at(record.layer, node.path)
        self._screen.app.push_screen(FileScreen(self._controller, record, node.path, node.entry, change))

    def save(self) -> None:
        """Write the file or folder to the user's disk."""
        chosen = self._chosen()
        if chosen is None:
            return
        if chosen.node.kind is ChangeKind.DELETED:
            self._screen.flash("It is not there any more after this step")
            return
        from stepper.tui.file.save import SaveScreen

        self._screen.app.push_screen(SaveScreen(self._controller, chosen.record, chosen.node.path))

    def watch(self) -> None:
        """Watch the path, or stop watching it."""
        chosen = self._chosen()
        if chosen is not None:
            BreakpointIntents(self._screen, self._controller).watch(chosen.node.path)

    def copy(self) -> None:
        """Put the path on the clipboard."""
        chosen = self._chosen()
        if chosen is not None:
            self._screen.app.copy_to_clipboard(chosen.node.path)
            self._screen.flash(f"Copied {printable(chosen.node.path)}")

    def _chosen(self) -> "_Chosen | None":
        """The path under the cursor, with its step; without one the user is told."""
        inspector = self._screen.inspector
        tree = inspector.tree_of(inspector.tree_panel)
        node = tree.highlighted if tree is not None else None
        if tree is None or node is None or inspector.inspected.record is None:
            self._screen.flash("No path is chosen: go to one in Changes or Files first")
            return None
        return _Chosen(inspector.inspected, inspector.inspected.record, node, tree)

    def _focused_tree(self) -> ChangeTree:
        inspector = self._screen.inspector
        panel = inspector.tree_panel
        self._screen.focus_panel(panel)
        tree = inspector.tree_of(panel)
        assert tree is not None, "tree_panel gives a panel with a tree"
        return tree
