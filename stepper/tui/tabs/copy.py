"""The Copy tab: what the COPY or ADD at the cursor copies, before it runs as a preview and after it as a record."""

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from stepper.debugger.state import StepRecord
from stepper.engine.copy_record import CopiedFile
from stepper.engine.step import StepId
from stepper.errors import StepperError
from stepper.tui.controller import Controller
from stepper.tui.copy_reports import CopyReportStore, is_copy
from stepper.tui.copy_text import summary_text
from stepper.tui.panels import Panel
from stepper.tui.tabs.tab import Inspected, InspectorTab
from stepper.tui.widgets.copy_view import CopyView

SETTLE_SECONDS = 0.1
"""How long the cursor rests on a COPY before it is worked out."""


class StepChosen(Message):
    """The user wants to look at a step, and there at a path."""

    def __init__(self, step: StepId, path: str) -> None:
        super().__init__()
        self.step = step
        self.path = path


class CopyTab(InspectorTab):
    """A summary in one line, the files, and what is known of the one under the cursor."""

    panel = Panel.COPY

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._summary = Static("", id="copy-summary", markup=False)
        self._view = CopyView(id=self.panel.id)
        self._details = Static("", id="copy-details", classes="path-details", markup=False)
        self._details.display = False
        self._store = CopyReportStore(controller, self.show_again)
        self._settling: Timer | None = None

    def compose(self) -> ComposeResult:
        """One above the other."""
        yield self._summary
        yield self._view
        yield self._details

    @property
    def view(self) -> CopyView:
        """The files."""
        return self._view

    def draw(self, inspected: Inspected) -> None:
        """Show what the step at the cursor copies, worked out once the cursor rests there."""
        if self._settling is not None:
            self._settling.stop()
        record = _subject(inspected)
        if record is None:
            self._say("No COPY or ADD is at the cursor")
            return
        report = self._store.of(inspected.state, record)
        if report is None:
            self._say("Looking at what it copies …")
            self._settling = self.set_timer(SETTLE_SECONDS, lambda: self._store.ask(inspected.state, record))
        elif isinstance(report, StepperError):
            self._say(str(report))
        else:
            self._summary.display = True
            self._summary.update(summary_text(report, record))
            self._view.show(report)

    def _say(self, text: str) -> None:
        self._summary.display = False
        self._view.show(None, nothing=text)

    @on(CopyView.Highlighted)
    def _highlighted(self, event: CopyView.Highlighted) -> None:
        event.stop()
        text = self._view.details
        self._details.display = bool(text)
        self._details.update(text)

    @on(CopyView.Activated)
    def _activated(self, event: CopyView.Activated) -> None:
        event.stop()
        self.go_to_maker()

    def go_to_maker(self) -> bool:
        """Go to the step of the source stage that the file under the cursor is from; False where there is none."""
        report, file = self._view.report, self._view.highlighted
        maker = report.maker(file) if report is not None and isinstance(file, CopiedFile) else None
        if maker is None or not isinstance(file, CopiedFile):
            return False
        self.post_message(StepChosen(maker.id, file.source))
        return True


def _subject(inspected: Inspected) -> StepRecord | None:
    """The step at the cursor where that copies, else the one that is looked at: a trigger below it, perhaps."""
    for record in (inspected.at_cursor, inspected.record):
        if record is not None and is_copy(record):
            return record
    return None
