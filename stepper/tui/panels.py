"""The panels of the main screen, in the order of their keys."""

from enum import Enum


class Panel(Enum):
    """One panel; the value is what its title says."""

    STAGES = "Stages"
    DOCKERFILE = "Dockerfile"
    OUTPUT = "Output"
    CHANGES = "Changes"
    CONFIG = "Config"

    @property
    def id(self) -> str:
        """The id of its command, and the end of the ids and classes of its widgets."""
        return self.name.lower()

    @property
    def next(self) -> "Panel":
        """The panel after it, around the end."""
        return _ORDER[(_ORDER.index(self) + 1) % len(_ORDER)]

    @property
    def previous(self) -> "Panel":
        """The panel before it, around the start."""
        return _ORDER[_ORDER.index(self) - 1]


_ORDER = tuple(Panel)
INSPECTOR = (Panel.CHANGES, Panel.CONFIG)
"""The panels that share the inspector."""
