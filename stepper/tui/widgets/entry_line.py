"""A line to type in, whose keys take effect in the order in which they are typed, however quickly.

Textual forwards a key to the widget that has the focus when it comes, and runs the widget's own bindings only once the
key has bubbled back to the app. So a key behind Enter would land in the line that Enter is about to close, and Enter
would come before a Backspace typed ahead of it.

Here the line's own keys take effect in the line. Its owner binds Enter, and all other keys that mean something, with
priority: such a binding runs before the next key is forwarded. What it does first is to wait for `all_typed`.
"""

import asyncio
from typing import Final

from textual import events
from textual.binding import Binding
from textual.dom import DOMNode
from textual.widgets import Input

_OWN: Final = {
    key: binding.action
    for binding in Input.BINDINGS
    if isinstance(binding, Binding) and binding.action != "submit"
    for key in binding.key.split(",")
}


class EntryLine(Input):
    """An input as the module says."""

    async def on_key(self, event: events.Key) -> None:
        """Carry out a key of the line's own at once."""
        action = _OWN.get(event.key)
        if action is not None and await self.app.run_action(action, self):
            event.stop()
            event.prevent_default()


async def all_typed(owner: DOMNode) -> None:
    """Wait until all keys that came so far are in the lines below `owner`."""
    for line in owner.query(EntryLine):
        done = asyncio.Event()
        # A line that is being removed takes no more.
        if line.is_running and line.call_later(done.set):
            await done.wait()
