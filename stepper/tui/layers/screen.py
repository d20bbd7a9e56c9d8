"""The explorer's screen: the layers at the left, the chosen one from all sides at the right."""

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from stepper.debugger.file_contents import ReadFile
from stepper.image.outline import ImageOutline, LayerOutline
from stepper.text import counted, human_size, printable, strip_control
from stepper.tui.find_bar import FILTER_HINT, FindBar, TreeFilter
from stepper.tui.layers.commands import LAYERS_COMMANDS, layers_command
from stepper.tui.layers.footer import LayersFooter
from stepper.tui.layers.intents import LayersIntents
from stepper.tui.layers.layer_list import LayerItem, LayerList
from stepper.tui.layers.opened import OpenedImage, told
from stepper.tui.layers.opening import (
    FilesKnown,
    ImageOpened,
    OpeningFailed,
    OpeningProgress,
    OutlineKnown,
    WasteKnown,
)
from stepper.tui.layers.panels import TABS, LayersPanel
from stepper.tui.layers.tabs import OPENING, LayerTabs, progress_text
from stepper.tui.layers.waste import LayerPath
from stepper.tui.widgets.change_tree import ChangeTree
from stepper.tui.widgets.report_view import ReportView

FilesAfter = Callable[[int], ReadFile]
"""Gives what reads the files of the image, once that is opened, as they are after a layer."""

_BY_WIDTH = [(0, "-folded"), (100, "-wide")]


class LayersScreen(Screen[None]):
    """Shows an image while it comes in: first its history, then its layers."""

    AUTO_FOCUS = f"#{LayersPanel.LAYERS.id}"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(",".join(each.keys), f"command('{each.id}')", each.title, show=False, id=each.id)
            for each in LAYERS_COMMANDS
        ),
        Binding("escape", "end_filter", "End the filter", show=False),
    ]
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = _BY_WIDTH

    def __init__(self, name: str, files_after: FilesAfter) -> None:
        super().__init__()
        self.files_after = files_after
        self.layer_list = LayerList(id=LayersPanel.LAYERS.id)
        self.tabs = LayerTabs()
        self.footer = LayersFooter()
        self.opened: OpenedImage | None = None
        self._image_name = name
        self._facts = ""
        self._progress = ""
        self._title = Static("", id="title-bar", markup=False)
        self._panel = LayersPanel.LAYERS
        self._intents = LayersIntents(self)
        self._outlines: tuple[LayerOutline, ...] = ()

    def compose(self) -> ComposeResult:
        """Title, layers and tabs, footer."""
        yield self._title
        with Container(id="explorer"):
            with Container(id="layers-panel", classes="panel") as panel:
                panel.border_title = LayersPanel.LAYERS.value
                yield self.layer_list
            yield self.tabs
        yield self.footer

    def on_mount(self) -> None:
        """Nothing is known but the name."""
        # At once, and not by a message: then list and tabs are painted together.
        self.watch(self.layer_list, "cursor_row", self._show_layer, init=False)
        self.layer_list.placeholder = OPENING
        self._show_title()

    # What comes in

    @on(OutlineKnown)
    def _outline_known(self, event: OutlineKnown) -> None:
        event.stop()
        outline = event.outline
        self._show_facts(outline.name, outline.platform, outline.size, len(outline.layers))
        self._show_layers(outline)
        self.tabs.show_config(outline.config)

    @on(FilesKnown)
    def _files_known(self, event: FilesKnown) -> None:
        event.stop()
        self.tabs.show_whole(event.listing)

    @on(OpeningProgress)
    def _progressed(self, event: OpeningProgress) -> None:
        event.stop()
        self._progress = progress_text(event.doing, event.done, event.total)
        self._show_title()

    @on(ImageOpened)
    def _image_opened(self, event: ImageOpened) -> None:
        event.stop()
        self.opened = event.image
        self._progress = ""
        analysis = event.image.analysis
        name = ", ".join(analysis.names) or self._image_name
        self._show_facts(name, analysis.platform, analysis.size, len(analysis.layers))
        self._outlines = tuple(
            LayerOutline(each.instruction, each.comment, each.created, each.size) for each in analysis.layers
        )
        self.layer_list.placeholder = "This image has no layers"
        self.layer_list.show(event.image.items)
        self.tabs.show_image(event.image)
        self._show_layer()

    @on(WasteKnown)
    def _waste_known(self, event: WasteKnown) -> None:
        event.stop()
        self.tabs.show_waste(event.rows)

    @on(OpeningFailed)
    def _failed(self, event: OpeningFailed) -> None:
        """Stay with what is known; where that is nothing, the app ends with the error."""
        if not self._outlines:
            return
        event.stop()
        error = event.error
        self._progress = "✖ failed"
        self._show_title()
        text = f"{error}\n{error.hint}" if error.hint else str(error)
        self.tabs.show_failure(printable(str(error)))
        self.notify(strip_control(text), severity="error", timeout=30, markup=False)

    def _show_facts(self, name: str, platform: str, size: int, count: int) -> None:
        layers = f"{human_size(size)} in {counted(count, 'layer')}"
        self._image_name = name
        self._facts = "  ".join(part for part in (platform, layers) if part)
        self._show_title()

    def _show_title(self) -> None:
        name = Content.styled(printable(self._image_name), "bold")
        progress = Content.styled(self._progress, "$text-warning")
        # What changes comes before what a narrow screen has no room for.
        parts = [Content("stepper layers"), name, progress, Content(self._facts)]
        self._title.update(Content("   ").join(part for part in parts if part.plain))

    def _show_layers(self, outline: ImageOutline) -> None:
        self._outlines = outline.layers
        self.layer_list.show([LayerItem(each.size, told(each.instruction, each.comment)) for each in outline.layers])
        self._show_layer()

    def _show_layer(self) -> None:
        index = self.layer_list.layer_index
        if index < len(self._outlines):
            outline = self._outlines[index]
            self.tabs.show_layer(index, told(outline.instruction, outline.comment))

    # Commands

    def action_command(self, command_id: str) -> None:
        """Run a command; Ctrl+C copies what is selected."""
        if command_id == "quit" and self.get_selected_text():
            self.action_copy_text()
            return
        layers_command(command_id).run(self._intents)

    def flash(self, text: str) -> None:
        """Say something short in the footer for a moment."""
        self.footer.flash(text)

    @property
    def panel(self) -> LayersPanel:
        """The panel that has the focus, or had it last."""
        return self._panel

    def focus_panel(self, panel: LayersPanel) -> None:
        """Show a panel and give it the focus."""
        self._panel = panel
        if panel in TABS:
            self.tabs.choose(panel)
        # At once: the next key may be there already.
        self.set_focus(self._view_of(panel))

    def focus_tree(self) -> ChangeTree:
        """The tree that is shown, else Changes; it has the focus afterwards."""
        self.focus_panel(self.tabs.chosen if self.tabs.chosen is LayersPanel.FILES else LayersPanel.CHANGES)
        return self.tabs.path_tree

    def go_to(self, layer: int, path: str = "") -> None:
        """Go to a layer, and to a path in what it changes."""
        if self.tabs.chosen is not LayersPanel.FILES:
            self.focus_panel(LayersPanel.CHANGES)
        self.layer_list.layer_index = layer
        if path:
            self.tabs.path_tree.reveal(path)

    def open_filter(self) -> None:
        """Filter the tree."""
        for open_bar in self.query(FindBar):
            open_bar.end()
        if self.tabs.chosen not in (LayersPanel.CHANGES, LayersPanel.FILES):
            self.tabs.choose(LayersPanel.CHANGES)
        # Not focused here: that takes effect later, and would take the keys from the line that the user types in.
        tree = self.tabs.path_tree
        self.mount(FindBar(TreeFilter(tree), tree, FILTER_HINT), before=self.footer)

    def action_end_filter(self) -> None:
        """End a filter from outside of its line."""
        for open_bar in self.query(FindBar):
            open_bar.action_close()

    def _view_of(self, panel: LayersPanel) -> Widget:
        return self.layer_list if panel is LayersPanel.LAYERS else self.tabs.view(panel)

    # What the widgets tell

    @on(events.DescendantFocus)
    def _panel_focused(self, event: events.DescendantFocus) -> None:
        for panel in LayersPanel:
            if event.widget is self._view_of(panel):
                self._panel = panel

    @on(LayerList.LayerSelected)
    def _layer_selected(self, event: LayerList.LayerSelected) -> None:
        event.stop()
        self.focus_panel(self.tabs.chosen)

    @on(ChangeTree.Activated)
    def _path_activated(self, event: ChangeTree.Activated) -> None:
        event.stop()
        self._intents.view()

    @on(ReportView.Chosen)
    def _line_chosen(self, event: ReportView.Chosen) -> None:
        event.stop()
        if isinstance(event.target, LayerPath):
            self.focus_panel(LayersPanel.CHANGES)
            self.go_to(event.target.layer, event.target.path)
