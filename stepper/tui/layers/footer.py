"""The last line of the explorer: its keys, or for a moment a short notice."""

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from stepper.tui.footer import FLASH_SECONDS
from stepper.tui.layers.commands import LAYERS_COMMANDS, LayersCommand


class LayersFooter(Widget):
    """As many keys as fit, those of the lowest rank first; a click runs the command."""

    notice: reactive[str] = reactive("")

    def __init__(self) -> None:
        super().__init__(id="footer")
        self._timer: Timer | None = None

    def flash(self, notice: str) -> None:
        """Show a short notice in place of the keys for a moment."""
        self.notice = notice
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(FLASH_SECONDS, self._end_flash)

    def _end_flash(self) -> None:
        self.notice = ""

    def render(self) -> RenderResult:
        """The notice, or the keys."""
        if self.notice:
            return Content.assemble((f" {self.notice}", "bold $text-warning"))
        return Content(" ").join([Content(""), *(_label(each) for each in fitting(self.size.width))])


def fitting(width: int) -> list[LayersCommand]:
    """The commands whose labels fit into `width` columns, in the registry's order."""
    wanted = [each for each in LAYERS_COMMANDS if each.footer is not None]
    chosen: list[LayersCommand] = []
    used = 0
    for each in sorted(wanted, key=lambda one: one.footer.rank if one.footer else 0):
        assert each.footer is not None
        needed = len(each.key_names[0]) + len(each.footer.text) + 3
        if used + needed > width:
            break
        used += needed
        chosen.append(each)
    return [each for each in wanted if each in chosen]


def _label(command: LayersCommand) -> Content:
    assert command.footer is not None
    label = Content.assemble(
        (command.key_names[0], "bold $text-accent"), " ", (command.footer.text, "$text-muted"), " "
    )
    return label.stylize(f"@click=screen.command('{command.id}')")
