"""What the panels of every screen have in common: each a key by its place, and neighbours around the end."""

from enum import Enum
from typing import Self


class OrderedPanel(Enum):
    """A panel of a screen. The order of the members is that of the keys `1`, `2`, … `9`, `0` and of the Tab key."""

    @property
    def key(self) -> str:
        """The key that goes there."""
        return str((self._place + 1) % 10)

    @property
    def id(self) -> str:
        """The id of its command, and the end of the ids and classes of its widgets."""
        return self.name.lower()

    @property
    def next(self) -> Self:
        """The panel after it, around the end."""
        order = tuple(type(self))
        return order[(self._place + 1) % len(order)]

    @property
    def previous(self) -> Self:
        """The panel before it, around the start."""
        return tuple(type(self))[self._place - 1]

    @property
    def _place(self) -> int:
        return tuple(type(self)).index(self)
