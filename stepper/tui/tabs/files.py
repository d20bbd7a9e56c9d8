"""The Files tab: the whole filesystem as it stands after a step, with the step that wrote each file last."""

from textual.app import ComposeResult
from textual.timer import Timer

from stepper.errors import StepperError
from stepper.tui.controller import Controller
from stepper.tui.panels import Panel
from stepper.tui.state_files import StateFiles, StateFilesStore
from stepper.tui.tabs.path_tab import PathTab
from stepper.tui.tabs.tab import Inspected
from stepper.tui.wording import place_text

SETTLE_SECONDS = 0.08
"""How long the cursor rests on a step before its files are listed."""
BASE = "base"
"""Who wrote what no step wrote, in the room that there is in a row."""


class FilesTab(PathTab):
    """The tree, and what is known of the path under its cursor."""

    panel = Panel.FILES

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._store = StateFilesStore(controller, self.show_again)
        self._settling: Timer | None = None

    def compose(self) -> ComposeResult:
        """One above the other."""
        yield self._tree
        yield self._details

    def draw(self, inspected: Inspected) -> None:
        """Show the files after the step, asked for once the cursor rests there."""
        if self._settling is not None:
            self._settling.stop()
        record = inspected.record
        if record is None:
            self._tree.show_listing(None, nothing="Nothing has run yet")
            return
        files = self._store.of(inspected.state, record)
        if files is None:
            self._tree.show_listing(None, nothing="Listing the files …")
            self._settling = self.set_timer(SETTLE_SECONDS, lambda: self._store.ask(inspected.state, record))
        elif isinstance(files, StepperError):
            self._tree.show_listing(None, nothing=str(files))
        else:
            self._tree.show_listing(files.listing, written_by=lambda path: _writer(files, path))
        self._details.show(inspected, self._tree.highlighted)


def _writer(files: StateFiles, path: str) -> str:
    if files.writers is None:
        return ""
    record = files.writers.get(path)
    return BASE if record is None else place_text(record).partition(" ·")[0]
