"""The explorer's help: every key, made from its registry of commands."""

from textual.content import Content

from stepper.tui.commands.command import Group
from stepper.tui.help_modal import HelpModal, command_rows, heading, row
from stepper.tui.layers.commands import LAYERS_COMMANDS

_MORE = (
    (
        "Enter",
        "in Layers goes to the layer's changes, in a tree opens a folder, in Waste shows the files or goes there",
    ),
    ("Space ← →", "opens and closes"),
    ("+ ~ -", "added, modified, deleted"),
)


class LayersHelp(HelpModal):
    """The help over the explorer."""

    def __init__(self) -> None:
        super().__init__(layers_help_text())


def layers_help_text() -> Content:
    """All that the help says."""
    lines: list[Content] = []
    for group in Group:
        commands = [each for each in LAYERS_COMMANDS if each.group is group]
        if commands:
            lines += [heading(group.value), *command_rows(commands), Content("")]
    lines += [row(key, "", text) for key, text in _MORE]
    return Content("\n").join(lines)
