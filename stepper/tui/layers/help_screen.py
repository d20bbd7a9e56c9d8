"""The explorer's help: every key, made from its registry of commands."""

import textwrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from stepper.tui.commands import Group
from stepper.tui.layers.commands import LAYERS_COMMANDS

_KEY_WIDTH = 13
_DESCRIPTION_WIDTH = 52
_MORE = (
    (
        "Enter",
        "in Layers goes to the layer's changes, in a tree opens a folder, in Waste shows the files or goes there",
    ),
    ("Space ← →", "opens and closes"),
    ("+ ~ -", "added, modified, deleted"),
)


class LayersHelp(ModalScreen[None]):
    """A modal over the explorer; any of the keys that opened it closes it again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "close", "Close", show=False),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    def compose(self) -> ComposeResult:
        """One scrollable text."""
        with VerticalScroll(id="help") as scroll:
            scroll.border_title = "Help"
            scroll.border_subtitle = "Esc closes"
            yield Static(layers_help_text(), markup=False)

    def action_close(self) -> None:
        """Back to the explorer."""
        self.dismiss(None)


def layers_help_text() -> Content:
    """All that the help says."""
    lines: list[Content] = []
    for group in Group:
        commands = [each for each in LAYERS_COMMANDS if each.group is group]
        if commands:
            lines.append(Content.styled(group.value, "bold $text-primary"))
            lines += [_row("  ".join(each.key_names), each.title, each.description) for each in commands]
            lines.append(Content(""))
    lines += [_row(key, "", text) for key, text in _MORE]
    return Content("\n").join(lines)


def _row(key: str, title: str, description: str) -> Content:
    row = Content.assemble((f"  {key:<{_KEY_WIDTH}}", "bold $text-accent"), " ", title)
    for number, line in enumerate(textwrap.wrap(description, _DESCRIPTION_WIDTH)):
        start = "" if number == 0 and not title else "\n" + " " * (_KEY_WIDTH + 3)
        row = Content.assemble(row, (start + line, "$text-muted"))
    return row
