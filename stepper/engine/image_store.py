"""The images of an engine as archives: what goes out of it, and what comes in."""

import contextlib
from collections.abc import Iterator

from stepper.engine.api_errors import engine_errors, status
from stepper.engine.connect import Connection, connect
from stepper.errors import EngineError

_CHUNK = 1 << 20


class ImageStore:
    """The images of one engine. Has to be closed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, reference: str) -> Iterator[bytes]:
        """An image as `docker save` writes it, by name or id. The engine makes it whole before the first byte comes.

        Raises `EngineError` where there is no such image.
        """
        api = self._connection.client.api
        try:
            with engine_errors(f"save the image {reference}"):
                chunks = api.get_image(reference, chunk_size=_CHUNK)
                with contextlib.closing(chunks):
                    yield from chunks
        except EngineError as error:
            if isinstance(error.__cause__, Exception) and status(error.__cause__) == 404:
                raise EngineError(
                    f"the engine has no image {reference}",
                    hint="`docker images` lists what there is; for an archive, give the path of its file.",
                ) from error
            raise

    def close(self) -> None:
        """Let go of the engine."""
        self._connection.close()


def open_image_store(host: str | None = None) -> ImageStore:
    """The images of the engine that `open_engine` would open. Raises `EngineUnavailable`."""
    return ImageStore(connect(host))
