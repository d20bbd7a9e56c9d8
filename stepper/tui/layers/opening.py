"""Opens an image on a thread of its own, tells the screen how far that has come, and stops when nobody waits for it.

The thread is a daemon: leaving never waits for an engine that is still writing the image to its disk.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator

from textual.message import Message

from stepper.errors import StepperError
from stepper.image.analysis import ImageAnalysis
from stepper.image.layer import Listing
from stepper.image.outline import ImageOutline
from stepper.tui.layers.opened import OpenedImage
from stepper.tui.layers.waste import waste_rows
from stepper.tui.widgets.collector import collector_paused
from stepper.tui.widgets.report_view import Row

TELL_SECONDS = 0.1
"""How often the progress is told."""
SETTLE_SECONDS = 1.0
"""How long what is not shown waits after all that is."""

log = logging.getLogger(__name__)


class OutlineKnown(Message):
    """What is known before the layers were read."""

    def __init__(self, outline: ImageOutline) -> None:
        super().__init__()
        self.outline = outline


class FilesKnown(Message):
    """The whole filesystem is known, before it is known which layer wrote what."""

    def __init__(self, listing: Listing) -> None:
        super().__init__()
        self.listing = listing


class OpeningProgress(Message):
    """How far it has come: bytes read so far, of how many where that is known; or what else is done now."""

    def __init__(self, doing: str, done: int = 0, total: int | None = None) -> None:
        super().__init__()
        self.doing = doing
        self.done = done
        self.total = total

    def can_replace(self, message: Message) -> bool:
        """Only the newest counts."""
        return isinstance(message, OpeningProgress)


class ImageOpened(Message):
    """The image is there; what it wastes follows."""

    def __init__(self, image: OpenedImage) -> None:
        super().__init__()
        self.image = image


class WasteKnown(Message):
    """What the image wastes, as lines."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        super().__init__()
        self.rows = rows


class OpeningFailed(Message):
    """It cannot be had or read."""

    def __init__(self, error: StepperError) -> None:
        super().__init__()
        self.error = error


class StoppedError(Exception):
    """Nobody waits for the image any more."""


class Report:
    """What an opening tells while it works. Its methods raise `StoppedError` once nobody waits any more."""

    def __init__(self, post: Callable[[Message], object]) -> None:
        self._post = post
        self._stop = threading.Event()
        self._left: list[Callable[[], None]] = []
        self._done = 0
        self._told = 0.0

    def stop(self) -> None:
        """Have the opening end at its next look."""
        self._stop.set()

    def check(self) -> None:
        """Go on only while somebody waits."""
        if self._stop.is_set():
            raise StoppedError

    def outline(self, outline: ImageOutline) -> None:
        """The layers' instructions and sizes are known."""
        self._tell(OutlineKnown(outline))

    def files(self, listing: Listing) -> None:
        """The whole filesystem is known. May be called from another thread."""
        self._tell(FilesKnown(listing))

    def doing(self, what: str) -> None:
        """Something begins of which it is not known how long it takes."""
        self._tell(OpeningProgress(what))

    def afterwards(self, work: Callable[[], None]) -> None:
        """Have something done when all has been shown, or nobody waits for it any more."""
        self._left.append(work)

    def do_what_is_left(self) -> None:
        """Do it in a moment, so that it is not in the way of the first keys; at once when nobody waits any more."""
        if self._left:
            self._stop.wait(SETTLE_SECONDS)
        for work in self._left:
            work()

    def through(self, chunks: Iterable[bytes], total: int | None = None) -> Iterator[bytes]:
        """The same chunks, counted while they go through, with all that went through before."""
        for chunk in chunks:
            yield chunk
            self._done += len(chunk)
            if time.monotonic() - self._told >= TELL_SECONDS:
                self._told = time.monotonic()
                self._tell(OpeningProgress("reading", self._done, total))

    def _tell(self, message: Message) -> None:
        self.check()
        self._post(message)


Open = Callable[[Report], ImageAnalysis]
"""Opens an image; raises `StepperError`, and `StoppedError` of its report."""


class Opening:
    """One image on its way."""

    def __init__(self, open_image: Open, post: Callable[[Message], object]) -> None:
        self._open = open_image
        self._post = post
        self._report = Report(post)
        self._thread = threading.Thread(target=self._work, name="stepper-layers", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End it; returns at once."""
        self._report.stop()

    def _work(self) -> None:
        self._show()
        try:
            self._report.do_what_is_left()
        except Exception:
            log.exception("unexpected error after an image was opened")

    def _show(self) -> None:
        try:
            with collector_paused():
                analysis = self._open(self._report)
                self._report.doing("putting the layers on top of each other")
                opened = OpenedImage.of(analysis)
                self._report.check()
                self._post(ImageOpened(opened))
                self._report.check()
                self._post(WasteKnown(waste_rows(analysis)))
        except StoppedError:
            return
        except StepperError as error:
            self._post(OpeningFailed(error))
        except Exception as error:
            log.exception("unexpected error while an image was opened")
            self._post(OpeningFailed(StepperError(f"Stepper made a mistake: {type(error).__name__}: {error}")))
