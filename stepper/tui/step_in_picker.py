"""Picks the step to go to from a COPY --from: the files that it copies, with the steps that made them."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from stepper.debugger.step_in_targets import StepInTarget
from stepper.engine.step import StepId
from stepper.text import human_size, printable
from stepper.tui.picker import Picker
from stepper.tui.wording import step_text


class StepInPicker(Picker[StepId]):
    """A list of the files, the largest first; gives the step that made the chosen one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "cancel", "Close", show=False)]

    def __init__(self, targets: Sequence[StepInTarget]) -> None:
        files = ((_text(target), target.maker.id) for target in targets)
        super().__init__("Step into: who made it", "goes", files)


def _text(target: StepInTarget) -> Content:
    size, path = f"{human_size(target.size):>9}", printable(target.path)
    return Content.assemble(f" {size}  {path}  ", (printable(step_text(target.maker)), "$text-muted"))
