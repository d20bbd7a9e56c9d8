"""The line in which the user types what to find in the focused view."""

import asyncio
from collections.abc import Awaitable
from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Label
from textual.worker import WorkType

from stepper.errors import StepperError, UsageError
from stepper.image.path_filter import NO_FILTER, parse_filter
from stepper.tui.widgets.change_tree import ChangeTree
from stepper.tui.widgets.entry_line import EntryLine, all_typed

TYPING_SECONDS = 0.08
"""A filter waits so long for the next key: applying it to 100,000 paths takes longer."""
FILTER_HINT = "text  *.py  /etc/**  + ~ -  >10MB"


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

    def find(self, text: str) -> Awaitable[int]:
        """Leave out every path that the filter does; how many stay. Raises `UsageError` for what is no filter."""
        only = parse_filter(text)
        if only.kinds and not self._tree.shows_changes:
            raise UsageError("+ ~ - tell changes apart: look in Changes for them")
        self._tree.filter(only)
        return self._tree.filtered()

    def find_next(self) -> None:
        """One row down."""
        self._tree.action_cursor_down()

    def find_previous(self) -> None:
        """One row up."""
        self._tree.action_cursor_up()

    def clear_find(self) -> None:
        """Show all paths."""
        self._tree.filter(NO_FILTER)


class FindBar(Horizontal):
    """Searches in `view`; Enter and Down go on, Up goes back, Escape ends it and gives the focus back to `focus`.

    With a `hint` of what may be typed it is a filter: then Enter goes into `focus`, which stays filtered until the end.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,tab,shift+tab", "close", "Close", show=False, priority=True),
        Binding("enter", "enter", "Next, or into what is left", show=False, priority=True),
        Binding("down,ctrl+n,f3", "next", "Next", show=False, priority=True),
        Binding("up,shift+f3", "previous", "Previous", show=False, priority=True),
    ]

    def __init__(self, view: Findable, focus: Widget, hint: str = "") -> None:
        super().__init__()
        self._hint = hint
        self._view = view
        self._focus = focus
        self._ended = False
        self._searched: str | None = ""
        """What the view was searched for last; None where that was broken off."""
        self._searching = asyncio.Lock()
        self._input = EntryLine(id="find-input", compact=True, placeholder=hint)
        self._count = Label("Esc ends", id="find-count", markup=False)

    def compose(self) -> ComposeResult:
        """A prompt, the text, the number of matches."""
        yield Label("filter " if self._hint else "find ", id="find-prompt")
        yield self._input
        yield self._count

    def on_mount(self) -> None:
        """The user types here now: the very next key, so the focus cannot wait for other messages."""
        if not self._ended:
            self.screen.set_focus(self._input)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while the user types: for what is in the line by now."""
        event.stop()
        if not self._ended and self._input.value != self._searched:
            work: WorkType[None] = self._search_soon
            self.run_worker(work, group="find", exclusive=True)

    async def action_enter(self) -> None:
        """To the next match, or into what is left; the keys behind it are for what the whole text leaves."""
        has_searched = await self._search_typed()
        if self._hint:
            self.screen.set_focus(self._focus)
        elif not has_searched:
            self._view.find_next()

    async def action_next(self) -> None:
        """To the next match."""
        await self._search_typed()
        self._view.find_next()

    async def action_previous(self) -> None:
        """To the match before."""
        await self._search_typed()
        self._view.find_previous()

    def action_close(self) -> None:
        """End the search and give the focus back."""
        self.end()
        self.screen.set_focus(self._focus)

    def end(self) -> None:
        """End the search and leave the focus where it is."""
        self._ended = True
        self._view.clear_find()
        self.remove()

    async def _search_typed(self) -> bool:
        """Search for all that was typed so far, see `_search`."""
        await all_typed(self)
        return await self._search()

    async def _search_soon(self) -> None:
        if self._hint:
            await asyncio.sleep(TYPING_SECONDS)
        await self._search()

    async def _search(self) -> bool:
        """Search for what is in the line; False where that has been done, also by a search that was going on."""
        async with self._searching:
            text = self._input.value
            if self._ended or text == self._searched:
                return False
            self._searched = text
            try:
                self._count.update(await self._found(text))
            except asyncio.CancelledError:
                self._searched = None
                raise
            return True

    async def _found(self, text: str) -> str:
        try:
            found = self._view.find(text)
        except StepperError as error:
            return str(error)
        count = found if isinstance(found, int) else await found
        matches = f"{count:,} match{'' if count == 1 else 'es'}" if count else "not found"
        enter = "Enter goes there" if self._hint else "Enter next"
        return f"{matches} · {enter} · Esc ends" if text else "Esc ends"
