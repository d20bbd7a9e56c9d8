"""The keys of a screen and what they do, on one line."""

from collections.abc import Iterable

from textual.content import Content

Key = tuple[str, str, str]
"""A key, what it is called, and its action on the screen."""


def key_labels(keys: Iterable[Key]) -> Content:
    """`d difference  Esc back`; a click on one is its key."""
    return Content("  ").join(
        Content.assemble((key, "bold $text-accent"), " ", (label, "$text-muted")).stylize(f"@click=screen.{action}")
        for key, label, action in keys
    )
