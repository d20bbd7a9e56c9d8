"""The registry of the explorer's commands; key bindings, footer, help and palette are made from it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepper.frozen import frozen
from stepper.tui.commands.command import FooterLabel, Group, key_name
from stepper.tui.layers.panels import LayersPanel

if TYPE_CHECKING:
    from stepper.tui.layers.intents import LayersIntents


@frozen
class LayersCommand:
    """One thing the user can ask for, as `stepper.tui.commands.command.Command` is one of the debugger's."""

    id: str
    title: str
    description: str
    group: Group
    keys: tuple[str, ...]
    run: "Callable[[LayersIntents], None]"
    footer: FooterLabel | None = None

    @property
    def key_names(self) -> tuple[str, ...]:
        """The keys as people read them."""
        return tuple(key_name(key) for key in self.keys)


def _panel_command(panel: LayersPanel) -> LayersCommand:
    return LayersCommand(
        panel.id,
        f"{panel.value} panel",
        f"Shows and focuses {panel.shows}.",
        Group.PANELS,
        (panel.key,),
        lambda intents: intents.focus_panel(panel),
    )


LAYERS_COMMANDS: tuple[LayersCommand, ...] = (
    LayersCommand(
        "next_layer",
        "Next layer",
        "Goes to the layer that stands on this one.",
        Group.INSPECT,
        ("n",),
        lambda intents: intents.next_layer(),
        FooterLabel("next layer", 3),
    ),
    LayersCommand(
        "previous_layer",
        "Layer below",
        "Goes to the layer that this one stands on.",
        Group.INSPECT,
        ("N",),
        lambda intents: intents.previous_layer(),
        FooterLabel("layer below", 4),
    ),
    LayersCommand(
        "view",
        "View the file",
        "Shows what the layer that wrote the file at the cursor made of its lines; Enter does the same.",
        Group.INSPECT,
        ("v",),
        lambda intents: intents.view(),
    ),
    LayersCommand(
        "filter",
        "Filter",
        "Leaves out every path in Changes, or in Files, that the filter does not fit. Escape ends it.",
        Group.INSPECT,
        ("slash",),
        lambda intents: intents.filter(),
        FooterLabel("filter", 5),
    ),
    LayersCommand(
        "sort",
        "Sort by name or size",
        "Switches Changes, or Files, between the order of names and the largest first.",
        Group.INSPECT,
        ("S",),
        lambda intents: intents.sort(),
        FooterLabel("sort", 6),
    ),
    LayersCommand(
        "expand",
        "Expand all",
        "Opens every folder in Changes or Files, or every line of Waste.",
        Group.INSPECT,
        ("E",),
        lambda intents: intents.expand(),
        FooterLabel("expand", 8),
    ),
    LayersCommand(
        "collapse",
        "Collapse all",
        "Closes them again.",
        Group.INSPECT,
        ("C",),
        lambda intents: intents.collapse(),
    ),
    LayersCommand(
        "flatten",
        "Tree or list",
        "Switches Changes, or Files, between a tree of folders and a list of whole paths.",
        Group.INSPECT,
        ("f",),
        lambda intents: intents.flatten(),
        FooterLabel("list", 9),
    ),
    LayersCommand(
        "go_to_writer",
        "Go to what wrote it",
        "Goes to the layer that wrote the path before; again, to the one before that.",
        Group.INSPECT,
        ("w",),
        lambda intents: intents.go_to_writer(),
        FooterLabel("who wrote it", 7),
    ),
    *(_panel_command(panel) for panel in LayersPanel),
    LayersCommand(
        "next_panel",
        "Next panel",
        "Goes to the next panel.",
        Group.PANELS,
        ("tab",),
        lambda intents: intents.next_panel(),
        FooterLabel("panel", 2),
    ),
    LayersCommand(
        "previous_panel",
        "Previous panel",
        "Goes to the panel before.",
        Group.PANELS,
        ("shift+tab",),
        lambda intents: intents.previous_panel(),
    ),
    LayersCommand(
        "help",
        "Help",
        "Shows all keys.",
        Group.APP,
        ("question_mark", "f1"),
        lambda intents: intents.help(),
        FooterLabel("help", 1),
    ),
    LayersCommand(
        "palette",
        "Command palette",
        "Finds any command by its name.",
        Group.APP,
        ("ctrl+p",),
        lambda intents: intents.palette(),
    ),
    LayersCommand(
        "theme",
        "Change the theme",
        "Picks the colours: Stepper's own dark or light ones, or any other of Textual's.",
        Group.APP,
        ("T",),
        lambda intents: intents.change_theme(),
    ),
    LayersCommand(
        "quit",
        "Quit",
        "Leaves the image, also while it is still read.",
        Group.APP,
        ("q", "ctrl+q", "ctrl+c"),
        lambda intents: intents.quit(),
        FooterLabel("quit", 0),
    ),
)


def layers_command(command_id: str) -> LayersCommand:
    """The command of that id; KeyError when there is none."""
    for candidate in LAYERS_COMMANDS:
        if candidate.id == command_id:
            return candidate
    raise KeyError(command_id)
