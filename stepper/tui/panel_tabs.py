"""The names of panels as tabs in one line, for the folded screen and the inspector's title."""

from collections.abc import Iterable

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from stepper.tui.commands.registry import command
from stepper.tui.panels import Panel


class PanelTabs(Widget):
    """One line with every panel's key and name; a click goes there. Shown where the panels do not fit side by side."""

    chosen: reactive[Panel] = reactive(Panel.DOCKERFILE)

    def __init__(self) -> None:
        super().__init__(id="panel-tabs")

    def render(self) -> RenderResult:
        """The tabs, the chosen one standing out."""
        return Content("").join([Content(" "), tabs(Panel, self.chosen, keys=True)])


def tabs(panels: Iterable[Panel], chosen: Panel, *, keys: bool = False) -> Content:
    """The panels' names with what a click does; the chosen one is bold and reversed, the others are plain.

    Only the chosen one has a space behind it: eight panels have to fit into 80 columns, five into the inspector.
    """
    return Content("").join(_tab(panel, panel is chosen, keys) for panel in panels)


def _tab(panel: Panel, chosen: bool, with_key: bool) -> Content:
    each = command(panel.id)
    text = f" {each.key_names[0]} {panel.value}" if with_key else f" {panel.value}"
    text += " " if chosen else ""
    label = Content.styled(text, "bold reverse" if chosen else "")
    return label.stylize(f"@click=screen.command('{each.id}')")
