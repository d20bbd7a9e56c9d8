"""A line to type in, whose keys take effect in the order in which they are typed (see `stepper.tui.widgets.own_keys`).

Its owner binds Enter, and all other keys that mean something, with priority, and waits for `all_typed` first.
"""

from typing import Final

from textual import events
from textual.dom import DOMNode
from textual.widgets import Input

from stepper.tui.widgets.own_keys import all_handled, carry_out, own_keys

_OWN: Final = own_keys(Input.BINDINGS, but="submit")


class EntryLine(Input):
    """An input as the module says."""

    async def on_key(self, event: events.Key) -> None:
        """Carry out a key of the line's own at once."""
        await carry_out(self, _OWN, event)


async def all_typed(owner: DOMNode) -> None:
    """Wait until all keys that came so far are in the lines below `owner`."""
    for line in owner.query(EntryLine):
        await all_handled(line)
