"""What Stepper's apps have in common: themes, the signals that end them, and mistakes that reach no terminal."""

import asyncio
import logging
import signal
from typing import ClassVar, TypeVar

from textual.app import App
from textual.binding import Binding, BindingType

from stepper.errors import StepperError
from stepper.folders import state_folder
from stepper.tui.log_file import log_to
from stepper.tui.themes import DARK, THEMES

T = TypeVar("T")

log = logging.getLogger("stepper.tui")


class ThemedApp(App[T]):
    """An app in Stepper's colours."""

    TITLE = "Stepper"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "Quit", show=False, priority=True)]

    def __init__(self) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        # Setting the theme as usual would have the whole stylesheet parsed a second time before the first frame.
        self.set_reactive(App.theme, DARK.name)
        self.stylesheet.set_variables(self.get_css_variables())
        self._mistake: Exception | None = None

    @property
    def mistake(self) -> str | None:
        """The unexpected error that ended the app, in one line, if one did."""
        if self._mistake is None:
            return None
        return f"Stepper made a mistake and had to end: {type(self._mistake).__name__}: {self._mistake}"

    def let_go(self) -> None:
        """End what runs besides the screen; called when a mistake ends the app."""

    def leave_on_signals(self) -> None:
        """Quit when somebody tells the process to end."""
        if not self.is_headless:
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, self.call_later, self.action_quit)

    def _handle_exception(self, error: Exception) -> None:
        """Textual's last resort prints a traceback; ours keeps it in the log, and who ran the app says so."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        if self._mistake is None:
            self._mistake = error
            log.error("unexpected error on the screen", exc_info=error)
        self.let_go()
        self._return_code = 1
        self._close_messages_no_wait()


def run_logged(app: ThemedApp[T]) -> T | None:
    """Run an app with Stepper's log until the user leaves; what it ended with.

    Raises `StepperError` where the screen made a mistake.
    """
    log_path = state_folder() / "stepper.log"
    log_to(log_path)
    ended = app.run()
    if app.mistake is not None:
        raise StepperError(app.mistake, hint=f"The details are in {log_path}")
    return ended
