"""The Image tab: the image as it is after a step, every layer as a bar, and the bytes that nobody sees."""

import asyncio
from collections.abc import Hashable

from textual import on
from textual.app import ComposeResult

from stepper.debugger.image_so_far import image_so_far
from stepper.debugger.provenance import steps_below
from stepper.debugger.state import SessionState, StepRecord
from stepper.tui.controller import Controller
from stepper.tui.image_rows import StepPath, image_rows
from stepper.tui.panels import Panel
from stepper.tui.tabs.copy import StepChosen
from stepper.tui.tabs.tab import Inspected, InspectorTab
from stepper.tui.widgets.report_view import ReportView

AT_ONCE = 3000
"""Changed paths up to which it is worked out at once; more are worked out by a thread."""


class ImageTab(InspectorTab):
    """The report and nothing else."""

    panel = Panel.IMAGE

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._view = ReportView(id=self.panel.id)
        self._drawn: Hashable = None

    def compose(self) -> ComposeResult:
        """The view."""
        yield self._view

    @property
    def view(self) -> ReportView:
        """The report."""
        return self._view

    def draw(self, inspected: Inspected) -> None:
        """Show the image after the step, in a thread where many paths have to be looked at."""
        state, record = inspected.state, inspected.record
        if record is None:
            self._drawn = None
            self._view.show((), nothing="Nothing has run yet")
            return
        steps = steps_below(state, record.id)
        key = (record.id, steps, _builders_of(state))
        if key == self._drawn:
            return
        self._drawn = key
        count = sum(len(step.layer.changes) for step in steps if step.layer is not None)
        if count <= AT_ONCE:
            self._view.show(image_rows(image_so_far(state, record.id)), nothing="The empty image")
        else:
            self.run_worker(self._show_apart(key, state, record), group="image", exclusive=True)

    async def _show_apart(self, key: Hashable, state: SessionState, record: StepRecord) -> None:
        rows = await asyncio.to_thread(lambda: image_rows(image_so_far(state, record.id)))
        if key == self._drawn:
            self._view.show(rows, nothing="The empty image")

    @on(ReportView.Chosen)
    def _chosen(self, event: ReportView.Chosen) -> None:
        event.stop()
        if isinstance(event.target, StepPath):
            self.post_message(StepChosen(event.target.step, event.target.path))


def _builders_of(state: SessionState) -> Hashable:
    """What the sizes of other stages depend on."""
    return tuple((record.id, record.size) for record in state.steps)
