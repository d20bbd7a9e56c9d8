"""The Step tab: all that is known of the step at the cursor besides its files, one section after the other."""

from collections.abc import Sequence
from functools import cached_property

from stepper.debugger.state import StepRecord
from stepper.tui.panels import Panel
from stepper.tui.step.section import Section
from stepper.tui.tabs.report_tab import ReportTab
from stepper.tui.tabs.tab import Inspected
from stepper.tui.widgets.report_view import Row


class StepTab(ReportTab):
    """The sections that have something to say."""

    panel = Panel.STEP

    @cached_property
    def _sections(self) -> tuple[Section, ...]:
        from stepper.tui.step.sections import SECTIONS  # Not before somebody looks at them.

        return tuple(section(self.controller, self.show_again) for section in SECTIONS)

    def rows(self, inspected: Inspected, record: StepRecord) -> Sequence[Row]:
        """The lines of all sections."""
        return [row for section in self._sections for row in section.rows(inspected.state, record)]
