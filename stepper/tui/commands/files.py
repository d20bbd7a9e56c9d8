"""The commands for the Dockerfile on disk and for the engine."""

from stepper.tui import situation
from stepper.tui.commands.command import Command, FooterLabel, Group
from stepper.tui.intents import Intents

FILES: tuple[Command, ...] = (
    Command(
        "edit",
        "Edit the Dockerfile",
        "Opens the Dockerfile in $VISUAL or $EDITOR at the cursor's line and reads it again afterwards.",
        Group.FILE,
        ("e",),
        Intents.edit,
        situation.idle,
        FooterLabel("edit", 6),
    ),
    Command(
        "reload",
        "Reload the Dockerfile",
        "Reads the Dockerfile and the build context again. Steps that are still valid are kept.",
        Group.FILE,
        ("L",),
        Intents.reload,
        situation.idle,
    ),
    Command(
        "connect",
        "Try the engine again",
        "Looks for an engine again after none was found.",
        Group.FILE,
        ("a",),
        Intents.connect,
        situation.can_connect,
        FooterLabel("try again", 0, only_when_possible=True),
    ),
)
