"""The Changes tab: what a step did to the filesystem, for FROM the files of the base image."""

from textual.app import ComposeResult
from textual.timer import Timer
from textual.widgets import Static

from stepper.debugger.state import StepRecord
from stepper.errors import StepperError
from stepper.image.layer import EMPTY_LAYER, Layer
from stepper.tui.base_layers import BaseLayers
from stepper.tui.changes_summary import nothing_text, step_summary
from stepper.tui.controller import Controller
from stepper.tui.panels import Panel
from stepper.tui.tabs.path_tab import PathTab
from stepper.tui.tabs.tab import Inspected

SETTLE_SECONDS = 0.15
"""How long the cursor rests on a FROM before its files are listed."""


class ChangesTab(PathTab):
    """A summary in one line, the tree, and what is known of the path under its cursor."""

    panel = Panel.CHANGES

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._summary = Static("", id="changes-summary")
        self._base_layers = BaseLayers(controller, self.show_again)
        self._settling: Timer | None = None
        self._drawn: tuple[StepRecord | None, Layer | StepperError | None] = (None, EMPTY_LAYER)

    def compose(self) -> ComposeResult:
        """One above the other."""
        yield self._summary
        yield self._tree
        yield self._details

    def draw(self, inspected: Inspected) -> None:
        """Show the layer of the step."""
        record = inspected.record
        if self._settling is not None:
            self._settling.stop()
        layer = self._layer_of(record) if record is not None else None
        if (record, layer) == self._drawn:
            return
        self._drawn = (record, layer)
        self._summary.display = isinstance(layer, Layer) and bool(layer.changes)
        if record is None:
            self._tree.show(None, nothing="Nothing has run yet")
            return
        if isinstance(layer, StepperError):
            self._tree.show(None, nothing=str(layer))
            return
        self._summary.update(step_summary(record, layer) if layer is not None else "")
        self._tree.show(layer, nothing=nothing_text(record, layer))

    def _layer_of(self, record: StepRecord) -> Layer | StepperError | None:
        """The record's own layer, or for FROM the base image's files, asked for once the cursor rests there."""
        if record.layer is not None:
            return record.layer
        if not record.ran:
            return EMPTY_LAYER
        layer = self._base_layers.of(record)
        if layer is None:
            self._settling = self.set_timer(SETTLE_SECONDS, lambda: self._base_layers.ask(record))
        return layer
