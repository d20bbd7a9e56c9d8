"""Picks the state of a step that a shell is opened in."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from stepper.debugger.inspection import ShellPlace
from stepper.debugger.state import StepRecord
from stepper.text import printable
from stepper.tui.wording import step_text

Choice = tuple[StepRecord, ShellPlace]


class ShellPicker(ModalScreen[Choice | None]):
    """A list of states of steps; gives the chosen one, None when there is no choice."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,X", "cancel", "Close", show=False),
        Binding("j", "down", "Down", show=False),
        Binding("k", "up", "Up", show=False),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._choices = choices

    def compose(self) -> ComposeResult:
        """The list."""
        states = OptionList(*map(_option, self._choices), id="shell-picker", classes="picker", markup=False)
        states.border_title = "Open a shell"
        states.border_subtitle = "Enter opens · Esc closes"
        yield states

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A state is chosen."""
        self.dismiss(self._choices[event.option_index])

    def action_cancel(self) -> None:
        """No choice."""
        self.dismiss(None)

    def action_down(self) -> None:
        """One state down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """One state up."""
        self.query_one(OptionList).action_cursor_up()


def _option(choice: Choice) -> Option:
    record, place = choice
    return Option(Content.assemble((f" {place.value:<14}", "bold"), (printable(step_text(record)), "$text-muted")))
