"""A list of options with the keys of all other lists, which take effect in the order in which they are pressed.

See `stepper.tui.widgets.own_keys`. An owner whose keys are about the highlighted option binds them with priority, and
waits for `all_pressed` first.
"""

from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import OptionList

from stepper.tui.widgets.own_keys import all_handled, carry_out, own_keys

_MOVES: Final[tuple[BindingType, ...]] = (
    Binding("j", "cursor_down", "Down", show=False),
    Binding("k", "cursor_up", "Up", show=False),
)
_OWN: Final = own_keys((*OptionList.BINDINGS, *_MOVES), but="select")


class ChoiceList(OptionList):
    """`j` and `k` move the cursor too."""

    BINDINGS: ClassVar[list[BindingType]] = [*_MOVES]

    async def on_key(self, event: events.Key) -> None:
        """Carry out a key of the list's own at once."""
        await carry_out(self, _OWN, event)

    async def all_pressed(self) -> None:
        """Wait until all keys that came so far have moved the cursor."""
        await all_handled(self)
