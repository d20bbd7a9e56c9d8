"""The right side of the explorer: the chosen layer from all sides, one tab at a time."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static
from textual.worker import WorkType

from stepper.image.config import ImageConfig
from stepper.image.layer import Layer, Listing
from stepper.image.layer_listing import LayerListing, events_of, listing_after
from stepper.image.xattr_text import xattrs_text
from stepper.text import human_size, printable
from stepper.tui.changes_summary import changes_summary
from stepper.tui.layers.opened import OpenedImage
from stepper.tui.layers.panels import TABS, LayersPanel
from stepper.tui.widgets.change_nodes import Node
from stepper.tui.widgets.change_text import KIND_WORDS, describe, row_of
from stepper.tui.widgets.change_tree import BUILT_AT_ONCE, ChangeTree
from stepper.tui.widgets.config_view import ConfigView
from stepper.tui.widgets.report_view import ReportView, Row

LISTINGS_KEPT = 4
OPENING = "Opening the image …"
WHOLE = "All files at the end; which layer wrote each is known once the layers are read"
READING = "Still reading the layers; the history is known already"
STACKING = "Putting the layers together …"


class LayerTabs(Vertical):
    """Shows one layer of an image; only the chosen tab is drawn."""

    def __init__(self) -> None:
        super().__init__(id="layer-tabs", classes="panel")
        self.changes = ChangeTree(id=LayersPanel.CHANGES.id)
        self.files = ChangeTree(id=LayersPanel.FILES.id)
        self.config = ConfigView(id=LayersPanel.CONFIG.id)
        self.waste = ReportView(id=LayersPanel.WASTE.id)
        self._views: dict[LayersPanel, Widget] = {
            LayersPanel.CHANGES: self.changes,
            LayersPanel.FILES: self.files,
            LayersPanel.CONFIG: self.config,
            LayersPanel.WASTE: self.waste,
        }
        self._instruction = Static("", id="layer-instruction", markup=False)
        self._summary = Static("", id="layer-summary")
        self._details = Static("", classes="path-details", markup=False)
        self._chosen = LayersPanel.CHANGES
        self._opened: OpenedImage | None = None
        self._config: ImageConfig | None = None
        self._waste: tuple[Row, ...] = ()
        self._layer = 0
        self._listings: OrderedDict[int, LayerListing] = OrderedDict()
        self._whole: Listing | None = None
        """All files at the end, where these are known before the layers are."""
        self._nothing = OPENING

    def compose(self) -> ComposeResult:
        """What made the layer, what it changed, the tabs, and the path under the cursor."""
        yield self._instruction
        yield self._summary
        with ContentSwitcher(initial=self._chosen.id, id="layer-switcher"):
            yield from self._views.values()
        yield self._details

    def on_mount(self) -> None:
        """Nothing is known yet."""
        self._details.display = False
        self._title()
        self._draw()

    # What is shown

    @property
    def chosen(self) -> LayersPanel:
        """The tab that is shown."""
        return self._chosen

    def view(self, panel: LayersPanel) -> Widget:
        """The view of a tab."""
        return self._views[panel]

    @property
    def path_tree(self) -> ChangeTree:
        """The tree that the commands for paths mean."""
        return self.files if self._chosen is LayersPanel.FILES else self.changes

    @property
    def highlighted(self) -> Node | None:
        """The path under the cursor; None as well where the chosen tab shows no paths."""
        return self.path_tree.highlighted if self._shows_paths else None

    @property
    def _shows_paths(self) -> bool:
        """Configuration and waste are the whole image's."""
        return self._chosen in (LayersPanel.CHANGES, LayersPanel.FILES)

    def choose(self, panel: LayersPanel) -> None:
        """Show a tab."""
        self._chosen = panel
        self.query_one(ContentSwitcher).current = panel.id
        self._title()
        self._draw()

    def show_config(self, config: ImageConfig | None) -> None:
        """The history is known, and maybe the configuration; the layers are still read."""
        self._config = config
        self._nothing = READING
        self._draw()

    def show_whole(self, listing: Listing) -> None:
        """All files at the end are known; the layers are still read."""
        self._whole = listing
        if self._opened is None:
            self._draw()

    def show_image(self, opened: OpenedImage) -> None:
        """The layers are known."""
        self._opened = opened
        self._whole = None
        self._config = opened.analysis.config
        for index, root in opened.trees.items():
            self.changes.prepare(opened.layers[index], root)
        self._draw()

    def show_waste(self, rows: tuple[Row, ...]) -> None:
        """It is known what the image wastes."""
        self._waste = rows
        self._draw()

    def show_failure(self, text: str) -> None:
        """There is no image to show."""
        self._nothing = text
        self._draw()

    def show_layer(self, index: int, instruction: str) -> None:
        """Show another layer."""
        self._layer = index
        self._instruction.update(printable(" ".join(instruction.split())))
        self._draw()

    # Drawing

    def _title(self) -> None:
        tabs = [
            Content.styled(f" {panel.value} ", "bold reverse" if panel is self._chosen else "").stylize(
                f"@click=screen.command('{panel.id}')"
            )
            for panel in TABS
        ]
        self.border_title = Content("").join(tabs)

    def _draw(self) -> None:
        opened = self._opened
        self._summary.display = self._shows_paths
        self._instruction.display = self._shows_paths and not self._shows_whole
        self._draw_summary()
        match self._chosen:
            case LayersPanel.CHANGES:
                layer = opened.layers[self._layer] if opened is not None and opened.layers else None
                self.changes.show(layer, nothing=self._nothing if opened is None else "Nothing changed on disk")
                self._show_details(self.changes.highlighted)
            case LayersPanel.FILES:
                self._draw_files()
            case LayersPanel.CONFIG:
                nothing = self._nothing if self._config is None else "Nothing is configured"
                self.config.show(None, self._config, nothing=nothing)
            case _:
                nothing = self._nothing if opened is None else "Looking for what is hidden …"
                self.waste.show(self._waste, nothing=nothing)

    @property
    def _shows_whole(self) -> bool:
        """What is shown is no layer's, but the files at the end."""
        return self._opened is None and self._whole is not None and self._chosen is LayersPanel.FILES

    def _draw_summary(self) -> None:
        opened = self._opened
        if opened is None or not opened.layers:
            self._summary.update(WHOLE if self._shows_whole else "", layout=False)
            return
        layer = opened.layers[self._layer]
        name = Content.styled(f"layer {self._layer}  ", "$text-muted")
        self._summary.update(Content("").join([name, changes_summary(layer)]), layout=False)

    def _draw_files(self) -> None:
        if self._opened is None:
            self.files.show_listing(self._whole, nothing=self._nothing)
            self._show_details(self.files.highlighted)
            return
        found = self._listings.get(self._layer)
        if found is None:
            layers = self._opened.layers
            if sum(len(layer.changes) for layer in layers[: self._layer + 1]) > BUILT_AT_ONCE:
                # What stood there is another layer's: no key may mean it.
                self.files.show_listing(None, nothing=STACKING)
                self._show_details(None)
                work: WorkType[None] = partial(self._list_files, layers, self._layer)
                self.run_worker(work, group="listing", exclusive=True)
                return
            found = self._keep_listing(self._layer, listing_after(layers, self._layer))
        self._listings.move_to_end(self._layer)
        self.files.show_listing(found.listing, written_by=lambda path: f"layer {found.writers[path]}")
        self._show_details(self.files.highlighted)

    async def _list_files(self, layers: Sequence[Layer], layer: int) -> None:
        """Putting many files on top of each other takes a moment: not on the event loop."""
        self._keep_listing(layer, await asyncio.to_thread(listing_after, layers, layer))
        if layer == self._layer and self._chosen is LayersPanel.FILES:
            self._draw_files()

    def _keep_listing(self, layer: int, found: LayerListing) -> LayerListing:
        self._listings[layer] = found
        while len(self._listings) > LISTINGS_KEPT:
            self._listings.popitem(last=False)
        return found

    @on(ChangeTree.Highlighted)
    def _highlighted(self, event: ChangeTree.Highlighted) -> None:
        event.stop()
        if event.view is self.path_tree:
            self._show_details(event.node)

    def _show_details(self, node: Node | None) -> None:
        is_known = self._opened is not None or self._shows_whole
        self._details.display = self._shows_paths and node is not None and is_known
        if node is None or not self._details.display:
            return
        lines = [Content.styled(describe(node), "$text-muted")]
        if self._opened is not None and not (node.change is None and node.entry is None):
            told = (xattrs_text(*row_of(node).xattrs), history_text(self._opened, node.path))
            if any(told):
                lines.insert(0, Content(" · ".join(filter(None, told))))
        details = Content("\n").join(lines)
        if details != self._details.content:
            self._details.update(details, layout=False)


def history_text(opened: OpenedImage, path: str) -> str:
    """`added in layer 2 · modified in 5`: what happened to a path in all of the image."""
    words = []
    for number, (layer, change) in enumerate(events_of(opened.layers, path)):
        words.append(f"{KIND_WORDS[change.kind]} in {'layer ' if number == 0 else ''}{layer}")
    return " · ".join(words)


def progress_text(doing: str, done: int, total: int | None) -> str:
    """`reading: 12.0 MB of 130 MB`."""
    if not done:
        return doing
    return f"{doing}: {human_size(done)}" + (f" of {human_size(total)}" if total else "")
