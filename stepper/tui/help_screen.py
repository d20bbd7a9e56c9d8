"""The help: every key, made from the registry of commands, and what the marks in the gutter mean."""

import textwrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from stepper.tui.commands import COMMANDS, Group
from stepper.tui.widgets.marks import Mark

_KEY_WIDTH = 13
_DESCRIPTION_WIDTH = 52
_FILTER = (
    ("passwd", "the path has this in it"),
    ("*.py  /etc/**", "the name is like that, or with a slash the whole path"),
    ("+ ~ -", "what was added, modified, deleted"),
    (">10MB  <=4kB", "files of that size"),
)
_FILE = (
    ("d", "the difference to the step before, or the file"),
    ("h", "hex, or text"),
    ("s  y", "saves the file to your disk, copies its path"),
    ("End", "reads a large file to its end; Escape stops that"),
)
_MOUSE = (
    ("gutter", "a click sets or removes a breakpoint"),
    ("line, stage, tab", "a click selects it; a double click on a stage goes there, on a line to its changes"),
    ("wheel", "scrolls the panel under the pointer"),
)


class HelpScreen(ModalScreen[None]):
    """A modal over the main screen; any of the keys that opened it closes it again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "close", "Close", show=False),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    def compose(self) -> ComposeResult:
        """One scrollable text."""
        with VerticalScroll(id="help") as scroll:
            scroll.border_title = "Help"
            scroll.border_subtitle = "Esc closes"
            yield Static(help_text(), markup=False)

    def action_close(self) -> None:
        """Back to the main screen."""
        self.dismiss(None)


def help_text() -> Content:
    """All that the help says."""
    lines: list[Content] = []
    for group in Group:
        lines.append(_heading(group.value))
        lines += [
            _row("  ".join(each.key_names), each.title, each.description) for each in COMMANDS if each.group is group
        ]
        lines.append(Content(""))
    lines.append(_heading("Marks"))
    lines += [_row(mark.symbol, mark.word, "") for mark in Mark if mark is not Mark.NONE]
    lines += [_row("●", "breakpoint", ""), _row("!", "a build check's warning, told at the cursor's line", "")]
    lines += [_row("+ ~ -", "added, modified, deleted", ""), Content("")]
    lines.append(_heading("Filter of Changes and Files, all of what is typed"))
    lines += [_row(words, what, "") for words, what in _FILTER]
    lines += [Content(""), _heading("A file")]
    lines += [_row(key, what, "") for key, what in _FILE]
    lines += [Content(""), _heading("Mouse")]
    lines += [_row(where, what, "") for where, what in _MOUSE]
    return Content("\n").join(lines)


def _heading(text: str) -> Content:
    return Content.styled(text, "bold $text-primary")


def _row(key: str, title: str, description: str) -> Content:
    row = Content.assemble((f"  {key:<{_KEY_WIDTH}}", "bold $text-accent"), " ", title)
    for line in textwrap.wrap(description, _DESCRIPTION_WIDTH):
        row = Content.assemble(row, "\n", (" " * (_KEY_WIDTH + 3) + line, "$text-muted"))
    return row
