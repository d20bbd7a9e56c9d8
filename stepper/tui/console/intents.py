"""What the user can ask for at the console, carried out in the session's thread."""

from typing import TYPE_CHECKING

from stepper.errors import StepperError
from stepper.folders import state_folder
from stepper.tui.console.bar import ConsoleBar
from stepper.tui.console.history import History
from stepper.tui.console.transcript import Transcript
from stepper.tui.controller import Controller
from stepper.tui.panels import Panel

if TYPE_CHECKING:
    from stepper.debugger.session import Session
    from stepper.tui.main_screen import MainScreen


class ConsoleIntents:
    """The console of one screen. What it printed stays while it is closed."""

    def __init__(self, screen: "MainScreen", controller: Controller) -> None:
        self.transcript = Transcript()
        self._screen = screen
        self._controller = controller
        self._history = History(state_folder() / "console-history")
        self._bar: ConsoleBar | None = None
        self._running = False

    @property
    def is_open(self) -> bool:
        """Whether its line is on the screen."""
        return self._bar is not None

    def open(self) -> None:
        """Show the line, and what was printed."""
        if self._bar is None:
            if self._screen.panel not in (Panel.DOCKERFILE, Panel.OUTPUT):
                # Where the panels are folded, what it prints is to be seen.
                self._screen.show_panel(Panel.OUTPUT)
            self._bar = ConsoleBar(
                self._history, enter=self._enter, complete=self._complete, interrupt=self._interrupt, close=self.close
            )
            self._screen.open_line(self._bar)
            self._screen.redraw()

    def close(self) -> None:
        """Take the line away; what runs goes on."""
        if self._bar is not None:
            bar, self._bar = self._bar, None
            bar.remove()
            self._screen.focus_panel(self._screen.panel)
            self._screen.redraw()

    def _enter(self, line: str) -> bool:
        """Carry out a line; False where that is not possible now."""
        if self._controller.busy:
            self._note("still running: ^c stops it")
            return False
        self._running = True
        self._note("running … ^c stops it")

        def job(session: "Session") -> None:
            self.transcript.begin(line)
            try:
                self.transcript.end(session.console.run(line, self.transcript.report))
            except StepperError as error:
                self.transcript.fail(error)
            finally:
                self._running = False
                self._screen.call_later(self._note, "")

        self._controller.command(job)
        return True

    def _complete(self, line: str) -> None:
        if self._controller.busy:
            return

        def job(session: "Session") -> None:
            self._screen.call_later(self._offer, line, session.console.complete(line))

        self._controller.background(job)

    def _interrupt(self) -> bool:
        if self._running:
            self._controller.interrupt()
        return self._running

    def _note(self, text: str) -> None:
        if self._bar is not None:
            self._bar.note(text)

    def _offer(self, line: str, words: list[str]) -> None:
        if self._bar is not None:
            self._bar.offer(line, words)
