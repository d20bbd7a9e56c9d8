"""Saves the snapshot after a step as an image, to a file that `docker load` takes."""

import os
import queue
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from stepper.debugger.state import StepRecord
from stepper.engine.image_store import ImageStore
from stepper.engine.transfers.new_file import check_place, write_file
from stepper.engine.transfers.progress import Transfer
from stepper.errors import StepperError, UsageError
from stepper.image.compression import Compression, compressed
from stepper.text import human_size, printable
from stepper.tui.controller import Controller
from stepper.tui.transfers.dialog import TransferDialog
from stepper.tui.widgets.entry_line import EntryLine
from stepper.tui.wording import step_text

if TYPE_CHECKING:
    from stepper.debugger.session import Session

_SUFFIXES = {
    ".gz": Compression.GZIP,
    ".tgz": Compression.GZIP,
    ".bz2": Compression.BZIP2,
    ".xz": Compression.XZ,
    ".zst": Compression.ZSTD,
}
_LOOK_SECONDS = 0.2


def compression_by(path: Path) -> Compression:
    """What a file's name says of how it is compressed; one may be an ending alone, as `.zst`."""
    name = path.name.lower()
    return next((kind for ending, kind in _SUFFIXES.items() if name.endswith(ending)), Compression.NONE)


class SaveImageScreen(TransferDialog):
    """One line for the file; how its name ends says how it is compressed."""

    heading: ClassVar[str] = "Save as an image"
    enter: ClassVar[str] = "saves"

    def __init__(self, controller: Controller, record: StepRecord) -> None:
        super().__init__(controller)
        self._record = record
        self._input = EntryLine(value="./image.tar", id="transfer-file", compact=True)
        self._replaces: Path | None = None

    def lines(self) -> list[Static | EntryLine]:
        """Which snapshot, where to, and how."""
        return [
            Static(f"the snapshot after {printable(step_text(self._record))}", markup=False),
            self._input,
            Static("compressed where it ends in .gz, .bz2, .xz or .zst", markup=False),
        ]

    @property
    def _path(self) -> Path:
        return Path(self._input.value.strip()).expanduser()

    def refusal(self) -> str | None:
        """What is there already is replaced when Enter is pressed again."""
        if not self._input.value.strip():
            return "Type the name of a file"
        path = self._path
        try:
            check_place(path)
        except UsageError as error:
            return str(error)
        if os.path.lexists(path) and self._replaces != path:
            self._replaces = path
            return f"{printable(str(path))} is there already: Enter again replaces it"
        return None

    def work(self, store: ImageStore, transfer: Transfer) -> str:
        """Have the session make the image, and write its archive."""
        path = self._path
        image = self._image()
        kind = compression_by(path)
        write_file(path, compressed(transfer.through(store.save(image)), kind))
        return f"Saved {path}, {human_size(path.stat().st_size)}"

    def _image(self) -> str:
        """The id of an image of the snapshot, made in the session's thread."""
        made: queue.Queue[str | StepperError] = queue.Queue()

        def job(session: "Session") -> None:
            try:
                made.put(session.snapshots.image(self._record.id).id)
            except StepperError as error:
                made.put(error)

        self.controller.background(job)
        while True:
            self.check()
            try:
                found = made.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            if isinstance(found, StepperError):
                raise found
            return found
