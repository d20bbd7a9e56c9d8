"""Asks where to save a file or folder of a state, and saves it there."""

import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from stepper.debugger.state import StepRecord
from stepper.errors import StepperError
from stepper.text import human_size, printable
from stepper.tui.controller import Controller
from stepper.tui.widgets.entry_line import EntryLine, all_typed
from stepper.tui.wording import place_text

if TYPE_CHECKING:
    from stepper.debugger.session import Session

TELL_SECONDS = 0.2


class SaveScreen(ModalScreen[None]):
    """A line for the path; Enter saves, Escape stops or closes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "save", "Save", show=False, priority=True),
        Binding("escape", "stop_or_close", "Close", show=False, priority=True),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    def __init__(self, controller: Controller, record: StepRecord, path: str) -> None:
        super().__init__()
        self._controller = controller
        self._record = record
        self._path = path
        self._default = printable(path.rstrip("/").rpartition("/")[2]) or "root"
        self._input = EntryLine(value=f"./{self._default}", id="save-input", compact=True)
        self._message = Static("", id="save-message", markup=False)
        self._saving = False
        self._stop = threading.Event()

    def compose(self) -> ComposeResult:
        """The line, and below it what comes of it."""
        with Vertical(id="save") as box:
            box.border_title = "Save to disk"
            box.border_subtitle = "Enter saves · Esc closes"
            yield Static(f"{printable(self._path)} after {place_text(self._record)}", markup=False)
            yield self._input
            yield self._message

    async def action_save(self) -> None:
        """Save it there."""
        await all_typed(self)
        typed = self._input.value.strip()
        if self._saving or not typed:
            return
        target = Path(typed).expanduser()
        if target.is_dir():
            target /= self._default
        if os.path.lexists(target):
            self._message.update(f"{target} is there already: choose another name")
            return
        self._saving = True
        self._stop.clear()
        self._message.update("Saving …")
        self._controller.look(lambda session: self._save(session, target), long=True)

    def action_stop_or_close(self) -> None:
        """Stop saving, or close."""
        if self._saving:
            self._stop.set()
        else:
            self.dismiss(None)

    def _save(self, session: "Session", target: Path) -> None:
        told = time.monotonic()

        def read(size: int) -> None:
            nonlocal told
            if self._stop.is_set():
                raise StepperError("Stopped: nothing was saved")
            if time.monotonic() - told > TELL_SECONDS:
                told = time.monotonic()
                self.call_later(self._message.update, f"{human_size(size)} saved · Esc stops")

        try:
            if self._stop.is_set():
                raise StepperError("Stopped: nothing was saved")
            left_out = session.snapshots.save(self._record.id, self._path, target, read)
        except StepperError as error:
            self.call_later(self._failed, error)
        else:
            self.call_later(self._saved, target, left_out)

    def _failed(self, error: StepperError) -> None:
        self._saving = False
        self._message.update(f"{error}. {error.hint}" if error.hint else str(error))

    def _saved(self, target: Path, left_out: int) -> None:
        self._saving = False
        without = f", without its devices and pipes ({left_out:,})" if left_out else ""
        self.notify(f"Saved {printable(str(target))}{without}", markup=False)
        self.dismiss(None)
