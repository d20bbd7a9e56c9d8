"""What is known of the path under the cursor of a tree: its history, and below that its figures."""

from collections.abc import Callable

from textual.content import Content
from textual.widgets import Static

from stepper.debugger.provenance import history_of, is_known
from stepper.tui.path_history import history_text
from stepper.tui.tabs.tab import Inspected
from stepper.tui.widgets.change_nodes import Node
from stepper.tui.widgets.change_text import describe
from stepper.tui.widgets.path_tree import LookInto

NOT_KNOWN = "the engine's own builder built it: by which step is not known"


class PathDetails(Static):
    """Hidden while there is no path. `attributes` gives the extended attributes of a node, `look_into` all else that is
    known of it by now.
    """

    def __init__(self, attributes: Callable[[Node], str], look_into: LookInto) -> None:
        super().__init__("", classes="path-details", markup=False)
        self.display = False
        self._attributes = attributes
        self._look_into = look_into
        self._shown: tuple[Inspected, Node | None] | None = None

    def show(self, inspected: Inspected, node: Node | None) -> None:
        """Show what is known of a node of the tree of a step."""
        record = inspected.record
        self._shown = inspected, node
        self.display = node is not None and record is not None
        if node is None or record is None:
            return
        lines = [Content.styled(describe(node, self._look_into(node)), "$text-muted")]
        if (change := node.change) is not None or node.entry is not None:
            path = node.path if change is None else change.path
            state = inspected.state
            known = is_known(state, record.id)
            told = [history_text(state, history_of(state, record.id, path)) if known else NOT_KNOWN]
            # There is no room for another line; what is known of few files goes before what is known of all.
            told.insert(0, self._attributes(node))
            lines.insert(0, Content(" · ".join(filter(None, told))))
        self.update(Content("\n").join(lines), layout=False)

    def show_again(self) -> None:
        """Show what is known by now."""
        if self._shown is not None and self.display:
            self.show(*self._shown)
