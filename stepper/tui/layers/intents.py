"""What the user of the explorer can ask for, carried out; see `stepper.tui.layers.commands`."""

from typing import TYPE_CHECKING

from stepper.image.layer import ChangeKind
from stepper.image.layer_listing import LayerEvent, events_of
from stepper.tui.layers.panels import LayersPanel
from stepper.tui.widgets.change_text import KIND_WORDS

if TYPE_CHECKING:
    from stepper.tui.layers.screen import LayersScreen


class LayersIntents:
    """The effects of the commands on the screen."""

    def __init__(self, screen: "LayersScreen") -> None:
        self._screen = screen

    # Layers

    def next_layer(self) -> None:
        """Go to the layer above."""
        self._screen.layer_list.layer_index += 1

    def previous_layer(self) -> None:
        """Go to the layer below."""
        self._screen.layer_list.layer_index = max(0, self._screen.layer_list.layer_index - 1)

    def go_to_writer(self) -> None:
        """Go to the newest layer below that touched the path under the cursor, or that wrote what is listed there."""
        screen = self._screen
        node = screen.tabs.highlighted
        if screen.opened is None or node is None:
            screen.flash("No path is chosen: go to one in Changes or Files first")
            return
        path = node.path
        current = screen.layer_list.layer_index
        below = [event.layer for event in events_of(screen.opened.layers[:current], path)]
        if not below:
            screen.flash(f"Layer {current} is where it comes from")
            return
        screen.go_to(below[-1], path)
        screen.flash(f"At layer {below[-1]}, which wrote it before")

    def view(self) -> None:
        """Show what the layer that wrote the file under the cursor last made of its lines."""
        screen = self._screen
        node = screen.tabs.highlighted
        found: tuple[LayerEvent, ...] = ()
        if screen.opened is not None and node is not None and not node.is_directory:
            # Empty where the rows of another layer are still shown, as while a large layer is filtered.
            found = events_of(screen.opened.layers[: screen.layer_list.layer_index + 1], node.path)
        if not found:
            screen.flash("No file is chosen: go to one in Changes or Files first")
            return
        layer, change = found[-1]
        from stepper.tui.comparing.file_screen import SavedFileScreen

        where = f"{KIND_WORDS[change.kind]} in layer {layer}"
        if change.kind is ChangeKind.MODIFIED:
            where = f"layer {layer - 1} → layer {layer}"
        # Nothing is read of what is below the lowest layer.
        read = (screen.files_after(max(0, layer - 1)), screen.files_after(layer))
        screen.app.push_screen(SavedFileScreen(change, where, read))

    # Trees

    def filter(self) -> None:
        """Ask for a filter of the paths."""
        self._screen.open_filter()

    def sort(self) -> None:
        """Change the order of the rows."""
        tree = self._screen.focus_tree()
        tree.toggle_sort()
        self._screen.flash(f"Sorted by {tree.sort_by.value}")

    def expand(self) -> None:
        """Open everything."""
        if self._screen.tabs.chosen is LayersPanel.WASTE:
            self._screen.tabs.waste.open_all()
        else:
            self._screen.focus_tree().expand_all()

    def collapse(self) -> None:
        """Close everything."""
        if self._screen.tabs.chosen is LayersPanel.WASTE:
            self._screen.tabs.waste.close_all()
        else:
            self._screen.focus_tree().collapse_all()

    def flatten(self) -> None:
        """Change between a tree and a list of whole paths."""
        tree = self._screen.focus_tree()
        tree.toggle_flat()
        self._screen.flash("A list of whole paths" if tree.flat else "A tree of folders")

    # Panels

    def focus_panel(self, panel: LayersPanel) -> None:
        """Show and focus a panel."""
        self._screen.focus_panel(panel)

    def next_panel(self) -> None:
        """Go to the next panel."""
        self._screen.focus_panel(self._screen.panel.next)

    def previous_panel(self) -> None:
        """Go to the panel before."""
        self._screen.focus_panel(self._screen.panel.previous)

    # Stepper

    def help(self) -> None:
        """Show the help."""
        from stepper.tui.layers.help_screen import LayersHelp

        self._screen.app.push_screen(LayersHelp())

    def palette(self) -> None:
        """Open the command palette."""
        self._screen.app.action_command_palette()

    def change_theme(self) -> None:
        """Pick other colours."""
        self._screen.app.action_change_theme()

    def quit(self) -> None:
        """Leave."""
        self._screen.run_worker(self._screen.app.action_quit())
