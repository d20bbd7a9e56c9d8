"""The Step tab: all that is known of the step at the cursor besides its files, one section after the other."""

from collections.abc import Sequence

from stepper.debugger.state import StepRecord
from stepper.tui.controller import Controller
from stepper.tui.panels import Panel
from stepper.tui.step.call_stack import CallStackSection
from stepper.tui.step.commands import CommandsSection
from stepper.tui.step.failure import FailureSection
from stepper.tui.step.outcome import OutcomeSection
from stepper.tui.step.section import Section
from stepper.tui.step.why import WhySection
from stepper.tui.tabs.report_tab import ReportTab
from stepper.tui.tabs.tab import Inspected
from stepper.tui.widgets.report_view import Row

SECTIONS: tuple[type[Section], ...] = (
    OutcomeSection,
    WhySection,
    FailureSection,
    CommandsSection,
    CallStackSection,
)
"""In the order in which they stand in the panel."""


class StepTab(ReportTab):
    """The sections that have something to say."""

    panel = Panel.STEP

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._sections = tuple(section(controller, self.show_again) for section in SECTIONS)

    def rows(self, inspected: Inspected, record: StepRecord) -> Sequence[Row]:
        """The lines of all sections."""
        return [row for section in self._sections for row in section.rows(inspected.state, record)]
