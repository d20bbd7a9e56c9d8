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


def mark_styles(prefix: str) -> str:
    """CSS for a rule of a view's own: the colours of its component classes `prefix--mark-done` and so on."""
    return "\n".join(f"& > .{prefix}--{mark.style_name} {{ {_STYLES[mark]} }}" for mark in Mark if mark in _STYLES)


_STYLES = {
    Mark.DONE: "color: $text-success;",
    Mark.CACHED: "color: $text-success;",
    Mark.NEXT: "color: $text-primary; text-style: bold;",
    Mark.RUNNING: "color: $text-warning; text-style: bold;",
    Mark.FAILED: "color: $text-error; text-style: bold;",
    Mark.NOT_NEEDED: "color: $text-disabled;",
}
_WORDS = {
    Mark.NONE: "",
    Mark.DONE: "done",
    Mark.CACHED: "from cache",
    Mark.NEXT: "next",
    Mark.RUNNING: "running",
    Mark.FAILED: "failed",
    Mark.NOT_NEEDED: "not needed",
}
