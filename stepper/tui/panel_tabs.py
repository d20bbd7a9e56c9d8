"""The names of panels as tabs in one line, for the folded screen and the inspector's title."""

from collections.abc import Iterable

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from stepper.tui.commands.registry import command
from stepper.tui.panels import Panel

SHORTEST_NAME = 3
"""A name is not cut to fewer letters than this."""
_BRIEF = {"Dockerfile": "Docker", "Variables": "Vars", "Config": "Conf"}
"""What is better than the first letters of a name."""


class PanelTabs(Widget):
    """One line with every panel's key and name; a click goes there. Shown where the panels do not fit side by side."""

    chosen: reactive[Panel] = reactive(Panel.DOCKERFILE)

    def __init__(self) -> None:
        super().__init__(id="panel-tabs")

    def render(self) -> RenderResult:
        """The tabs, the chosen one standing out."""
        return tabs(Panel, self.chosen, room=self.size.width, keys=True)


def tabs(panels: Iterable[Panel], chosen: Panel, *, room: int, keys: bool = False) -> Content:
    """The panels' names with what a click does; the chosen one is bold and reversed, the others are plain.

    They take `room` cells where they can: the names of those that are not chosen are cut for that, the longest first.
    """
    shown = tuple(panels)
    names = _fitting(shown, chosen, room - sum(len(_before(panel, keys)) for panel in shown) - len(_AFTER_CHOSEN))
    return Content("").join(_tab(panel, names[panel], panel is chosen, keys) for panel in shown)


_AFTER_CHOSEN = " "
"""Only the chosen tab has a space behind it."""


def _fitting(panels: tuple[Panel, ...], chosen: Panel, letters: int) -> dict[Panel, str]:
    """The names, with no more letters together than there is room for."""
    names = {panel: panel.value for panel in panels}
    while sum(map(len, names.values())) > letters:
        others = [panel for panel in panels if panel is not chosen and len(names[panel]) > SHORTEST_NAME]
        if not others:
            break
        longest = max(reversed(others), key=lambda panel: len(names[panel]))
        names[longest] = _BRIEF.get(names[longest], names[longest][:-1])
    return names


def _before(panel: Panel, with_key: bool) -> str:
    return f" {command(panel.id).key_names[0]} " if with_key else " "


def _tab(panel: Panel, name: str, is_chosen: bool, with_key: bool) -> Content:
    text = f"{_before(panel, with_key)}{name}{_AFTER_CHOSEN if is_chosen else ''}"
    label = Content.styled(text, "bold reverse" if is_chosen else "")
    return label.stylize(f"@click=screen.command('{panel.id}')")
