"""The images of an engine as archives: what goes out of it, and what comes in."""

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence

from stepper.engine.api_errors import engine_errors, explanation, is_missing
from stepper.engine.api_requests import image_history, image_path, inspect_image, post_stream
from stepper.engine.connect import Connection, connect
from stepper.engine.interruption import Stopping, unstoppable
from stepper.errors import EngineError
from stepper.frozen import frozen
from stepper.image.config import ImageConfig
from stepper.image.config_json import from_inspect
from stepper.image.history import HistoryLine, told_by_docker

_LOADED = re.compile(r"Loaded image(?: ID)?: (\S+)")
_NO_NAME = "invalid reference format"
"""What Docker says of what can be no image's name."""


class NoImageError(EngineError):
    """The engine has no image of that name or id."""


@frozen
class DescribedImage:
    """What an engine says of an image. `names` is the name that was asked for, none for an id.

    `diff_ids` are the digests of the uncompressed layers, the lowest first; `history` is the oldest first.
    """

    reference: str
    id: str
    names: tuple[str, ...]
    platform: str
    diff_ids: tuple[str, ...]
    config: ImageConfig
    history: tuple[HistoryLine, ...]


class ImageStore:
    """The images of one engine. Has to be closed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, reference: str, *, framed: bool = True, stopping: Stopping = unstoppable) -> Iterator[bytes]:
        """An image as `docker save` writes it, by name or id. The engine makes it whole before the first byte comes.

        Where it can be, the engine is asked at once, and not first when somebody reads. Without `framed` it comes
        sooner, and who reads it has to notice that it is cut off, as it is when it is stopped. Raises `EngineError`
        where there is no such image, now or then.
        """
        with _image_errors(reference, "save"):
            chunks = self._connection.client.download(image_path(reference, "get"), framed=framed, stopping=stopping)
        return _saved(reference, chunks)

    def history(self, reference: str) -> tuple[HistoryLine, ...]:
        """What an image was made by, the oldest first. Raises `EngineError` where there is no such image."""
        with _image_errors(reference, "look at"):
            return told_by_docker(image_history(self._connection.client, reference))

    def describe(self, reference: str) -> DescribedImage:
        """What the engine says of an image by name or id. Raises `EngineError` where there is no such image."""
        with _image_errors(reference, "look at"):
            found = inspect_image(self._connection.client, reference)
        history = self.history(str(found["Id"]))
        full = ":".join(_split(reference))
        parts = (found.get(name) for name in ("Os", "Architecture", "Variant"))
        return DescribedImage(
            reference,
            str(found["Id"]),
            tuple(name for name in found.get("RepoTags") or () if name in (reference, full)),
            "/".join(str(part) for part in parts if part),
            tuple((found.get("RootFS") or {}).get("Layers") or ()),
            from_inspect(found, tuple(line.entry for line in history)),
            history,
        )

    def load(self, archive: Iterable[bytes]) -> tuple[str, ...]:
        """Take images in from an archive that `save` wrote; their names, or ids where they have none.

        Raises `EngineError` where the engine refuses it, and all that the archive raises.
        """
        found: list[str] = []
        with engine_errors("load the archive"):
            for line in post_stream(self._connection.client, "/images/load", params={"quiet": "1"}, body=archive):
                if "error" in line:
                    raise _not_loaded(str(line["error"]))
                found += _LOADED.findall(line.get("stream") or "")
        return tuple(found)

    def import_filesystem(
        self, archive: Iterable[bytes], *, name: str | None, changes: Sequence[str], message: str
    ) -> str:
        """Make an image of a root filesystem's archive; its id.

        `changes` are instructions such as `CMD ["sh"]`, `message` is what the image's history says of it. Raises
        `EngineError`, and all that the archive raises.
        """
        repository, tag = _split(name) if name is not None else ("", "")
        params = {"fromSrc": "-", "repo": repository, "tag": tag, "changes": list(changes), "message": message}
        image = ""
        with engine_errors("import the archive"):
            for line in post_stream(self._connection.client, "/images/create", params=params, body=archive):
                if "error" in line:
                    raise EngineError(f"the engine cannot import the archive: {line['error']}")
                image = line.get("status") or image
        return image

    def close(self) -> None:
        """Let go of the engine."""
        self._connection.close()


def _saved(reference: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    with _image_errors(reference, "save"):
        yield from chunks


def _not_loaded(reason: str) -> EngineError:
    """An engine that finds no image in an archive tells of a missing file in its own folders."""
    if "no such file or directory" in reason:
        reason = "there is no image in it"
    return EngineError(
        f"the engine cannot load the archive: {reason}",
        hint="It has to be what `docker save` writes; a root filesystem goes in with `stepper import`.",
    )


def _split(name: str) -> tuple[str, str]:
    """A name's repository and tag."""
    repository, colon, tag = name.rpartition(":")
    return (repository, tag) if colon and "/" not in tag else (name, "latest")


def open_image_store(host: str | None = None) -> ImageStore:
    """The images of the engine that `open_engine` would open. Raises `EngineUnavailable`."""
    return ImageStore(connect(host))


@contextlib.contextmanager
def _image_errors(reference: str, doing: str) -> Iterator[None]:
    try:
        with engine_errors(f"{doing} the image {reference}"):
            yield
    except EngineError as error:
        cause = error.__cause__
        said = explanation(cause) if isinstance(cause, Exception) else ""
        is_gone = is_missing(error)
        if is_gone or _NO_NAME in said:
            told = "" if is_gone else f": {said}"
            raise NoImageError(
                f"the engine has no image {reference}{told}", hint="`docker images` lists those that there are."
            ) from error
        raise
