"""Files of images of the engine that no container has: a later layer changed or deleted them, or the engine hides them.

What the engine saves of the image has them.
"""

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Generator, Iterable

from stepper.cli.images.source import OpenImages, SourceImage
from stepper.debugger.file_contents import Content
from stepper.debugger.waiting import Waiting
from stepper.engine.image_store import NoImageError
from stepper.errors import StepperError
from stepper.image.saved_file import WantedFile, find_files
from stepper.image.saved_image import SavedImageError
from stepper.text import human_size, printable

MOST_KEPT = 64 << 20
"""Bytes of files that are kept; the ones that were not asked for longest go first."""
TELL_SECONDS = 0.1

_Key = tuple[str, int, WantedFile]
"""An image's id, up to how many bytes, and the file."""


class ReplacedFiles:
    """Has an image saved for the first look at one of its paths, and keeps every file that it ever had there.

    May be used from any thread.
    """

    def __init__(self, images: OpenImages) -> None:
        self._images = images
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, Content] = OrderedDict()

    def read(
        self,
        image: SourceImage,
        wanted: WantedFile,
        others: Iterable[WantedFile],
        limit: int,
        waiting: Waiting,
        reason: str,
    ) -> Content:
        """A file of an image of the engine, up to so many bytes. `others` are likely to be wanted next.

        Who waits is told `reason`: why no container has it. Raises `StepperError`.
        """
        kept = self._find((image.engine_id, limit, wanted))
        if kept is not None:
            return kept
        found: Content | None = None
        told = printable(image.written)
        try:
            with contextlib.closing(self._saved(image, waiting, reason)) as chunks:
                for file, saved in find_files(chunks, {wanted, *others}, limit):
                    content = Content(*saved)
                    self._keep((image.engine_id, limit, file), content)
                    if file == wanted:
                        found = content
        except StepperError:
            # Whatever is wrong with an archive that was stopped is no news.
            waiting.check()
            raise
        except SavedImageError as error:
            waiting.check()
            raise StepperError(f"the image {told} cannot be read again: {error}") from error
        if found is None:
            raise StepperError(f"what the engine saves of the image {told} holds no {printable(wanted.path)}")
        return found

    def _saved(self, image: SourceImage, waiting: Waiting, reason: str) -> Generator[bytes, None, None]:
        waiting.tell(f"{reason}: the engine packs the image …")
        with contextlib.closing(self._images()) as finished:
            done, told = 0, 0.0
            try:
                for chunk in finished.save_again(image.engine_id, waiting.stopping):
                    waiting.check()
                    yield chunk
                    done += len(chunk)
                    if time.monotonic() - told >= TELL_SECONDS:
                        told = time.monotonic()
                        waiting.tell(f"{reason}: {human_size(done)} of the image read …")
            except NoImageError as error:
                raise StepperError(f"the engine no longer has the image {printable(image.written)}") from error

    def _find(self, key: _Key) -> Content | None:
        with self._lock:
            content = self._kept.get(key)
            if content is not None:
                self._kept.move_to_end(key)
            return content

    def _keep(self, key: _Key, content: Content) -> None:
        with self._lock:
            self._kept[key] = content
            size = sum(len(each.data) for each in self._kept.values())
            while size > MOST_KEPT:
                size -= len(self._kept.popitem(last=False)[1].data)
