"""What the tabs of wrapped lines about the step at the cursor have in common."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.message import Message

from stepper.debugger.state import StepRecord
from stepper.tui.controller import Controller
from stepper.tui.image_rows import StepPath
from stepper.tui.step.section import SourceLine
from stepper.tui.tabs.copy import StepChosen
from stepper.tui.tabs.tab import Inspected, InspectorTab
from stepper.tui.widgets.report_view import ReportView, Row
from stepper.tui.widgets.wrapped_report import WrappedReport

NO_STEP = "No instruction is at the cursor"


class LineChosen(Message):
    """The user wants to look at a line of the Dockerfile."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


class ReportTab(InspectorTab):
    """Lines about the step at the cursor, whether it has run or not. A subclass gives them in `rows`."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._view = WrappedReport(id=self.panel.id)

    def compose(self) -> ComposeResult:
        """The view."""
        yield self._view

    @property
    def view(self) -> WrappedReport:
        """The lines."""
        return self._view

    def rows(self, inspected: Inspected, record: StepRecord) -> Sequence[Row]:
        """The lines about a step, of what is known by now."""
        raise NotImplementedError

    def subject(self, inspected: Inspected) -> StepRecord | None:
        """The step at the cursor."""
        return inspected.at_cursor or inspected.record

    def draw(self, inspected: Inspected) -> None:
        """Show what is known of the step."""
        record = self.subject(inspected)
        self._view.show(self.rows(inspected, record) if record is not None else (), nothing=NO_STEP)

    @on(ReportView.Chosen)
    def _chosen(self, event: ReportView.Chosen) -> None:
        event.stop()
        if isinstance(event.target, StepPath):
            self.post_message(StepChosen(event.target.step, event.target.path))
        elif isinstance(event.target, SourceLine):
            self.post_message(LineChosen(event.target.line))
