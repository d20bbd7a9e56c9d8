"""The panels of the explorer, in the order of their keys."""

from stepper.tui.panel_order import OrderedPanel


class LayersPanel(OrderedPanel):
    """One panel; the value is what its title says."""

    LAYERS = "Layers"
    CHANGES = "Changes"
    FILES = "Files"
    CONFIG = "Config"
    WASTE = "Waste"

    @property
    def shows(self) -> str:
        """What is to be seen in it, for the help."""
        return _SHOWS[self]


_SHOWS = {
    LayersPanel.LAYERS: "the layers of the image",
    LayersPanel.CHANGES: "what the layer adds, changes and deletes",
    LayersPanel.FILES: "the whole filesystem up to the layer, and which layer wrote each file",
    LayersPanel.CONFIG: "the image configuration",
    LayersPanel.WASTE: "the bytes that nobody can reach, who wrote and who hid them, and dive's figures",
}
TABS = tuple(LayersPanel)[1:]
"""Those that share the right side."""
