"""Picks the step to go to from a COPY --from: the files that it copies, with the steps that made them."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from stepper.debugger.step_in_targets import StepInTarget
from stepper.engine.step import StepId
from stepper.text import human_size, printable
from stepper.tui.wording import step_text


class StepInPicker(ModalScreen[StepId | None]):
    """A list of the files, the largest first; gives the step that made the chosen one, None when there is no choice."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,s", "cancel", "Close", show=False),
        Binding("j", "down", "Down", show=False),
        Binding("k", "up", "Up", show=False),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    def __init__(self, targets: Sequence[StepInTarget]) -> None:
        super().__init__()
        self._targets = targets

    def compose(self) -> ComposeResult:
        """The list."""
        files = OptionList(*map(_option, self._targets), id="step-in-picker", markup=False)
        files.border_title = "Step into: who made it"
        files.border_subtitle = "Enter goes · Esc closes"
        yield files

    def on_mount(self) -> None:
        """Start at the largest."""
        self.query_one(OptionList).highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A file is chosen."""
        self.dismiss(self._targets[event.option_index].maker.id)

    def action_cancel(self) -> None:
        """No choice."""
        self.dismiss(None)

    def action_down(self) -> None:
        """One file down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """One file up."""
        self.query_one(OptionList).action_cursor_up()


def _option(target: StepInTarget) -> Option:
    size = human_size(target.size)
    return Option(
        Content.assemble(f" {size:>9}  {printable(target.path)}  ", (printable(step_text(target.maker)), "$text-muted"))
    )
