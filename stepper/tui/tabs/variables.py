"""The Variables tab: what the instruction at the cursor sees, with where each value comes from."""

from collections.abc import Sequence

from stepper.debugger.state import StepRecord
from stepper.tui.panels import Panel
from stepper.tui.tabs.report_tab import ReportTab
from stepper.tui.tabs.tab import Inspected
from stepper.tui.widgets.report_view import Row


class VariablesTab(ReportTab):
    """The lines and nothing else."""

    panel = Panel.VARIABLES

    def rows(self, inspected: Inspected, record: StepRecord) -> Sequence[Row]:
        """The variables at the step."""
        return ()
