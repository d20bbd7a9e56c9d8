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
    """Searches in `view`; Enter and Down go on, Up goes back, Escape ends it and gives the focus back to `focus`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,tab,shift+tab", "close", "Close", show=False, priority=True),
        Binding("down,ctrl+n,f3", "next", "Next", show=False),
        Binding("up,shift+f3", "previous", "Previous", show=False),
    ]

    def __init__(self, view: Findable, focus: Widget) -> None:
        super().__init__()
        self._view = view
        self._focus = focus
        self._ended = False
        self._input = Input(id="find-input", compact=True)
        self._count = Label("Esc ends", id="find-count", markup=False)

    def compose(self) -> ComposeResult:
        """A prompt, the text, the number of matches."""
        yield Label("find ", id="find-prompt")
        yield self._input
        yield self._count

    def on_mount(self) -> None:
        """The user types here now: the very next key, so the focus cannot wait for other messages."""
        if not self._ended:
            self.screen.set_focus(self._input)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while the user types."""
        event.stop()
        self.run_worker(self._search(event.value), group="find", exclusive=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """To the next match."""
        event.stop()
        self.action_next()

    def action_next(self) -> None:
        """To the next match."""
        self._view.find_next()

    def action_previous(self) -> None:
        """To the match before."""
        self._view.find_previous()

    def action_close(self) -> None:
        """End the search and give the focus back."""
        self.end()
        self._focus.focus()

    def end(self) -> None:
        """End the search and leave the focus where it is."""
        self._ended = True
        self._view.clear_find()
        self.remove()

    async def _search(self, text: str) -> None:
        found = self._view.find(text)
        count = found if isinstance(found, int) else await found
        matches = f"{count:,} match{'' if count == 1 else 'es'}" if count else "not found"
        self._count.update(f"{matches} · Enter next · Esc ends" if text else "Esc ends")
