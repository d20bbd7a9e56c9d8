"""The engine is asked for an image before anybody wants the answer."""

import threading
from typing import cast

import pytest

from stepper.cli.images.asking import AskedImage, ahead, ask_for
from stepper.engine.finished_images import FinishedImages
from stepper.errors import EngineError

WAIT_SECONDS = 10.0


class NoImage:
    """The images of an engine that has none."""

    closed = False

    def describe(self, reference: str) -> None:
        raise EngineError(f"the engine has no image {reference}")

    def close(self) -> None:
        self.closed = True


def test_asking_ahead_begins_at_once_and_gives_what_was_answered_when_it_is_wanted() -> None:
    began, go = threading.Event(), threading.Event()
    answered = cast("AskedImage", object())

    def ask() -> AskedImage:
        began.set()
        assert go.wait(WAIT_SECONDS)
        return answered

    wanted = ahead(ask)
    assert began.wait(WAIT_SECONDS)
    go.set()
    assert wanted() is answered


def test_what_goes_wrong_ahead_is_raised_for_who_wants_the_image_and_the_engine_is_let_go() -> None:
    images = NoImage()
    wanted = ahead(lambda: ask_for("app", lambda: cast("FinishedImages", images)))
    with pytest.raises(EngineError, match="has no image app"):
        wanted()
    assert images.closed
