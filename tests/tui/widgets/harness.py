"""An app with one view in it, and what is on its screen."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

MessageType = TypeVar("MessageType", bound=Message)


class ViewApp(App[None]):
    """One widget that fills the screen and has the focus."""

    CSS = "Screen > * { width: 1fr; height: 1fr; }"

    def __init__(self, view: Widget) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.focus()


class Shown:
    """A running app with a view: press keys, click, read the screen and the messages."""

    def __init__(self, pilot: Pilot[None], messages: list[Message]) -> None:
        self.pilot = pilot
        self._messages = messages

    @property
    def lines(self) -> list[str]:
        """What is on the screen, without the blanks at the right."""
        return [line.rstrip() for line in self.full_lines]

    @property
    def full_lines(self) -> list[str]:
        """What is on the screen."""
        return [strip.text for strip in self.pilot.app.screen._compositor.render_strips()]

    def messages(self, kind: type[MessageType]) -> list[MessageType]:
        """The messages of that kind so far; each bubbles through several nodes and counts once."""
        once = {id(message): message for message in self._messages}
        return [message for message in once.values() if isinstance(message, kind)]

    async def press(self, *keys: str) -> None:
        """Press keys, and wait for what comes of them."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def click(self, x: int, y: int, **options: Any) -> None:
        """Click a cell of the screen."""
        await self.pilot.click(offset=(x, y), **options)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that threads and timers bring about."""
        for _ in range(500):
            if condition():
                return
            await self.pilot.pause(0.01)
        raise AssertionError("it never came")


@asynccontextmanager
async def shown(view: Widget, *, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Shown]:
    """Run an app with this view."""
    messages: list[Message] = []
    app = ViewApp(view)
    async with app.run_test(size=size, message_hook=messages.append) as pilot:
        await pilot.pause()
        yield Shown(pilot, messages)
