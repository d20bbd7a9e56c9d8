"""The last line of the screen: the keys of the commands that fit the situation, or for a moment a short notice."""

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from stepper.debugger.state import Mode, SessionState
from stepper.tui.commands.command import Command
from stepper.tui.commands.registry import COMMANDS
from stepper.tui.situation import Situation

FLASH_SECONDS = 3.0


class CommandFooter(Widget):
    """Made from the registry of commands. Labels can be clicked; a command that cannot be run is dimmed."""

    situation: reactive[Situation] = reactive(Situation(SessionState()))
    notice: reactive[str] = reactive("")

    def __init__(self) -> None:
        super().__init__(id="footer")
        self._timer: Timer | None = None
        self._refused: Command | None = None

    def refuse(self, command: Command, reason: str) -> None:
        """Say for a moment why a command cannot be run, no longer than that is true.

        That it was still connecting is said for the whole moment: a key was lost, and nothing else tells.
        """
        self.flash(reason)
        self._refused = command if self.situation.state.mode is not Mode.CONNECTING else None

    def watch_situation(self, situation: Situation) -> None:
        """What was refused may be possible now."""
        if self._refused is not None and self._refused.refusal(situation) != self.notice:
            self._end_flash()

    def flash(self, notice: str) -> None:
        """Show a short notice in place of the keys for a moment."""
        self._refused = None
        self.notice = notice
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(FLASH_SECONDS, self._end_flash)

    def _end_flash(self) -> None:
        self._refused = None
        self.notice = ""

    def render(self) -> RenderResult:
        """The notice, or as many keys as fit."""
        if self.notice:
            return Content.assemble((f" {self.notice}", "bold $text-warning"))
        labels = [_label(each, self.situation) for each in fitting(self.situation, self.size.width)]
        return Content(" ").join([Content(""), *labels])


def fitting(situation: Situation, width: int) -> list[Command]:
    """The commands whose labels fit into `width` columns, in the registry's order, by rank."""
    wanted = [
        each
        for each in COMMANDS
        if each.footer is not None and not (each.footer.only_when_possible and each.refusal(situation) is not None)
    ]
    chosen: list[Command] = []
    used = 0
    for each in sorted(wanted, key=lambda one: one.footer.rank if one.footer else 0):
        needed = _width(each)
        if used + needed > width:
            break
        used += needed
        chosen.append(each)
    return sorted((each for each in wanted if each in chosen), key=_place)


def _place(command: Command) -> int:
    """What is only possible now stands first."""
    return 0 if command.footer is not None and command.footer.only_when_possible else 1


def _width(command: Command) -> int:
    assert command.footer is not None
    return 1 + len(command.key_names[0]) + 1 + len(command.footer.text) + 1


def _label(command: Command, situation: Situation) -> Content:
    assert command.footer is not None
    refused = command.refusal(situation) is not None
    key_style, text_style = ("$text-disabled", "$text-disabled") if refused else ("bold $text-accent", "$text-muted")
    label = Content.assemble((command.key_names[0], key_style), " ", (command.footer.text, text_style), " ")
    return label.stylize(f"@click=screen.command('{command.id}')")
