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
    Command(
        "save_image",
        "Save as an image",
        "Writes the snapshot of the step that is shown to an archive as docker load takes it.",
        Group.FILE,
        ("ctrl+s",),
        lambda intents: intents.images.save(),
        situation.can_save_image,
    ),
    Command(
        "load_images",
        "Load images",
        "Takes the images of an archive into the engine.",
        Group.FILE,
        ("ctrl+o",),
        lambda intents: intents.images.load(),
        situation.has_engine,
    ),
    Command(
        "import_image",
        "Import an image",
        "Makes an image of a root filesystem's archive, from a file or a URL.",
        Group.FILE,
        ("ctrl+t",),
        lambda intents: intents.images.import_filesystem(),
        situation.has_engine,
    ),
)
