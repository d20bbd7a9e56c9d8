"""The commands for Stepper itself."""

from stepper.tui.commands.command import Command, FooterLabel, Group
from stepper.tui.intents import Intents

PROGRAM: tuple[Command, ...] = (
    Command(
        "help",
        "Help",
        "Shows all keys and what the marks mean.",
        Group.APP,
        ("question_mark", "f1"),
        Intents.help,
        footer=FooterLabel("help", 1),
    ),
    Command(
        "palette",
        "Command palette",
        "Finds any command by its name.",
        Group.APP,
        ("ctrl+p",),
        Intents.palette,
        footer=FooterLabel("commands", 5),
    ),
    Command(
        "theme",
        "Change the theme",
        "Picks the colours: Stepper's own dark or light ones, or any other of Textual's.",
        Group.APP,
        ("T",),
        Intents.change_theme,
    ),
    Command(
        "quit",
        "Quit",
        "Leaves Stepper. The containers are removed; the snapshots stay, so the next start is quick.",
        Group.APP,
        ("q", "ctrl+q"),
        Intents.quit,
        footer=FooterLabel("quit", 12),
    ),
)
