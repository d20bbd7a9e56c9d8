"""The line in which the user types what to find in the focused view."""

from collections.abc import Awaitable
from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Label

from stepper.tui.widgets.change_tree import ChangeTree


class Findable(Protocol):
    """A view that can search itself."""

    def find(self, text: str) -> int | Awaitable[int]:
        """Mark every place with that text and go to the next one; how many there are. Awaited where it takes long."""

    def find_next(self) -> None:
        """To the next match, around the end."""

    def find_previous(self) -> None:
        """To the match before, around the start."""

    def clear_find(self) -> None:
        """No match is marked any more."""


class TreeFilter:
    """Finds in a tree by leaving out everything else; when the search ends the cursor stays on what was found."""

    def __init__(self, tree: ChangeTree) -> None:
        self._tree = tree

    def find(self, text: str) -> int:
        """Leave out every path without that text; how many rows stay, as far as it is known at once."""
        self._tree.filter(text)
        return self._tree.row_count

    def find_next(self) -> None:
        """One row down."""
        self._tree.action_cursor_down()

    def find_previous(self) -> None:
        """One row up."""
        self._tree.action_cursor_up()

    def clear_find(self) -> None:
        """Show all paths."""
        self._tree.filter("")


class FindBar(Horizontal):
    """Hidden until `open`; Enter and Down go on, Up goes back, Escape ends the search."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False, priority=True),
        Binding("down,ctrl+n,f3", "next", "Next", show=False),
        Binding("up,shift+f3", "previous", "Previous", show=False),
        Binding("tab,shift+tab", "close", "Close", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__(id="find-bar")
        self._view: Findable | None = None
        self._focus: Widget | None = None

    def compose(self) -> ComposeResult:
        """A prompt, the text, the number of matches."""
        yield Label("find ", id="find-prompt")
        yield Input(id="find-input", compact=True, select_on_focus=True)
        yield Label("", id="find-count", markup=False)

    def open(self, view: Findable, focus: Widget) -> None:
        """Search in `view`; the focus goes back to `focus` at the end."""
        self._view, self._focus = view, focus
        self.display = True
        entry = self.query_one(Input)
        entry.focus()
        self._search(entry.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while the user types."""
        event.stop()
        self._search(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """To the next match."""
        event.stop()
        self.action_next()

    def action_next(self) -> None:
        """To the next match."""
        if self._view is not None:
            self._view.find_next()

    def action_previous(self) -> None:
        """To the match before."""
        if self._view is not None:
            self._view.find_previous()

    def action_close(self) -> None:
        """End the search and give the focus back."""
        if self._view is not None:
            self._view.clear_find()
        self.display = False
        if self._focus is not None:
            self._focus.focus()
        self._view = self._focus = None

    def _search(self, text: str) -> None:
        self.run_worker(self._searched(text), group="find", exclusive=True)

    async def _searched(self, text: str) -> None:
        if self._view is None:
            return
        found_now = self._view.find(text)
        count = found_now if isinstance(found_now, int) else await found_now
        found = f"{count:,} match{'' if count == 1 else 'es'}" if count else "not found"
        self.query_one("#find-count", Label).update(f"{found}  Enter next · Esc" if text else "Esc ends")
