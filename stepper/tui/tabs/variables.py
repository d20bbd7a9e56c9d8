"""The Variables tab: what the instruction at the cursor sees, with where each value comes from."""

from collections.abc import Hashable, Sequence

from stepper.debugger.state import StepRecord
from stepper.errors import StepperError
from stepper.tui.controller import Controller
from stepper.tui.panels import Panel
from stepper.tui.tabs.report_tab import ReportTab
from stepper.tui.tabs.tab import Inspected
from stepper.tui.widgets.report_view import Part, Row


class VariablesTab(ReportTab):
    """The lines and nothing else."""

    panel = Panel.VARIABLES

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._drawn: Hashable = None
        self._rows: Sequence[Row] = ()

    def rows(self, inspected: Inspected, record: StepRecord) -> Sequence[Row]:
        """The variables at the step."""
        from stepper.tui.variable_rows import variable_rows  # Not before somebody looks at them.

        state = inspected.state
        key = record.id, id(state.dockerfile), tuple(each.status for each in state.steps)
        if key == self._drawn:
            return self._rows
        try:
            variables = self.controller.variables(record)
        except StepperError as error:
            return (Row(("error",), (Part(str(error), "warning"),)),)
        if variables is None:
            return ()
        self._drawn, self._rows = key, variable_rows(variables)
        return self._rows
