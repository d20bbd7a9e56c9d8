"""The help: every key, made from the registry of commands, and what the marks in the gutter mean."""

from textual.content import Content

from stepper.tui.commands.command import Group
from stepper.tui.commands.registry import COMMANDS
from stepper.tui.help_modal import HelpModal, command_rows, heading, row
from stepper.tui.widgets.marks import Mark
from stepper.tui.widgets.source_row import BreakpointMark

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


class HelpScreen(HelpModal):
    """The help over the main screen."""

    def __init__(self) -> None:
        super().__init__(help_text())


def help_text() -> Content:
    """All that the help says."""
    lines: list[Content] = []
    for group in Group:
        lines.append(heading(group.value))
        lines += command_rows(each for each in COMMANDS if each.group is group)
        lines.append(Content(""))
    lines.append(heading("Marks"))
    lines += [row(mark.symbol, mark.word) for mark in Mark if mark is not Mark.NONE]
    lines += [row(mark.value, mark.word) for mark in BreakpointMark if mark is not BreakpointMark.NONE]
    lines += [row("!", "a build check's warning, told at the cursor's line")]
    lines += [row("+ ~ -", "added, modified, deleted"), Content("")]
    lines.append(heading("Filter of Changes and Files, all of what is typed"))
    lines += [row(words, what) for words, what in _FILTER]
    lines += [Content(""), heading("A file")]
    lines += [row(key, what) for key, what in _FILE]
    lines += [Content(""), heading("Mouse")]
    lines += [row(where, what) for where, what in _MOUSE]
    return Content("\n").join(lines)
