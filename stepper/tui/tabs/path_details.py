"""What is known of the path under the cursor of a tree: its history, and below that its figures."""

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from stepper.debugger.provenance import history_of, is_known
from stepper.debugger.state import StepRecord
from stepper.image.layer import Change
from stepper.tui.controller import Controller
from stepper.tui.file_attributes import FileAttributesStore, attributes_text, has_attributes
from stepper.tui.path_history import history_text
from stepper.tui.tabs.tab import Inspected
from stepper.tui.widgets.change_nodes import Node
from stepper.tui.widgets.change_text import describe

SETTLE_SECONDS = 0.15
"""How long the cursor rests on a file before it is looked into."""
NOT_KNOWN = "the engine's own builder built it: by which step is not known"


class PathDetails(Static):
    """Hidden while there is no path. What only a look into the file tells is asked for once the cursor rests on it."""

    def __init__(self, controller: Controller) -> None:
        super().__init__("", classes="path-details", markup=False)
        self.display = False
        self._attributes = FileAttributesStore(controller, self._read)
        self._settling: Timer | None = None
        self._shown: tuple[Inspected, Node | None] | None = None

    def show(self, inspected: Inspected, node: Node | None) -> None:
        """Show what is known of a node of the tree of a step."""
        record = inspected.record
        self._shown = inspected, node
        if self._settling is not None:
            self._settling.stop()
        self.display = node is not None and record is not None
        if node is None or record is None:
            return
        lines = [Content.styled(describe(node), "$text-muted")]
        if (change := node.change) is not None or node.entry is not None:
            path = node.path if change is None else change.path
            state = inspected.state
            known = is_known(state, record.id)
            told = [history_text(state, history_of(state, record.id, path)) if known else NOT_KNOWN]
            if has_attributes(record, node.entry, change):
                # There is no room for another line; what is known of few files goes before what is known of all.
                told.insert(0, self._attributes_text(record, path, change))
            lines.insert(0, Content(" · ".join(filter(None, told))))
        self.update(Content("\n").join(lines), layout=False)

    def _attributes_text(self, record: StepRecord, path: str, change: Change | None) -> str:
        found = self._attributes.of(record, path)
        if found is not None:
            return attributes_text(found)
        self._settling = self.set_timer(SETTLE_SECONDS, lambda: self._attributes.ask(record, path, change))
        return ""

    def _read(self) -> None:
        self.call_later(self._show_again)

    def _show_again(self) -> None:
        if self._shown is not None and self.display:
            self.show(*self._shown)
