"""A list of options with the keys of all other lists, which take effect in the order in which they are pressed.

As in `stepper.tui.widgets.entry_line`: the list's own keys take effect in the list. An owner whose keys are about the
highlighted option binds them with priority, and waits for `all_pressed` first.
"""

import asyncio
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import OptionList

_MOVES: Final[tuple[BindingType, ...]] = (
    Binding("j", "cursor_down", "Down", show=False),
    Binding("k", "cursor_up", "Up", show=False),
)
_OWN: Final = {
    key: binding.action
    for binding in (*OptionList.BINDINGS, *_MOVES)
    if isinstance(binding, Binding) and binding.action != "select"
    for key in binding.key.split(",")
}


class ChoiceList(OptionList):
    """`j` and `k` move the cursor too."""

    BINDINGS: ClassVar[list[BindingType]] = [*_MOVES]

    async def on_key(self, event: events.Key) -> None:
        """Carry out a key of the list's own at once."""
        action = _OWN.get(event.key)
        if action is not None and await self.app.run_action(action, self):
            event.stop()
            event.prevent_default()

    async def all_pressed(self) -> None:
        """Wait until all keys that came so far have moved the cursor."""
        done = asyncio.Event()
        if self.call_later(done.set):
            await done.wait()
