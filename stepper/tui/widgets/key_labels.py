"""The keys of a screen and what they do, on one line."""

from collections.abc import Iterable, Sequence

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

Key = tuple[str, str, str]
"""A key, what it is called, and its action on the screen."""


class KeyLine(Widget):
    """As many of the keys as fit on the line; those whose actions are in `spare` go first, one after the other."""

    DEFAULT_CSS = "KeyLine { height: 1; }"

    def __init__(self, keys: Sequence[Key], spare: Sequence[str], *, id: str) -> None:  # noqa: A002 - as Textual has it
        super().__init__(id=id)
        self._keys = keys
        self._spare = spare

    def render(self) -> RenderResult:
        """The keys, closer together where that makes room."""
        keys, spare = list(self._keys), list(self._spare)
        while True:
            for gap in ("  ", " "):
                labels = key_labels(keys, gap=gap)
                if labels.cell_length <= self.content_size.width or (gap == " " and not spare):
                    return labels
            left_out = spare.pop(0)
            keys = [key for key in keys if key[2] != left_out]


def key_labels(keys: Iterable[Key], *, gap: str = "  ") -> Content:
    """`d difference  Esc back`; a click on one is its key."""
    return Content(gap).join(
        Content.assemble((key, "bold $text-accent"), " ", (label, "$text-muted")).stylize(f"@click=screen.{action}")
        for key, label, action in keys
    )
