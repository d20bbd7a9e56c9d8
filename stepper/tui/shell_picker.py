"""Picks the state of a step that a shell is opened in."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from stepper.debugger.inspection import ShellPlace
from stepper.debugger.state import StepRecord
from stepper.text import printable
from stepper.tui.picker import Picker
from stepper.tui.wording import step_text

Choice = tuple[StepRecord, ShellPlace]


class ShellPicker(Picker[Choice]):
    """A list of states of steps; gives the chosen one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("X", "cancel", "Close", show=False)]

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__("Open a shell", "opens", ((_text(choice), choice) for choice in choices))


def _text(choice: Choice) -> Content:
    record, place = choice
    return Content.assemble((f" {place.value:<14}", "bold"), (printable(step_text(record)), "$text-muted"))
