"""The explorer as a Textual app, over an image that is opened on a thread."""

import asyncio
import logging
import signal
from collections.abc import Callable
from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.message import Message

from stepper.errors import StepperError
from stepper.folders import state_folder
from stepper.tui.layers.opening import Open, Opening, OpeningFailed
from stepper.tui.layers.palette import LayersCommandProvider
from stepper.tui.layers.screen import LayersScreen
from stepper.tui.log_file import log_to
from stepper.tui.themes import DARK, THEMES

log = logging.getLogger(__name__)


class LayersApp(App[StepperError | None]):
    """Shows one image; ends with the error where there is nothing to show."""

    TITLE = "Stepper"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["../stepper.tcss", "layers.tcss"]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {LayersCommandProvider}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "Quit", show=False, priority=True)]

    def __init__(self, name: str, open_image: Open) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        # Setting the theme as usual would have the whole stylesheet parsed a second time before the first frame.
        self.set_reactive(App.theme, DARK.name)
        self.stylesheet.set_variables(self.get_css_variables())
        self._image_name = name
        self._opening = Opening(open_image, self._tell)
        self._mistake: Exception | None = None

    @property
    def mistake(self) -> Exception | None:
        """The unexpected error that ended the app, if one did."""
        return self._mistake

    def get_default_screen(self) -> LayersScreen:
        """The one screen that is always there."""
        self._main = LayersScreen(self._image_name)
        return self._main

    def on_mount(self) -> None:
        """Begin to read once the first frame has been painted."""
        if not self.is_headless:
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, self.call_later, self.action_quit)
        self.call_after_refresh(self._opening.start)

    async def action_quit(self) -> None:
        """Leave at once, whatever is still read."""
        self._opening.stop()
        self.exit(None)

    def _tell(self, message: Message) -> None:
        self._main.post_message(message)

    @on(OpeningFailed)
    def _failed(self, event: OpeningFailed) -> None:
        """The screen had nothing to show: then the error is told where the user typed the command."""
        self.exit(event.error)

    def _handle_exception(self, error: Exception) -> None:
        """Textual's last resort prints a traceback; ours keeps it in the log and says so (see `run_layers`)."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        if self._mistake is None:
            self._mistake = error
            log.error("unexpected error on the screen", exc_info=error)
        self._opening.stop()
        self._return_code = 1
        self._close_messages_no_wait()


def run_layers(name: str, open_image: Open) -> None:
    """Show an image until the user leaves. Raises `StepperError` where it cannot be had or read."""
    log_path = state_folder() / "stepper.log"
    log_to(log_path)
    app = LayersApp(name, open_image)
    error = app.run()
    if app.mistake is not None:
        what = f"{type(app.mistake).__name__}: {app.mistake}"
        raise StepperError(f"Stepper made a mistake and had to end: {what}", hint=f"The details are in {log_path}")
    if error is not None:
        raise error
