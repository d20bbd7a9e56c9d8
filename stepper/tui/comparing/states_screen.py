"""The states after two steps held against each other: the tree of differences, and each file's own."""

from typing import TYPE_CHECKING

from textual.content import Content

from stepper.debugger.state import StepRecord
from stepper.errors import StepperError
from stepper.image.comparison import differences, growth
from stepper.image.layer import Layer, Listing
from stepper.text import printable
from stepper.tui.changes_summary import changes_summary
from stepper.tui.comparing.content_reader import ContentReader
from stepper.tui.comparing.differences_screen import DIFFERENCE, TIMES, DifferencesScreen
from stepper.tui.controller import Controller
from stepper.tui.path_looks import PathLooks
from stepper.tui.tree_screen import BACK, TREE_KEYS
from stepper.tui.widgets.change_nodes import Node
from stepper.tui.widgets.collector import collector_paused
from stepper.tui.wording import step_text

if TYPE_CHECKING:
    from stepper.debugger.session import Session


class StatesScreen(DifferencesScreen):
    """What turns the state after `before` into that after `record`; Enter on a file shows its difference.

    Files of which only the time is known to be another are read once the tree stands, as far as they are not too many.
    """

    keys = (DIFFERENCE, *TREE_KEYS, TIMES, BACK)

    def __init__(self, controller: Controller, before: StepRecord, record: StepRecord) -> None:
        super().__init__()
        self._controller = controller
        self._before = before
        self._record = record
        looks = PathLooks(
            self.tree_view,
            controller,
            lambda: record,
            lambda: self.show_details(self.tree_view.highlighted),
            against=before,
        )
        self.tree_view.look_into = looks.look_into
        self._attributes = looks.attributes
        self._reader = ContentReader(controller, before.id, record.id, self._is_shown, self._read)

    def on_mount(self) -> None:
        """Have both listed."""
        self.tree_view.show(None, nothing="Listing the files …")
        self.title_view.update(self._title_text(Content("")))
        self._controller.look(self._work)

    def activated(self, node: Node) -> None:
        """Show the difference of a file."""
        if node.change is None or node.is_directory:
            return
        from stepper.tui.file.screen import FileScreen

        screen = FileScreen(self._controller, self._record, node.path, node.entry, node.change, against=self._before)
        self.app.push_screen(screen)

    def details_of(self, node: Node) -> str:
        """With what a look into the file tells."""
        # Of the path at the cursor it is looked for, however little it is worth a look among others.
        self._attributes(node)
        return super().details_of(node)

    def _work(self, session: "Session") -> None:
        if not self.is_attached:
            return
        try:
            with collector_paused():
                before = session.snapshots.listing(self._before.id)
                after = session.snapshots.listing(self._record.id)
                found = differences(before, after)
        except StepperError as error:
            self.call_later(self.tree_view.show, None, nothing=str(error))
        else:
            self.call_later(self._listed, before, after, found)

    def _listed(self, before: Listing, after: Listing, found: Layer) -> None:
        self.show_differences(found)
        self._reader.start(before, after, found)

    def _read(self, found: Layer, left: int) -> None:
        self.call_later(self._contents_read, found, left)

    def _contents_read(self, found: Layer, left: int) -> None:
        self.note = f"{left:,} not read: content or time" if left else ""
        self.show_differences(found)

    def _is_shown(self) -> bool:
        return self.is_attached

    def update_title(self, found: Layer, note: str) -> None:
        """Both steps, what differs between them, and what is not known of that."""
        summary = changes_summary(found, growth(found))
        self.title_view.update(self._title_text(Content.assemble(summary, (f"  {note}", "$text-muted"))))

    def _title_text(self, summary: Content) -> Content:
        return Content.assemble(
            ("from  ", "$text-muted"),
            (f"{printable(step_text(self._before))}\n", "bold"),
            ("to    ", "$text-muted"),
            (f"{printable(step_text(self._record))}\n", "bold"),
            summary,
        )
