"""Picks the stage to go to."""

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from stepper.debugger.state import SessionState
from stepper.text import printable
from stepper.tui.picker import Picker


class StagePicker(Picker[int]):
    """A list of all stages, `current` highlighted; gives the chosen stage's index."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("g", "cancel", "Close", show=False)]

    def __init__(self, state: SessionState, current: int) -> None:
        super().__init__("Go to stage", "goes", _stages(state), start=current)


def _stages(state: SessionState) -> Iterator[tuple[Content, int]]:
    stages = state.dockerfile.stages if state.dockerfile is not None else ()
    width = max((len(printable(stage.label)) for stage in stages), default=0)
    for stage in stages:
        remarks = [
            "target" if stage.index == state.target else "",
            "goal" if stage.index == state.goal != state.target else "",
            "" if stage.index in state.needed else "not needed",
        ]
        text = Content.assemble(
            f" {printable(stage.label):<{width}}  ",
            (f"line {stage.line:>4}  FROM {printable(stage.base)}  ", "$text-muted"),
            (" · ".join(remark for remark in remarks if remark), "$text-accent"),
        )
        yield text, stage.index
