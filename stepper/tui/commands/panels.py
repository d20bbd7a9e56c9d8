"""The commands that show and focus the panels."""

from stepper.tui.commands.command import Command, Group
from stepper.tui.intents import Intents
from stepper.tui.panels import Panel


def _panel_command(panel: Panel) -> Command:
    return Command(
        panel.id,
        f"{panel.value} panel",
        f"Shows and focuses {panel.shows}.",
        Group.PANELS,
        (panel.key,),
        lambda intents: intents.focus_panel(panel),
    )


PANELS: tuple[Command, ...] = (
    *(_panel_command(panel) for panel in Panel),
    Command(
        "next_panel",
        "Next panel",
        "Goes to the next panel.",
        Group.PANELS,
        ("tab",),
        Intents.next_panel,
    ),
    Command(
        "previous_panel",
        "Previous panel",
        "Goes to the panel before.",
        Group.PANELS,
        ("shift+tab",),
        Intents.previous_panel,
    ),
)
