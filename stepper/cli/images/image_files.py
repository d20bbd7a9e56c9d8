"""Single files of images that were read before: out of the archive or layout again, or from the engine."""

import contextlib
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from pathlib import Path

from stepper.cli.images.input_file import STANDARD_INPUT, chunks_of, input_name, open_input
from stepper.cli.images.replaced_files import ReplacedFiles
from stepper.cli.images.source import PIPE_HINT, OpenImages, SourceImage
from stepper.debugger.file_contents import Content, ReadFile, read_content
from stepper.debugger.waiting import Waiting
from stepper.engine.copy_record import Check
from stepper.engine.hidden_files import HIDDEN, MOUNT_POINTS
from stepper.engine.protocol import Engine
from stepper.errors import StepperError, UsageError
from stepper.image.diff import ALWAYS_MADE
from stepper.image.layer_listing import events_of
from stepper.image.saved_file import FilePlace, file_place, layer_of_archive, read_file, wanted_file
from stepper.image.saved_image import SavedImageError
from stepper.text import printable

LEAVE_SECONDS = 3.0
"""How long closing waits for who still reads."""

_HIDDEN = frozenset({*HIDDEN, *ALWAYS_MADE})
"""Docker makes the last of these in every container anew, over those of the image."""


class ImageFiles:
    """Reads files from any thread. `connect` opens the engine when it is asked first, `images` where an image is saved.

    Has to be closed, as by `with`.
    """

    def __init__(self, connect: Callable[[], Engine], images: OpenImages) -> None:
        self._connect = connect
        self._replaced = ReplacedFiles(images)
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._closed = False

    def __enter__(self) -> "ImageFiles":
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        # Who still reads notices soon; one that an engine does not answer is not waited for.
        is_alone = self._lock.acquire(timeout=LEAVE_SECONDS)
        try:
            if self._engine is not None:
                self._engine.close()
        finally:
            if is_alone:
                self._lock.release()

    def of(self, image: SourceImage) -> ReadFile:
        """What reads the files of an image."""
        return self.after(image, len(image.analysis.contents) - 1)

    def after(self, image: SourceImage, layer: int) -> ReadFile:
        """What reads the files of an image as they are after one of its layers."""
        return partial(self._read_in_engine if image.engine_id else self._read_again, image, layer)

    def _read_in_engine(self, image: SourceImage, layer: int, path: str, limit: int, waiting: Waiting) -> Content:
        writer = image.analysis.stack.writers.get(path)
        if writer is None or writer > layer:
            return self._read_saved(image, layer, path, limit, waiting, "A later layer replaced it")
        if _is_hidden(path):
            return self._read_saved(image, layer, path, limit, waiting, "Containers hide it")
        with self._lock:
            if self._closed:
                raise StepperError("the images are not looked at any more")
            if self._engine is None:
                self._engine = self._connect()
            waiting.check()
            # By its id it can only be found: a pull would take that for a name.
            snapshot = self._engine.find_base(image.engine_id)
            if snapshot is None:
                raise StepperError(f"the engine no longer has the image {printable(image.written)}")
            with contextlib.closing(self._engine.archive(snapshot, path)) as archive:
                return read_content(_checked(archive, waiting.check), limit=limit)

    def _read_saved(
        self, image: SourceImage, layer: int, path: str, limit: int, waiting: Waiting, reason: str
    ) -> Content:
        layers = image.analysis.contents
        place = _known_place(image, layer, path)
        written = {event.layer for event in events_of(image.analysis.stack.layers, path)}
        others = {found for each in written if (found := _place(image, each, path)) is not None}
        return self._replaced.read(
            image, wanted_file(layers, place), [wanted_file(layers, each) for each in others], limit, waiting, reason
        )

    def _read_again(self, image: SourceImage, layer: int, path: str, limit: int, waiting: Waiting) -> Content:
        told = input_name(image.written)
        place = _known_place(image, layer, path)
        try:
            with _layer(image, place, waiting.check) as chunks:
                return Content(*read_file(chunks, place.path, limit))
        except SavedImageError as error:
            raise StepperError(f"{told} cannot be read again: {error}") from error
        except OSError as error:
            raise UsageError(f"{told} cannot be read again: {error.strerror or error}") from error


def _is_hidden(path: str) -> bool:
    """Whether the engine puts something of its own over a path in every container."""
    return path in _HIDDEN or path.startswith(tuple(f"{each}/" for each in MOUNT_POINTS))


def _known_place(image: SourceImage, layer: int, path: str) -> FilePlace:
    place = _place(image, layer, path)
    if place is None:
        raise StepperError(f"no layer of {input_name(image.written)} holds the content of {printable(path)}")
    return place


def _place(image: SourceImage, layer: int, path: str) -> FilePlace | None:
    """Where the content of a file is as it is after a layer."""
    analysis = image.analysis
    written = (event.layer for event in reversed(events_of(analysis.stack.layers[: layer + 1], path)))
    writer = next((each for each in written if path in analysis.contents[each].entries), None)
    return file_place(analysis.contents, path, writer)


@contextlib.contextmanager
def _layer(image: SourceImage, place: FilePlace, check: Check) -> Iterator[Iterable[bytes]]:
    path = Path(image.written)
    name = image.layer_names[place.layer]
    if image.written != STANDARD_INPUT and path.is_dir():
        with (path / name).open("rb") as file:
            yield _checked(chunks_of(file), check)
    elif image.written != STANDARD_INPUT and path.is_file():
        with open_input(image.written, PIPE_HINT) as (file, _):
            yield layer_of_archive(_checked(chunks_of(file), check), name)
    else:
        raise UsageError(
            f"{input_name(image.written)} can be read only once", hint="Give an archive as a file to look into it."
        )


def _checked(chunks: Iterable[bytes], check: Check) -> Generator[bytes, None, None]:
    for chunk in chunks:
        check()
        yield chunk
