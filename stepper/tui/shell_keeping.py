"""Chooses among the commands that were entered in a shell: what is kept of them, as it will stand in the file."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.widgets.option_list import Option

from stepper.debugger.console.shell_commands import Offered
from stepper.debugger.console.shell_keeping import LeftShell
from stepper.errors import UsageError
from stepper.text import printable
from stepper.tui.widgets.choice_list import ChoiceList

_CHOSEN, _LEFT_OUT = "✔", "·"


class ShellKeepingScreen(ModalScreen[frozenset[int] | None]):
    """The commands with their marks, and below them the instruction; gives the numbers of those to keep.

    `where` is where that will stand.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,K", "close", "Close", show=False),
        Binding("space", "switch", "In or out", show=False),
        Binding("a", "all", "All or none", show=False),
        Binding("enter", "keep", "Keep", show=False, priority=True),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    def __init__(self, left: LeftShell, where: str) -> None:
        super().__init__()
        self._left = left
        self._where = where
        self._chosen = set(left.by_default)
        self._list = ChoiceList(id="kept-commands", markup=False)
        self._preview = Static("", id="kept-preview", markup=False)

    def compose(self) -> ComposeResult:
        """The list, and the instruction."""
        with Vertical(id="shell-keeping") as box:
            box.border_title = f"Keep in {self._where}"
            box.border_subtitle = "Space in/out · a all/none · Enter keeps · Esc"
            yield self._list
            with VerticalScroll(id="kept-scroll", can_focus=False):
                yield self._preview

    def on_mount(self) -> None:
        """Begin at the first command."""
        self._list.add_options([Option(self._row(number)) for number in range(len(self._left.offered))])
        self._list.highlighted = 0
        self._list.focus()
        self._show()

    def action_switch(self) -> None:
        """Take the highlighted command in, or leave it out."""
        number = self._list.highlighted
        if number is None:
            return
        if self._left.offered[number].is_refused:
            self.app.bell()
            return
        self._chosen ^= {number}
        self._show(number)

    def action_all(self) -> None:
        """Take all in that can be, or where they are, none."""
        can_be = {number for number, each in enumerate(self._left.offered) if not each.is_refused}
        self._chosen = set() if self._chosen == can_be else can_be
        self._show(*range(len(self._left.offered)))

    def action_keep(self) -> None:
        """Keep what is chosen."""
        if self._chosen:
            self.dismiss(frozenset(self._chosen))
        else:
            self.app.bell()

    def action_close(self) -> None:
        """Keep nothing now."""
        self.dismiss(None)

    def _row(self, number: int) -> Content:
        each = self._left.offered[number]
        is_in = number in self._chosen
        mark = (f" {_CHOSEN if is_in else _LEFT_OUT} ", "bold $text-success" if is_in else "$text-muted")
        return Content.assemble(mark, _text(each), (f"  {each.remark}" if each.remark else "", "$text-warning"))

    def _show(self, *changed: int) -> None:
        for number in changed:
            self._list.replace_option_prompt_at_index(number, self._row(number))
        try:
            text = self._left.text(self._chosen)
        except UsageError as error:
            told = f"{error.message}\n{error.hint}" if self._left.ended.no_run else error.message
            self._preview.update(Content.styled(told, "$text-muted"))
            return
        anew = self._left.why_anew(self._chosen)
        how = f"is run anew: {anew}" if anew else "nothing is run: its snapshot is what the shell did"
        lines = [printable(line) for line in text.split("\n")]
        self._preview.update(Content("\n").join([*map(Content, lines), Content.styled(how, "$text-accent")]))


def _text(offered: Offered) -> str:
    """A command on one line."""
    first, *more = offered.command.text.split("\n")
    return printable(first) + (f" … {len(more)} more lines" if len(more) > 1 else " … 1 more line" if more else "")
