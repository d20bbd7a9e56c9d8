"""The states after two steps held against each other: the tree of differences, and each file's own."""

from typing import TYPE_CHECKING

from textual.content import Content

from stepper.debugger.state import StepRecord
from stepper.errors import StepperError
from stepper.image.comparison import state_differences
from stepper.image.layer import Layer
from stepper.text import printable
from stepper.tui.changes_summary import changes_summary
from stepper.tui.controller import Controller
from stepper.tui.tree_screen import BACK, TREE_KEYS, TreeScreen
from stepper.tui.widgets.change_nodes import Node
from stepper.tui.widgets.collector import collector_paused
from stepper.tui.wording import step_text

if TYPE_CHECKING:
    from stepper.debugger.session import Session


class StatesScreen(TreeScreen):
    """What turns the state after `before` into that after `record`; Enter on a file shows its difference."""

    keys = (("Enter", "difference", "open"), *TREE_KEYS, BACK)

    def __init__(self, controller: Controller, before: StepRecord, record: StepRecord) -> None:
        super().__init__()
        self._controller = controller
        self._before = before
        self._record = record

    def on_mount(self) -> None:
        """Have both listed in the session's thread."""
        waits = self._controller.busy
        self.tree_view.show(None, nothing="Waits for the running step …" if waits else "Listing the files …")
        self.title_view.update(self._title_text(Content("")))
        self._controller.background(self._work)

    def activated(self, node: Node) -> None:
        """Show the difference of a file."""
        if node.change is None or node.is_directory:
            return
        from stepper.tui.file.screen import FileScreen

        screen = FileScreen(self._controller, self._record, node.path, node.entry, node.change, against=self._before)
        self.app.push_screen(screen)

    def action_open(self) -> None:
        """As Enter."""
        if self.tree_view.highlighted is not None:
            self.activated(self.tree_view.highlighted)

    def _work(self, session: "Session") -> None:
        if not self.is_attached:
            return
        try:
            with collector_paused():
                before = session.snapshots.listing(self._before.id)
                found = state_differences(before, session.snapshots.listing(self._record.id))
        except StepperError as error:
            self.call_later(self.tree_view.show, None, nothing=str(error))
        else:
            self.call_later(self._show, found)

    def _show(self, found: Layer) -> None:
        self.title_view.update(self._title_text(changes_summary(found)))
        self.tree_view.show(found, nothing="Their files are the same")

    def _title_text(self, summary: Content) -> Content:
        return Content.assemble(
            ("from  ", "$text-muted"),
            (f"{printable(step_text(self._before))}\n", "bold"),
            ("to    ", "$text-muted"),
            (f"{printable(step_text(self._record))}\n", "bold"),
            summary,
        )
