"""The marks that say how a step or a stage stands, the same in every view."""

from enum import Enum


class Mark(Enum):
    """How a step or a stage stands; the value is the symbol, one cell wide."""

    NONE = " "
    DONE = "✔"
    CACHED = "≡"
    NEXT = "▶"
    RUNNING = "»"
    FAILED = "✖"
    NOT_NEEDED = "·"

    @property
    def symbol(self) -> str:
        """What to print."""
        return self.value

    @property
    def word(self) -> str:
        """The same for people who cannot see the symbol; "" for `NONE`."""
        return _WORDS[self]

    @property
    def style_name(self) -> str:
        """The end of the component class that colours it: `mark-done`."""
        return "mark-" + self.name.lower().replace("_", "-")


_WORDS = {
    Mark.NONE: "",
    Mark.DONE: "done",
    Mark.CACHED: "from cache",
    Mark.NEXT: "next",
    Mark.RUNNING: "running",
    Mark.FAILED: "failed",
    Mark.NOT_NEEDED: "not needed",
}
