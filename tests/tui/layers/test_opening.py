"""An image on its way: what is told of it, and what is done when all is told."""

import threading

from textual.message import Message

from stepper.image.analysis import ImageAnalysis
from stepper.tui.layers.opening import ImageOpened, Opening, OpeningProgress, Report, StoppedError, WasteKnown
from tests.tui.layers.harness import WAIT_SECONDS, image_of


def told_before_what_is_left(*, stops: bool = False, breaks: bool = False) -> list[type[Message]]:
    """What was told of an image when the work that was left for afterwards began."""
    told: list[Message] = []
    before: list[type[Message]] = []
    done = threading.Event()

    def work() -> None:
        before.extend(type(message) for message in told if not isinstance(message, OpeningProgress))
        done.set()

    def open_image(report: Report) -> ImageAnalysis:
        report.afterwards(work)
        if breaks:
            raise StoppedError
        if stops:
            report.stop()
        return image_of()

    Opening(open_image, told.append).start()
    assert done.wait(WAIT_SECONDS)
    return before


def test_what_is_left_to_do_waits_until_all_is_told() -> None:
    assert told_before_what_is_left() == [ImageOpened, WasteKnown]


def test_what_is_left_to_do_is_done_when_nobody_waits_for_the_image_any_more() -> None:
    assert told_before_what_is_left(stops=True) == []
    assert told_before_what_is_left(breaks=True) == []
