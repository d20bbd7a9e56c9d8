"""Takes images in: the archive of `docker save`, or that of a root filesystem."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from textual.widgets import Static

from stepper.dockerfile.references import reference_problem
from stepper.engine.image_store import ImageStore
from stepper.engine.remote.download import is_url, streamed
from stepper.engine.remote.secrecy import without_credentials
from stepper.engine.transfers.progress import Transfer
from stepper.engine.transfers.root_archive import root_archive
from stepper.errors import StepperError
from stepper.image.compression import CompressionError, decompressed
from stepper.text import printable
from stepper.tui.controller import Controller
from stepper.tui.transfers.dialog import TransferDialog
from stepper.tui.widgets.entry_line import EntryLine

_CHUNK = 1 << 20


class LoadScreen(TransferDialog):
    """One line for the archive."""

    heading: ClassVar[str] = "Load images"
    enter: ClassVar[str] = "loads"

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._file = EntryLine(placeholder="the file of an archive", id="transfer-file", compact=True)

    def lines(self) -> list[Static | EntryLine]:
        """Where from."""
        return [Static("an archive of docker save, plain or gzip, bzip2, xz, zstd", markup=False), self._file]

    @property
    def source(self) -> str:
        """The file, or the URL."""
        return self._file.value.strip()

    def refusal(self) -> str | None:
        """It has to be a file."""
        if not self.source:
            return "Type the name of a file"
        return None if Path(self.source).expanduser().is_file() else f"There is no file {printable(self.source)}"

    def work(self, store: ImageStore, transfer: Transfer) -> str:
        """Take its images in."""
        try:
            with _opened(self.source) as (chunks, transfer.total):
                names = store.load(decompressed(transfer.through(chunks)))
        except CompressionError as error:
            raise StepperError(f"{self.source} cannot be read: {error}") from error
        return f"Loaded {', '.join(names) or 'the archive'}"


class ImportScreen(LoadScreen):
    """Two lines: the archive of a root filesystem, and the name of the image."""

    heading: ClassVar[str] = "Import an image"
    enter: ClassVar[str] = "imports"

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._file.placeholder = "a file, or the URL of one"
        self._reference = EntryLine(placeholder="NAME:TAG", id="transfer-name", compact=True)

    def lines(self) -> list[Static | EntryLine]:
        """Where from, and what it is called."""
        return [
            Static("the archive of a root filesystem, in any compression", markup=False),
            self._file,
            self._reference,
        ]

    def refusal(self) -> str | None:
        """It has to be a file or a URL, and the name one of an image, or none."""
        name = self._reference.value.strip()
        problem = reference_problem(name) if name else None
        if problem is not None:
            return printable(problem)
        return None if is_url(self.source) else super().refusal()

    def work(self, store: ImageStore, transfer: Transfer) -> str:
        """Make an image of it."""
        told = printable(without_credentials(self.source))
        name = self._reference.value.strip() or None
        with _opened(self.source) as (chunks, transfer.total):
            archive = root_archive(transfer.through(chunks), told)
            image = store.import_filesystem(archive, name=name, changes=(), message=f"Imported from {told}")
        return f"Imported {name or image}"


@contextlib.contextmanager
def _opened(source: str) -> Iterator[tuple[Iterator[bytes], int | None]]:
    if is_url(source):
        with streamed(source) as found:
            yield found
        return
    path = Path(source).expanduser()
    try:
        file = path.open("rb")
    except OSError as error:
        raise StepperError(f"{printable(source)} cannot be read: {error.strerror or error}") from error
    with file:
        yield iter(lambda: file.read(_CHUNK), b""), path.stat().st_size
