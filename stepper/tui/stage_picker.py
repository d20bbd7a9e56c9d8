"""Picks the stage to go to."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from stepper.debugger.state import SessionState
from stepper.text import printable


class StagePicker(ModalScreen[int | None]):
    """A list of all stages, `current` highlighted; gives the chosen stage's index, None when there is no choice."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,g", "cancel", "Close", show=False),
        Binding("j", "down", "Down", show=False),
        Binding("k", "up", "Up", show=False),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    def __init__(self, state: SessionState, current: int) -> None:
        super().__init__()
        self._state = state
        self._current = current

    def compose(self) -> ComposeResult:
        """The list."""
        stages = OptionList(*self._options(), id="stage-picker", markup=False)
        stages.border_title = "Go to stage"
        stages.border_subtitle = "Enter goes · Esc closes"
        yield stages

    def on_mount(self) -> None:
        """Start at the current stage."""
        self.query_one(OptionList).highlighted = self._current

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A stage is chosen."""
        self.dismiss(event.option_index)

    def action_cancel(self) -> None:
        """No choice."""
        self.dismiss(None)

    def action_down(self) -> None:
        """One stage down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """One stage up."""
        self.query_one(OptionList).action_cursor_up()

    def _options(self) -> list[Option]:
        dockerfile = self._state.dockerfile
        stages = dockerfile.stages if dockerfile is not None else ()
        width = max((len(printable(stage.label)) for stage in stages), default=0)
        options = []
        for stage in stages:
            remarks = [
                "target" if stage.index == self._state.target else "",
                "goal" if stage.index == self._state.goal != self._state.target else "",
                "" if stage.index in self._state.needed else "not needed",
            ]
            text = Content.assemble(
                f" {printable(stage.label):<{width}}  ",
                (f"line {stage.line:>4}  FROM {printable(stage.base)}  ", "$text-muted"),
                (" · ".join(remark for remark in remarks if remark), "$text-accent"),
            )
            options.append(Option(text))
        return options
