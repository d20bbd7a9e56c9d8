"""The panels of the explorer, in the order of their keys."""

from enum import Enum


class LayersPanel(Enum):
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

    @property
    def key(self) -> str:
        """The key that goes there."""
        return str(_ORDER.index(self) + 1)

    @property
    def id(self) -> str:
        """The id of its command and of its view."""
        return self.name.lower()

    @property
    def next(self) -> "LayersPanel":
        """The panel after it, around the end."""
        return _ORDER[(_ORDER.index(self) + 1) % len(_ORDER)]

    @property
    def previous(self) -> "LayersPanel":
        """The panel before it, around the start."""
        return _ORDER[_ORDER.index(self) - 1]


_ORDER = tuple(LayersPanel)
_SHOWS = {
    LayersPanel.LAYERS: "the layers of the image",
    LayersPanel.CHANGES: "what the layer adds, changes and deletes",
    LayersPanel.FILES: "the whole filesystem up to the layer, and which layer wrote each file",
    LayersPanel.CONFIG: "the image configuration",
    LayersPanel.WASTE: "the bytes that nobody can reach, who wrote and who hid them, and dive's figures",
}
TABS = _ORDER[1:]
"""Those that share the right side."""
