"""The console's line at the bottom of the screen."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Label

from stepper.tui.console.history import History

_HINT = "a command, p EXPRESSION, keep, undo, help"
_ENDING = "Esc closes"


class _Line(Input):
    """Enter takes the line at once: by a binding it would take what is typed behind it, too."""

    def __init__(self, entered: Callable[[], None]) -> None:
        super().__init__(id="console-input", compact=True, placeholder=_HINT)
        self._entered = entered

    def on_key(self, event: events.Key) -> None:
        """Take the line before the next key is in it."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self._entered()


class ConsoleBar(Horizontal):
    """Asks for a line; `enter`, `complete`, `interrupt` and `close` are told what the user wants."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False, priority=True),
        Binding("tab", "complete", "Complete", show=False, priority=True),
        Binding("up,ctrl+p", "back", "Earlier", show=False, priority=True),
        Binding("down,ctrl+n", "forward", "Later", show=False, priority=True),
        Binding("ctrl+c", "interrupt", "Interrupt", show=False, priority=True),
    ]

    def __init__(
        self,
        history: History,
        *,
        enter: Callable[[str], bool],
        complete: Callable[[str], None],
        interrupt: Callable[[], bool],
        close: Callable[[], None],
    ) -> None:
        super().__init__()
        self._history = history
        self._enter = enter
        self._complete = complete
        self._interrupt = interrupt
        self._close = close
        self._input = _Line(self._submit)
        self._note = Label(_ENDING, id="console-note", markup=False)

    def compose(self) -> ComposeResult:
        """A prompt, the line, a note."""
        yield Label(": ", id="console-prompt")
        yield self._input
        yield self._note

    def on_mount(self) -> None:
        """The very next key goes into the line."""
        self.screen.set_focus(self._input)

    def note(self, text: str) -> None:
        """Say something short beside the line; "" for nothing in particular."""
        self._note.update(text or _ENDING)

    def offer(self, line: str, words: Sequence[str]) -> None:
        """Complete the last word of a line, if the user has not gone on: as far as all the words agree."""
        if self._input.value != line or not words:
            if not words:
                self.note("nothing to complete")
            return
        common = _common_start(words)
        typed = next(length for length in range(len(common), -1, -1) if line.endswith(common[:length]))
        self._set(line[: len(line) - typed] + common)
        shown = "  ".join(words[:5])
        self.note("" if len(words) == 1 else f"{shown}{'  …' if len(words) > 5 else ''}")

    def on_input_changed(self, event: Input.Changed) -> None:
        """The note was about another text."""
        event.stop()

    def action_close(self) -> None:
        """Away with the line."""
        self._close()

    def action_complete(self) -> None:
        """Complete the last word."""
        self._complete(self._input.value[: self._input.cursor_position])

    def action_back(self) -> None:
        """The line entered before."""
        self._set(self._history.back(self._input.value))

    def action_forward(self) -> None:
        """The line entered after."""
        self._set(self._history.forward(self._input.value))

    def action_interrupt(self) -> None:
        """Stop what runs; without that, drop the line."""
        if not self._interrupt():
            self._set("")

    def _submit(self) -> None:
        line = self._input.value
        if line.strip() and self._enter(line):
            self._history.add(line)
            self._set("")

    def _set(self, text: str) -> None:
        self._input.value = text
        self._input.cursor_position = len(text)


def _common_start(words: Sequence[str]) -> str:
    """What all the words begin with."""
    first, last = min(words), max(words)
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:length]
