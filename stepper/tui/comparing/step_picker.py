"""Picks a step that has run, to compare with."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from stepper.debugger.state import SessionState, StepRecord
from stepper.engine.step import StepId
from stepper.text import printable
from stepper.tui.wording import step_text


def steps_to_compare(state: SessionState, record: StepRecord) -> tuple[StepRecord, ...]:
    """The other steps that have run, in file order."""
    return tuple(each for each in state.steps if each.after is not None and each.id != record.id)


class StepPicker(ModalScreen[StepId | None]):
    """A list of the steps to compare a step with; gives the chosen one's id, None when there is no choice."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "Close", show=False),
        Binding("j", "down", "Down", show=False),
        Binding("k", "up", "Up", show=False),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    DEFAULT_CSS = """
    StepPicker {
        align: center middle;
        background: $background 60%;
        & > #step-picker {
            width: 90; max-width: 94%; height: auto; max-height: 80%;
            border: round $border; background: $surface;
        }
    }
    """

    def __init__(self, state: SessionState, record: StepRecord) -> None:
        super().__init__()
        self._state = state
        self._record = record
        self._steps = steps_to_compare(state, record)

    def compose(self) -> ComposeResult:
        """The list."""
        options = [Option(self._told(step)) for step in self._steps]
        steps = OptionList(*options, id="step-picker", markup=False)
        steps.border_title = f"Compare {printable(step_text(self._record))} with"
        steps.border_subtitle = "Enter compares · Esc closes"
        yield steps

    def on_mount(self) -> None:
        """Start at the step before."""
        before = [index for index, step in enumerate(self._steps) if step.id < self._record.id]
        self.query_one(OptionList).highlighted = before[-1] if before else 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A step is chosen."""
        self.dismiss(self._steps[event.option_index].id)

    def action_cancel(self) -> None:
        """No choice."""
        self.dismiss(None)

    def action_down(self) -> None:
        """One step down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """One step up."""
        self.query_one(OptionList).action_cursor_up()

    def _told(self, step: StepRecord) -> Content:
        stage = ""
        dockerfile = self._state.dockerfile
        if dockerfile is not None and step.id == self._state.stage_steps(step.id.stage)[-1].id:
            stage = f"  the end of {printable(dockerfile.stages[step.id.stage].label)}"
        return Content.assemble(f" {printable(step_text(step))}", (stage, "$text-accent"))
