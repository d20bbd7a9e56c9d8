"""The console's line at the bottom of the screen."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Label

from stepper.tui.console.history import History
from stepper.tui.widgets.entry_line import EntryLine, all_typed

_HINT = "a command, p EXPRESSION, keep, undo, help"
_ENDING = "Esc closes"


class ConsoleBar(Horizontal):
    """Asks for a line; `enter`, `complete`, `interrupt` and `close` are told what the user wants."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "Enter", show=False, priority=True),
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
        self._input = EntryLine(id="console-input", compact=True, placeholder=_HINT)
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

    async def action_enter(self) -> None:
        """Have the line carried out."""
        await all_typed(self)
        line = self._input.value
        if line.strip() and self._enter(line):
            self._history.add(line)
            self._set("")

    async def action_complete(self) -> None:
        """Complete the last word."""
        await all_typed(self)
        self._complete(self._input.value[: self._input.cursor_position])

    async def action_back(self) -> None:
        """The line entered before."""
        await all_typed(self)
        self._set(self._history.back(self._input.value))

    async def action_forward(self) -> None:
        """The line entered after."""
        await all_typed(self)
        self._set(self._history.forward(self._input.value))

    async def action_interrupt(self) -> None:
        """Stop what runs; without that, drop the line."""
        await all_typed(self)
        if not self._interrupt():
            self._set("")

    def _set(self, text: str) -> None:
        self._input.value = text
        self._input.cursor_position = len(text)


def _common_start(words: Sequence[str]) -> str:
    """What all the words begin with."""
    first, last = min(words), max(words)
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:length]
