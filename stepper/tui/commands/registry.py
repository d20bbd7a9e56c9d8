"""The registry of user commands; each group's stand in a module of their own.

Key bindings, footer, help screen, command palette and the README's key table are made from it.
"""

from stepper.tui.commands.command import Command, Group
from stepper.tui.commands.files import FILES
from stepper.tui.commands.inspecting import INSPECTING
from stepper.tui.commands.panels import PANELS
from stepper.tui.commands.program import PROGRAM
from stepper.tui.commands.running import RUNNING
from stepper.tui.commands.stopping import STOPPING

COMMANDS: tuple[Command, ...] = (*RUNNING, *STOPPING, *INSPECTING, *FILES, *PANELS, *PROGRAM)


def command(command_id: str) -> Command:
    """The command of that id; KeyError when there is none."""
    for candidate in COMMANDS:
        if candidate.id == command_id:
            return candidate
    raise KeyError(command_id)


def key_table() -> str:
    """The keys as a Markdown table, for the README."""
    rows = ["| Key | Command | What it does |", "| --- | --- | --- |"]
    for group in Group:
        rows += [
            f"| {' '.join(f'`{name}`' for name in each.key_names)} | {each.title} | {each.description} |"
            for each in COMMANDS
            if each.group is group
        ]
    return "\n".join(rows) + "\n"
