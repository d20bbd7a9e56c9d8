"""The Config tab: the image configuration after a step, with what the step did to it."""

from textual.app import ComposeResult

from stepper.debugger.state import StepRecord
from stepper.tui.controller import Controller
from stepper.tui.panels import Panel
from stepper.tui.tabs.tab import Inspected, InspectorTab
from stepper.tui.widgets.config_view import ConfigView


class ConfigTab(InspectorTab):
    """The configuration and nothing else."""

    panel = Panel.CONFIG

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._view = ConfigView(id=self.panel.id)
        self._drawn: StepRecord | None = None

    def compose(self) -> ComposeResult:
        """The view."""
        yield self._view

    @property
    def view(self) -> ConfigView:
        """The configuration."""
        return self._view

    def draw(self, inspected: Inspected) -> None:
        """Show the configuration after the step, or where it failed before it."""
        record = inspected.record
        if record is None:
            self._view.show(None, None, nothing="Nothing has run yet")
        elif record != self._drawn:
            before = record.before.config if record.before is not None else None
            self._view.show(before, record.after.config if record.after is not None else before)
        self._drawn = record
