"""Keys of a widget's own that take effect in it, in the order in which they are pressed, however quickly.

Textual forwards a key to the widget that has the focus when it comes, and runs the widget's own bindings only once the
key has bubbled back to the app. So a key behind Enter would land in the widget that Enter is about to close, and Enter
would come before a Backspace pressed ahead of it.

Here a widget carries out its own keys as they come. Its owner binds Enter, and all other keys that mean something, with
priority: such a binding runs before the next key is forwarded. What it does first is to wait until all keys that came
so far were handled.
"""

import asyncio
from collections.abc import Iterable, Mapping

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget


def own_keys(bindings: Iterable[BindingType], *, but: str) -> dict[str, str]:
    """The actions of a widget's own keys, without those of the action that its owner binds."""
    return {
        key: binding.action
        for binding in bindings
        if isinstance(binding, Binding) and binding.action != but
        for key in binding.key.split(",")
    }


async def carry_out(widget: Widget, keys: Mapping[str, str], event: events.Key) -> None:
    """Carry out a key at once if it is one of the widget's own."""
    action = keys.get(event.key)
    if action is not None and await widget.app.run_action(action, widget):
        event.stop()
        event.prevent_default()


async def all_handled(widget: Widget) -> None:
    """Wait until all keys that came so far were handled. A widget that is being removed takes no more."""
    done = asyncio.Event()
    if widget.is_running and widget.call_later(done.set):
        await done.wait()
