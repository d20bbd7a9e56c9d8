"""Stands over the screen from the key for a shell until the shell has ended: what is typed meanwhile is the shell's.

The terminal is handed over only once the shell is there. Without this, what a quick user types for the shell would be
taken for Stepper's own keys.
"""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Label

_SEQUENCES = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "delete": "\x1b[3~",
}
"""What a terminal sends for the keys that stand for no character."""


class ShellOpening(ModalScreen[None]):
    """Takes every key but Escape, which goes back to the screen: the shell opens all the same."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", show=False, priority=True),
        Binding("ctrl+q", "app.quit", "Quit", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._typed = b""
        self._send: Callable[[bytes], None] | None = None
        self._is_over = False

    def compose(self) -> ComposeResult:
        """One line, where the footer was."""
        yield Label("Opening a shell … what you type goes there · Esc back", id="shell-opening", markup=False)

    def give_to(self, send: Callable[[bytes], None]) -> None:
        """Send all that was typed so far, and what is still to come."""
        self._send = send
        typed, self._typed = self._typed, b""
        if typed:
            send(typed)

    def end(self) -> None:
        """The shell has ended, or opened none: away, from below another screen as soon as that is closed."""
        self._is_over = True
        if self.is_active:
            self.dismiss()

    def on_screen_resume(self) -> None:
        """Nothing lies over it any more."""
        if self._is_over and self.is_active:
            self.dismiss()

    def on_key(self, event: events.Key) -> None:
        """A key for the shell."""
        event.stop()
        event.prevent_default()
        self._take(event.character or _SEQUENCES.get(event.key, ""))

    def on_paste(self, event: events.Paste) -> None:
        """Text for the shell."""
        event.stop()
        self._take(event.text.replace("\n", "\r"))

    def action_leave(self) -> None:
        """Back to the screen."""
        self.dismiss()

    def _take(self, text: str) -> None:
        data = text.encode(errors="surrogateescape")
        if self._send is None:
            self._typed += data
        elif data:
            self._send(data)
