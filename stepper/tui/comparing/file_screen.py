"""The screen that shows how a file of one finished image differs from that of another."""

import logging
import threading
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from stepper.debugger.file_contents import ReadFile
from stepper.debugger.waiting import Waiting
from stepper.engine.interruption import StoppedError
from stepper.errors import StepperError
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind
from stepper.text import human_size, printable
from stepper.tui.file.compare import MOST_COMPARED, content_difference, saying
from stepper.tui.file.rows import Rows
from stepper.tui.file.view import FileView
from stepper.tui.widgets.change_text import KIND_WORDS, differences, permissions
from stepper.tui.widgets.key_labels import key_labels

_KEYS = (("y", "copy path", "copy"), ("Esc", "back", "close"))

log = logging.getLogger(__name__)


class SavedFileScreen(Screen[None]):
    """What a change did to the content of a file, read by `read` on a thread of its own.

    `where` says between what, or in what, it changed: `old → new`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False),
        Binding("q", "close", "Close", show=False),
        Binding("y", "copy", "Copy the path", show=False),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    def __init__(self, change: Change, where: str, read: tuple[ReadFile, ReadFile]) -> None:
        super().__init__()
        self._change = change
        self._where = where
        self._read = read
        self._waiting = Waiting(self._tell_from_thread)
        self._view = FileView(id="file-view")

    def compose(self) -> ComposeResult:
        """Which file, its rows, what can be done."""
        yield Static(self._title_text(), id="file-title", markup=False)
        yield self._view
        yield Static(key_labels(_KEYS), id="file-status", markup=False)

    def on_mount(self) -> None:
        """Begin to read. The thread is a daemon: leaving never waits for an engine."""
        self._view.focus()
        if all(entry is None or entry.kind is EntryKind.FILE for entry in (self._change.before, self._change.after)):
            self._view.placeholder = "Reading …"
            threading.Thread(target=self._work, name="stepper-difference", daemon=True).start()
        else:
            self._view.show(saying("There are no two files to compare"))

    def on_unmount(self) -> None:
        """Read no further."""
        self._waiting.stop()

    def action_close(self) -> None:
        """Back to the tree."""
        self.dismiss(None)

    def action_copy(self) -> None:
        """Put the path on the clipboard, where the terminal lets it."""
        self.app.copy_to_clipboard(self._change.path)
        self.notify(f"Copied {printable(self._change.path)}", markup=False)

    def _work(self) -> None:
        try:
            rows = self._difference()
        except StoppedError:
            return
        except StepperError as error:
            rows = saying(f"{error}. {error.hint}" if error.hint else str(error))
        except Exception as error:
            log.exception("unexpected error while a file was compared")
            rows = saying(f"Stepper made a mistake: {type(error).__name__}: {error}")
        self.call_later(self._show, rows)

    def _difference(self) -> Rows:
        found = [
            read(self._change.path, MOST_COMPARED, self._waiting) if entry is not None else None
            for entry, read in zip((self._change.before, self._change.after), self._read, strict=True)
        ]
        return content_difference(*found)

    def _tell_from_thread(self, doing: str) -> None:
        self.call_later(self._tell, doing)

    def _tell(self, doing: str) -> None:
        self._view.placeholder = f"{doing} Esc stops"

    def _show(self, rows: Rows) -> None:
        self._view.show(rows)
        self._view.placeholder = "The file is empty"

    def _title_text(self) -> Content:
        change = self._change
        parts = [printable(change.path), printable(self._where)]
        if change.kind is ChangeKind.MODIFIED:
            parts.append(", ".join((KIND_WORDS[change.kind], *differences(change))))
        entry = change.after or change.before
        if entry is not None:
            parts.append(_entry_text(entry))
        return Content.styled(" · ".join(parts), "bold")


def _entry_text(entry: Entry) -> str:
    text = f"{permissions(entry)} {entry.uid}:{entry.gid}"
    return f"{text} {human_size(entry.size)}" if entry.kind is EntryKind.FILE else text
