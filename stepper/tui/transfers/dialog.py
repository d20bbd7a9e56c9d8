"""A dialog that asks where something goes or comes from, and shows how far it has come.

The transfer runs on a thread of its own with a connection of its own: steps can be run meanwhile.
"""

import logging
import threading
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from stepper.engine.image_store import ImageStore, open_image_store
from stepper.engine.transfers.progress import Transfer
from stepper.errors import EngineUnavailable, StepperError
from stepper.text import printable
from stepper.tui.controller import Controller
from stepper.tui.widgets.entry_line import EntryLine, all_typed

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.0
"""How long leaving waits for a transfer to take its half-written file away."""


class StoppedError(StepperError):
    """The user stopped the transfer."""


class TransferDialog(ModalScreen[None]):
    """Enter begins, Escape stops or closes. A subclass has its texts, its `lines` to type in, and does the `work`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "begin", "Begin", show=False, priority=True),
        Binding("escape", "stop_or_close", "Close", show=False, priority=True),
        Binding("tab", "app.focus_next", "The next line", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "The line before", show=False, priority=True),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    DEFAULT_CSS = """
    TransferDialog {
        & > #transfer {
            width: 76; max-width: 94%; height: auto; padding: 0 1;
            border: round $border; background: $surface;
        }
        & #transfer-message { color: $text-warning; }
    }
    """

    heading: ClassVar[str]
    enter: ClassVar[str]
    """What Enter does, in a word."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self.controller = controller
        self._message = Static("", id="transfer-message", markup=False)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def lines(self) -> list[Static | EntryLine]:
        """What is between the border and the message."""
        raise NotImplementedError

    def refusal(self) -> str | None:
        """Why it cannot begin with what was typed; None where it can."""
        raise NotImplementedError

    def work(self, store: ImageStore, transfer: Transfer) -> str:
        """Do it, in the transfer's thread; what the user is told at the end. Raises `StepperError`."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The lines, and below them what comes of it."""
        with Vertical(id="transfer") as box:
            box.border_title = self.heading
            box.border_subtitle = f"Enter {self.enter} · Esc closes"
            yield from self.lines()
            yield self._message

    @property
    def is_busy(self) -> bool:
        """Whether a transfer goes on."""
        return self._thread is not None and self._thread.is_alive()

    async def action_begin(self) -> None:
        """Begin."""
        await all_typed(self)
        if self.is_busy:
            return
        reason = self.refusal()
        if reason is not None:
            self._message.update(reason)
            return
        self._stop.clear()
        self._message.update("Connecting …")
        self._thread = threading.Thread(target=self._run, name="stepper-transfer", daemon=True)
        self._thread.start()

    def action_stop_or_close(self) -> None:
        """Stop what goes on; a second time, or where nothing does, close."""
        if self.is_busy and not self._stop.is_set():
            self._stop.set()
            self._message.update("Stopping …")
        else:
            self.dismiss(None)

    def on_unmount(self) -> None:
        """Nothing half-written stays."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS)

    def check(self) -> None:
        """Go on only while the user wants it: raises `StoppedError`."""
        if self._stop.is_set():
            raise StoppedError("Stopped: nothing was kept")

    def _tell(self, line: str) -> None:
        self.check()
        self.call_later(self._message.update, f"{line} · Esc stops")

    def _run(self) -> None:
        try:
            info = self.controller.state.engine
            if info is None:
                raise EngineUnavailable("There is no engine any more")
            # By any other way it is found again as it was the first time.
            store = open_image_store(info.endpoint if info.origin.startswith("-H") else None)
            try:
                told = self.work(store, Transfer(self.heading.lower(), tell=self._tell))
            finally:
                store.close()
        except StepperError as error:
            self._end(f"{error}. {error.hint}" if error.hint else str(error))
        except Exception as error:
            log.exception("unexpected error in a transfer")
            self._end(f"Stepper made a mistake: {type(error).__name__}: {error}")
        else:
            self.call_later(self._done, told)

    def _end(self, text: str) -> None:
        if self.is_attached:
            self.call_later(self._message.update, printable(text))

    def _done(self, told: str) -> None:
        self.app.notify(printable(told), markup=False)
        if self.is_attached:
            self.dismiss(None)
