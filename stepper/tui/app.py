"""The Textual app: puts the session's thread and the main screen together, and ends both."""

import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.command import Provider
from textual.message import Message
from textual.timer import Timer

from stepper.debugger.options import BuildOptions
from stepper.folders import state_folder
from stepper.tui.controller import Controller
from stepper.tui.log_file import log_to
from stepper.tui.main_screen import MainScreen
from stepper.tui.palette import CommandProvider
from stepper.tui.shell_handover import Handover, TerminalHandover
from stepper.tui.themed_app import ThemedApp

if TYPE_CHECKING:
    from stepper.debugger.session import Connect

BATCH_SECONDS = 0.05
"""Events that can wait are shown this often."""
SILENT_SECONDS = 0.5
"""How long closing may take before the user is told about it."""
PATIENCE_SECONDS = 10.0
"""How long Stepper waits for an engine to remove containers before it leaves them to the next start."""


class EventsWaiting(Message):
    """The session has something to tell."""

    def __init__(self, urgent: bool) -> None:
        super().__init__()
        self.urgent = urgent


class StepperApp(ThemedApp[int]):
    """The screen over one build.

    `handover` and `log_path` are for tests; `display_name` is the Dockerfile as the user knows it.
    """

    CSS_PATH = "stepper.tcss"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {CommandProvider}
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        options: BuildOptions,
        connect: "Connect",
        *,
        handover: Handover | None = None,
        log_path: Path | None = None,
        display_name: str | None = None,
    ) -> None:
        super().__init__()
        self.log_path = log_path if log_path is not None else state_folder() / "stepper.log"
        self.controller = Controller(options, connect, self._ring, self.log_path)
        self._options = options
        self._handover = handover if handover is not None else TerminalHandover(self)
        self._display_name = display_name or options.dockerfile_name or short_name(options.dockerfile)
        self._drained_at = 0.0
        self._drain_timer: Timer | None = None

    def get_default_screen(self) -> MainScreen:
        """The main screen lies below all others."""
        self._main = MainScreen(self._options, self.controller, self._handover, self._display_name, self.size)
        return self._main

    def on_mount(self) -> None:
        """Show the Dockerfile at once; the session begins when the first frame has been painted."""
        self.leave_on_signals()
        self.controller.command(lambda session: session.load())
        self.controller.command(lambda session: session.connect())
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        gc.enable()
        self.controller.start()

    async def action_quit(self) -> None:
        """Leave at once; the session closes behind the closing screen, see `run_app`."""
        self.controller.close()
        self.exit(0)

    def on_events_waiting(self, message: EventsWaiting) -> None:
        """Take the events now, or with the next batch."""
        message.stop()
        wait = self._drained_at + BATCH_SECONDS - time.monotonic()
        if message.urgent or wait <= 0:
            self._drain()
        elif self._drain_timer is None:
            self._drain_timer = self.set_timer(wait, self._drain)

    def _drain(self) -> None:
        if self._drain_timer is not None:
            self._drain_timer.stop()
            self._drain_timer = None
        self._drained_at = time.monotonic()
        self._main.drain()

    def _ring(self, urgent: bool) -> None:
        self.post_message(EventsWaiting(urgent))

    def let_go(self) -> None:
        """End the session."""
        self.controller.close()


def run_app(options: BuildOptions, connect: "Connect") -> int:
    """Run the debugger's screen until the user leaves; the exit code."""
    gc.disable()  # Until the first frame there is nothing to collect, and looking for it costs a tenth of the time.
    app = StepperApp(options, connect)
    log_to(app.log_path)
    try:
        app.run()
    finally:
        app.controller.close()
        await_close(app.controller)
    if app.mistake is not None:
        print(f"{app.mistake}\nThe details are in {app.log_path}", file=sys.stderr)
        return 1
    return app.return_value or 0


def short_name(path: Path) -> str:
    """The Dockerfile as the user knows it: relative where it is below the working folder."""
    absolute = Path(os.path.abspath(path))
    for folder, prefix in ((Path.cwd(), ""), (Path.home(), "~/")):
        if absolute.is_relative_to(folder):
            return prefix + str(absolute.relative_to(folder))
    return str(absolute)


def await_close(controller: Controller) -> None:
    """Wait for the engine to let go of everything, and say so when it takes longer than anyone would notice.

    An engine that has not been reached yet holds nothing of this session, and is not waited for.
    """
    if controller.join(SILENT_SECONDS) or controller.state.engine is None:
        return
    print("Removing what is left in the engine …", file=sys.stderr, flush=True)
    if not controller.join(PATIENCE_SECONDS):
        print("The engine does not answer. What is left in it is removed at the next start.", file=sys.stderr)
