"""The images of an engine as archives: what goes out of it, and what comes in."""

import contextlib
from collections.abc import Iterator

from stepper.engine.api_errors import engine_errors, status
from stepper.engine.api_requests import image_history
from stepper.engine.connect import Connection, connect
from stepper.errors import EngineError
from stepper.image.history import HistoryLine, told_by_docker

_CHUNK = 1 << 20


class ImageStore:
    """The images of one engine. Has to be closed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, reference: str) -> Iterator[bytes]:
        """An image as `docker save` writes it, by name or id. The engine makes it whole before the first byte comes.

        Raises `EngineError` where there is no such image.
        """
        with _image_errors(reference, "save"):
            chunks = self._connection.client.api.get_image(reference, chunk_size=_CHUNK)
            with contextlib.closing(chunks):
                yield from chunks

    def history(self, reference: str) -> tuple[HistoryLine, ...]:
        """What an image was made by, the oldest first. Raises `EngineError` where there is no such image."""
        with _image_errors(reference, "look at"):
            return told_by_docker(image_history(self._connection.client, reference))

    def close(self) -> None:
        """Let go of the engine."""
        self._connection.close()


def open_image_store(host: str | None = None) -> ImageStore:
    """The images of the engine that `open_engine` would open. Raises `EngineUnavailable`."""
    return ImageStore(connect(host))


@contextlib.contextmanager
def _image_errors(reference: str, doing: str) -> Iterator[None]:
    try:
        with engine_errors(f"{doing} the image {reference}"):
            yield
    except EngineError as error:
        if isinstance(error.__cause__, Exception) and status(error.__cause__) == 404:
            raise EngineError(
                f"the engine has no image {reference}",
                hint="`docker images` lists what there is; for an archive, give the path of its file.",
            ) from error
        raise
