"""What the help of every screen has in common: a scrollable text over it, with rows of keys and what they do."""

import textwrap
from collections.abc import Iterable
from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

_KEY_WIDTH = 13
_DESCRIPTION_WIDTH = 52


class Described(Protocol):
    """A command, as far as the help tells of it."""

    @property
    def key_names(self) -> tuple[str, ...]:
        """The keys as people read them."""

    @property
    def title(self) -> str:
        """Its name."""

    @property
    def description(self) -> str:
        """What it does."""


class HelpModal(ModalScreen[None]):
    """A modal over a screen; any of the keys that opened it closes it again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "close", "Close", show=False),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    def __init__(self, text: Content) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """One scrollable text."""
        with VerticalScroll(id="help") as scroll:
            scroll.border_title = "Help"
            scroll.border_subtitle = "Esc closes"
            yield Static(self._text, markup=False)

    def action_close(self) -> None:
        """Back to the screen below."""
        self.dismiss(None)


def heading(text: str) -> Content:
    """The line above rows that belong together."""
    return Content.styled(text, "bold $text-primary")


def command_rows(commands: Iterable[Described]) -> list[Content]:
    """A row for each command."""
    return [row("  ".join(each.key_names), each.title, each.description) for each in commands]


def row(key: str, title: str, description: str = "") -> Content:
    """A key, what it is called, and below that what it does; without a title the description begins beside the key."""
    found = Content.assemble((f"  {key:<{_KEY_WIDTH}}", "bold $text-accent"), " ", title)
    for number, line in enumerate(textwrap.wrap(description, _DESCRIPTION_WIDTH)):
        start = "" if number == 0 and not title else "\n" + " " * (_KEY_WIDTH + 3)
        found = Content.assemble(found, (start + line, "$text-muted"))
    return found
