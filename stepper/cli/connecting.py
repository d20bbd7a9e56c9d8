"""How the commands reach the engine: at the moment that they need it, not before."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepper.engine.protocol import Engine

if TYPE_CHECKING:
    from stepper.engine.finished_images import FinishedImages
    from stepper.image.history import HistoryLine


def connect_to(host: str | None) -> Callable[[], Engine]:
    """Opens the engine of `-H`, or the one that is found, when it is called; raises `EngineUnavailable` then."""

    def connect() -> Engine:
        from stepper.engine.connect import open_engine

        return open_engine(host)

    return connect


def images_from(host: str | None) -> "Callable[[], FinishedImages]":
    """Opens the finished images of the engine when it is called; raises `EngineUnavailable` then."""

    def open_images() -> "FinishedImages":
        from stepper.engine.finished_images import open_finished_images

        return open_finished_images(host)

    return open_images


def histories_from(host: str | None) -> "Callable[[str], tuple[HistoryLine, ...]]":
    """Gives the history of an image of the engine, by name or id, the oldest first; raises `StepperError`."""

    def ask(reference: str) -> "tuple[HistoryLine, ...]":
        from stepper.engine.image_store import open_image_store

        store = open_image_store(host)
        try:
            return store.history(reference)
        finally:
            store.close()

    return ask
