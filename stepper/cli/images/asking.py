"""Asking the engine for an image: what it says of it at once, what is known of it already, else its archive.

An engine makes an archive whole before its first byte comes. So it is asked early, and packs while there is something
else to do.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import NamedTuple

from stepper.engine.finished_images import FinishedImages
from stepper.engine.image_store import DescribedImage
from stepper.image.analysis import ImageAnalysis


class AskedImage(NamedTuple):
    """An image of the engine: taken apart already (`known`), or with its `archive` on the way.

    `finished` has to be closed when nothing of it is needed any more.
    """

    finished: FinishedImages
    image: DescribedImage
    known: ImageAnalysis | None
    archive: Iterator[bytes]


Ask = Callable[[], AskedImage]
"""Asks for an image; raises `StepperError` where it cannot be had."""


def ask_for(written: str, images: Callable[[], FinishedImages]) -> AskedImage:
    """Ask for an image by name or id. Raises `StepperError`."""
    finished = images()
    try:
        image = finished.describe(written)
        known = finished.known(image)
        return AskedImage(finished, image, known, finished.save(image) if known is None else iter(()))
    except BaseException:
        finished.close()
        raise


def ahead(ask: Ask) -> Ask:
    """Ask now, on a thread; what this gives waits for the answer, and raises what the asking raised.

    The thread is a daemon: leaving never waits for an engine that does not answer.
    """
    answer: Future[AskedImage] = Future()

    def work() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=work, name="ask", daemon=True).start()
    return answer.result
