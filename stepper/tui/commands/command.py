"""What a command is: one value that says all there is to know about one thing the user can ask for."""

from collections.abc import Callable
from enum import Enum

from stepper.frozen import frozen
from stepper.tui import situation
from stepper.tui.intents import Intents
from stepper.tui.situation import Situation


class Group(Enum):
    """The sections of the help screen, in order."""

    RUN = "Run"
    INSPECT = "Look around"
    FILE = "Dockerfile and engine"
    PANELS = "Panels"
    APP = "Stepper"


@frozen
class FooterLabel:
    """How a command stands in the footer. Where not all fit, a higher `rank` goes first."""

    text: str
    rank: int
    only_when_possible: bool = False
    """Not shown at all, instead of dimmed, while the command cannot be run."""


@frozen
class Command:
    """One thing the user can ask for.

    `keys` are Textual's key names, the main one first. `refusal` gives the reason why it cannot be run in a
    situation, None when it can. `run` is what happens.
    """

    id: str
    title: str
    description: str
    group: Group
    keys: tuple[str, ...]
    run: Callable[[Intents], None]
    refusal: Callable[[Situation], str | None] = situation.always
    footer: FooterLabel | None = None
    holds_keys: bool = False
    """No other key is handled before what it opens has the focus."""

    @property
    def key_names(self) -> tuple[str, ...]:
        """The keys as people read them."""
        return tuple(key_name(key) for key in self.keys)


_NAMES = {
    "slash": "/",
    "equals_sign": "=",
    "question_mark": "?",
    "colon": ":",
    "full_stop": ".",
    "left_square_bracket": "[",
    "tab": "Tab",
    "enter": "Enter",
    "escape": "Esc",
}


def key_name(key: str) -> str:
    """A key as people read it: `^p`, `F5`, `Shift+Tab`, `?`."""
    if key.startswith("ctrl+"):
        return f"^{key_name(key.removeprefix('ctrl+'))}"
    if key.startswith("shift+"):
        return f"Shift+{key_name(key.removeprefix('shift+'))}"
    if key[0] == "f" and key[1:].isdigit():
        return key.upper()
    return _NAMES.get(key, key)
