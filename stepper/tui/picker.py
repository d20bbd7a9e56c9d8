"""What all pickers have in common: a list over the screen, of which one line is chosen."""

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from stepper.tui.widgets.choice_list import ChoiceList

T = TypeVar("T")


class Picker(ModalScreen[T | None]):
    """Gives the value of the chosen line, None when there is no choice. `enter` is what Enter does, in a word.

    A subclass binds the key that opened it to `cancel` as well.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "Close", show=False),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    DEFAULT_CSS = """
    Picker > #picker {
        width: auto; min-width: 50; max-width: 94%; height: auto; max-height: 80%;
        border: round $border; background: $surface;
    }
    """

    def __init__(self, title: str, enter: str, choices: Iterable[tuple[Content, T]], *, start: int = 0) -> None:
        super().__init__()
        lines = tuple(choices)
        self._values = tuple(value for _, value in lines)
        self._start = start
        self._list = ChoiceList(*(Option(text) for text, _ in lines), id="picker", markup=False)
        self._list.border_title = Content(title)
        self._list.border_subtitle = f"Enter {enter} · Esc closes"

    def compose(self) -> ComposeResult:
        """The list."""
        yield self._list

    def on_mount(self) -> None:
        """Begin at the line that is chosen most likely."""
        self._list.highlighted = self._start

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A line is chosen."""
        self.dismiss(self._values[event.option_index])

    def action_cancel(self) -> None:
        """No choice."""
        self.dismiss(None)
