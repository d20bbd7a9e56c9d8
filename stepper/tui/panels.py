"""The panels of the main screen, in the order of their keys."""

from enum import Enum


class Panel(Enum):
    """One panel; the value is what its title says. The order is that of the keys `1`, `2`, … and of the Tab key."""

    STAGES = "Stages"
    DOCKERFILE = "Dockerfile"
    OUTPUT = "Output"
    CHANGES = "Changes"
    FILES = "Files"
    COPY = "Copy"
    CONFIG = "Config"
    IMAGE = "Image"

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
_SHOWS = {
    Panel.STAGES: "the stages",
    Panel.DOCKERFILE: "the Dockerfile",
    Panel.OUTPUT: "the output of the step",
    Panel.CHANGES: "what the step did to the filesystem",
    Panel.FILES: "the whole filesystem after the step, and which step wrote each file",
    Panel.COPY: "what a COPY or ADD copies, or will copy, and what is kept out of it",
    Panel.CONFIG: "the image configuration after the step",
    Panel.IMAGE: "the image after the step: every layer as a bar, and the bytes that nobody can reach",
}
INSPECTOR = (Panel.CHANGES, Panel.FILES, Panel.COPY, Panel.CONFIG, Panel.IMAGE)
"""The panels that share the inspector."""
