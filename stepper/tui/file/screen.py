"""The screen that shows one file of a state."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from stepper.debugger.state import StepRecord
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind
from stepper.text import human_size, printable
from stepper.tui.comparing.step_picker import StepPicker
from stepper.tui.controller import Controller
from stepper.tui.file.compare import compare, compare_with
from stepper.tui.file.loader import FileLoader, FilePlace
from stepper.tui.file.rows import FixedRows, HexRows, Rows, TextRows
from stepper.tui.file.save import SaveScreen
from stepper.tui.file.view import FileView
from stepper.tui.situation import steps_to_compare
from stepper.tui.widgets.change_text import differences, permissions
from stepper.tui.widgets.key_labels import key_labels
from stepper.tui.wording import place_text

if TYPE_CHECKING:
    from stepper.debugger.session import Session

_KEYS = (
    ("d", "difference", "difference"),
    ("c", "compare with", "compare"),
    ("h", "hex", "toggle_hex"),
    ("s", "save", "save"),
    ("y", "copy path", "copy"),
    ("Esc", "back", "stop_or_close"),
)


class FileScreen(Screen[None]):
    """The file at `path` as a step left it, with its `entry`; a deleted one as it was before.

    `change` is what the step did to it, None where nothing; with `against` what differs from the state after that
    step, and this is what the difference is to.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop_or_close", "Close", show=False),
        Binding("q", "close", "Close", show=False),
        Binding("d", "difference", "The difference to the step before, or the file", show=False),
        Binding("c", "compare", "The difference to any other step", show=False),
        Binding("h", "toggle_hex", "Hex, or text", show=False),
        Binding("s", "save", "Save to disk", show=False),
        Binding("y", "copy", "Copy the path", show=False),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    def __init__(
        self,
        controller: Controller,
        record: StepRecord,
        path: str,
        entry: Entry | None,
        change: Change | None,
        *,
        against: StepRecord | None = None,
    ) -> None:
        super().__init__()
        self._controller = controller
        self._record = record
        self._path = path
        self._change = change
        self._against = against
        self._entry = entry if entry is not None or change is None else change.before
        self._gone = change is not None and change.kind is ChangeKind.DELETED
        if self._gone and against is not None:
            place = FilePlace(against.id, path)
        else:
            place = FilePlace(record.id, path, before=self._gone)
        self._loader = FileLoader(controller, place, self._tell)
        self._title = Static("", id="file-title", markup=False)
        self._view = FileView(id="file-view")
        self._status = Static("", id="file-status", markup=False)
        self._hex: bool | None = None
        self._text = TextRows(self._loader.content)
        self._shows_difference = against is not None or (change is not None and change.kind is ChangeKind.MODIFIED)
        self._difference: Rows | None = None
        self._shown: Rows | None = None

    def compose(self) -> ComposeResult:
        """Which file, its rows, what can be done."""
        yield self._title
        yield self._view
        yield self._status

    def on_mount(self) -> None:
        """Begin to read."""
        self._view.focus()
        self._view.placeholder = "Reading …"
        self._title.update(self._title_text(), layout=False)
        self._loader.load()
        if self._shows_difference:
            self._compare()
        self._present()

    def on_unmount(self) -> None:
        """Let go of what was read."""
        self._loader.cancel()
        self._loader.content.close()

    @property
    def is_reading(self) -> bool:
        """Whether it is read just now."""
        return self._loader.loading

    @property
    def bytes_read(self) -> int:
        """How much of it is here."""
        return self._loader.content.size

    # What is read

    def _tell(self) -> None:
        self.call_later(self._present)

    def _present(self) -> None:
        """Show what there is by now."""
        if not self.is_attached:
            return
        loader = self._loader
        if self._shown is self._text and not self._text.colours and not loader.loading:
            self._colour()
        rows = self._rows()
        if rows is not self._shown:
            self._shown = rows
            self._view.show(rows)
        else:
            self._view.more(done=not loader.loading)
        self._view.placeholder = self._nothing()
        self._title.update(self._title_text(), layout=False)
        self._status.update(self._status_text(), layout=False)

    def _rows(self) -> Rows:
        if self._shows_difference:
            return self._difference if self._difference is not None else FixedRows([])
        header = self._loader.header
        if header is not None and header.kind is not EntryKind.FILE:
            what = f"→ {printable(header.link)}" if header.link else f"A {header.kind.name.lower().replace('_', ' ')}"
            return FixedRows([[(what, "")]])
        return self._hex_rows() if self.is_hex else self._text

    def _hex_rows(self) -> Rows:
        return self._shown if isinstance(self._shown, HexRows) else HexRows(self._loader.content)

    @property
    def is_hex(self) -> bool:
        """Whether it is shown as hex: as the user said, else where it looks as if it were no text."""
        return self._hex if self._hex is not None else self._loader.content.is_binary

    def _nothing(self) -> str:
        if self._loader.error is not None:
            return str(self._loader.error)
        if self._loader.loading or (self._shows_difference and self._difference is None):
            return self._view.placeholder or "Reading …"
        return "The file is empty"

    @work(exclusive=True, group="colour")
    async def _colour(self) -> None:
        from stepper.tui.file.highlight import MOST_COLOURED, colours

        content = self._loader.content
        if content.has_long_lines or content.is_binary:
            return
        data = content.read(0, MOST_COLOURED)
        found = await asyncio.to_thread(colours, self._path.rpartition("/")[2], data)
        if len(data) == MOST_COLOURED and found:
            found = {row: parts for row, parts in found.items() if row < len(found) - 1}
        if found:
            self._text.colours = found
            self._view.repaint()

    def _compare(self) -> None:
        """Have both files read and compared."""

        step, against = self._record.id, self._against

        def job(session: "Session") -> None:
            if not self.is_attached:
                return
            if against is None:
                rows = compare(session, step, self._path, self._change)
            else:
                rows = compare_with(session, step, against.id, self._path, is_there=not self._gone)
            self.call_later(self._compared, against, rows)

        self._controller.look(job)

    def _compared(self, against: StepRecord | None, rows: Rows) -> None:
        if against is not self._against:
            return
        self._difference = rows
        self._present()

    @on(FileView.NearEnd)
    def _near_end(self, event: FileView.NearEnd) -> None:
        event.stop()
        if self._shown is self._difference:
            return
        if event.wanted:
            self._loader.load_all()
        else:
            self._loader.load_more()
        self._status.update(self._status_text(), layout=False)

    # What is said

    def _title_text(self) -> Content:
        place = place_text(self._record)
        header, change = self._loader.header, self._change
        parts = [f"{printable(self._path)} · {'as it was before' if self._gone else 'after'} {place}"]
        if self._against is not None:
            gone = "not there " if self._gone else ""
            other = place_text(self._against)
            parts = [f"{printable(self._path)} · {gone}after {place}, compared with after {other}"]
        elif change is not None and change.kind is ChangeKind.MODIFIED:
            parts.append(", ".join(differences(change)))
        entry = self._entry
        if entry is not None:
            parts.append(f"{permissions(entry)} {entry.uid}:{entry.gid}")
        elif header is not None:
            parts.append(f"{header.mode:04o} {header.uid}:{header.gid}")
        if header is not None and header.kind is EntryKind.FILE:
            parts.append(human_size(header.size))
        if self._loader.content.has_crlf:
            parts.append("CRLF")
        return Content.styled(" · ".join(parts), "bold")

    def _status_text(self) -> Content:
        loader = self._loader
        size = loader.header.size if loader.header is not None else 0
        keys = key_labels((key, self._label(label), action) for key, label, action in _KEYS)
        if loader.loading and size:
            progress = f"reading {human_size(loader.content.size)} of {human_size(size)} · Esc stops  "
        elif size > loader.content.size and not self._shows_difference:
            progress = f"{human_size(loader.content.size)} of {human_size(size)} · End reads all  "
        else:
            progress = ""
        return Content.assemble((progress, "$text-warning"), keys)

    def _label(self, label: str) -> str:
        if label == "hex":
            return "text" if self.is_hex else "hex"
        return "file" if label == "difference" and self._shows_difference else label

    # Keys

    def action_stop_or_close(self) -> None:
        """Stop reading on, or go back."""
        if self._loader.loading and self._loader.content.size:
            self._loader.cancel()
            self._view.stay()
        else:
            self.action_close()

    def action_close(self) -> None:
        """Back to the main screen."""
        self._loader.cancel()
        self.dismiss(None)

    def action_difference(self) -> None:
        """The difference to the step before, or the file."""
        self._shows_difference = not self._shows_difference
        if self._shows_difference and self._difference is None:
            self._compare()
        self._present()

    def action_compare(self) -> None:
        """Ask for another step, and show the difference to the file there."""
        state = self._controller.state
        if not steps_to_compare(state, self._record):
            self.notify("No other step has run", severity="warning", markup=False)
            return
        self.app.push_screen(StepPicker(state, self._record), self._compare_with)

    def _compare_with(self, other: StepRecord | None) -> None:
        if other is None:
            return
        self._against = other
        self._shows_difference = True
        self._difference = None
        self._compare()
        self._present()

    def action_toggle_hex(self) -> None:
        """Hex, or text."""
        self._hex = not self.is_hex
        self._shows_difference = False
        self._present()

    def action_save(self) -> None:
        """Ask where to, and write it there."""
        if self._gone:
            self.notify("It is not there after this step", severity="error", markup=False)
            return
        self.app.push_screen(SaveScreen(self._controller, self._record, self._path))

    def action_copy(self) -> None:
        """Put the path on the clipboard, where the terminal lets it."""
        self.app.copy_to_clipboard(self._path)
        self.notify(f"Copied {printable(self._path)}", markup=False)
