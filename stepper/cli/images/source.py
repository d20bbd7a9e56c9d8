"""Where the image to take apart comes from: an archive, standard input, an OCI layout in a folder, or the engine."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from stepper.cli.images.asking import Ask, ask_for
from stepper.cli.images.input_file import STANDARD_INPUT, chunks_of, input_name, open_input
from stepper.engine.finished_images import FinishedImages
from stepper.engine.image_store import DescribedImage, NoImageError
from stepper.errors import EngineUnavailable, StepperError, UsageError
from stepper.image.analysis import ImageAnalysis, analyse
from stepper.image.saved_image import SavedImage, SavedImageError, read_images, read_layout
from stepper.text import printable

PIPE_HINT = "As in `docker save app | stepper layers -`."
_SUFFIXES = frozenset({".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".oci"})

Through = Callable[[Iterator[bytes], int | None], Iterator[bytes]]
"""Lets an archive's chunks through, of so many bytes in all where that is known: for who counts them."""

OpenImages = Callable[[], FinishedImages]
"""Opens the images of the engine; raises `EngineUnavailable`."""


Afterwards = Callable[[Callable[[], None]], None]
"""Takes work for later."""


def _at_once(work: Callable[[], None]) -> None:
    work()


class SourceImage(NamedTuple):
    """An image that was read, and where that was.

    `layer_names` are its archive's, see `SavedImage`; `engine_id` is its id in the engine, "" for one of an archive.
    """

    written: str
    analysis: ImageAnalysis
    layer_names: tuple[str, ...] = ()
    engine_id: str = ""


def read_source(
    written: str,
    wanted: str | None,
    images: OpenImages,
    *,
    through: Through = lambda chunks, _: chunks,
    described: Callable[[DescribedImage], None] = lambda image: None,
    standard_input: BinaryIO | None = None,
    ask: Ask | None = None,
    afterwards: Afterwards = _at_once,
) -> SourceImage:
    """The image that the user means: `-`, an archive's path, a folder with an OCI layout, else one of the engine's.

    `wanted` names one of several in an archive; `described` is told what the engine says of an image that it has to
    save first; `standard_input` is what `-` means, where that is not standard input any more; `ask` asks
    the engine for it, where that was prepared; `afterwards` is given what is still to be done, once, when the image has
    been shown: to keep what was found. Raises `StepperError`.
    """
    told = input_name(written)
    try:
        if not is_in_engine(written):
            saved = _chosen(_images(written, through, standard_input), wanted, told)
            return SourceImage(written, analyse(saved), saved.layer_names)
        with looked_for(written):
            finished, image, known, archive = ask() if ask is not None else ask_for(written, images)
        with contextlib.ExitStack() as stack:
            stack.callback(finished.close)
            if known is not None:
                return SourceImage(written, known, engine_id=image.id)
            described(image)
            saved = _chosen(read_images(through(archive, None)), wanted, told)
            afterwards(partial(_keep, stack.pop_all(), finished, image, saved))
            return SourceImage(written, analyse(saved), engine_id=image.id)
    except SavedImageError as error:
        raise StepperError(
            f"{told} cannot be read: {error}",
            hint="It has to be what `docker save` writes, or an OCI image layout.",
        ) from error


def _keep(stack: contextlib.ExitStack, finished: FinishedImages, image: DescribedImage, saved: SavedImage) -> None:
    with stack:
        finished.keep(image, saved)


def check_source(written: str, images: OpenImages) -> None:
    """Raise what `read_source` raises where there is no such file or image, and read none of it."""
    if is_in_engine(written):
        with looked_for(written), contextlib.closing(images()) as finished:
            finished.describe(written)


@contextlib.contextmanager
def looked_for(written: str) -> Iterator[None]:
    """While the engine is asked for an image: where it has none, or there is none, say what else was looked for."""
    told = printable(written)
    no_file = f"there is no file or folder {told}"
    try:
        yield
    except NoImageError as error:
        raise StepperError(
            f"{no_file}, and {error}",
            hint="Give the path of an archive (`docker save` writes one) or of a folder with an OCI layout, "
            "or the name or id of an image: `docker images` lists those that there are.",
        ) from error
    except EngineUnavailable as error:
        raise EngineUnavailable(
            f"{no_file}, and no engine to ask for an image {told}: {error}", hint=error.hint
        ) from error


def is_in_engine(written: str) -> bool:
    """Whether the engine has to be asked for an image: it is no file, no folder and not standard input."""
    if written == STANDARD_INPUT or Path(written).exists():
        return False
    looks_like_file = os.sep in written.rstrip(os.sep) and Path(written).suffix in _SUFFIXES
    if looks_like_file or written.startswith((".", os.sep)):
        raise UsageError(f"there is no file {printable(written)}")
    return True


def _images(written: str, through: Through, standard_input: BinaryIO | None) -> Sequence[SavedImage]:
    if standard_input is not None:
        return read_images(through(chunks_of(standard_input), None))
    path = Path(written)
    if written != STANDARD_INPUT and path.is_dir():
        if not any((path / name).is_file() for name in ("index.json", "manifest.json")):
            raise SavedImageError("the folder holds no image: it has neither manifest.json nor index.json")
        return read_layout(_files(path, through))
    try:
        with open_input(written, PIPE_HINT) as (file, size):
            return read_images(through(chunks_of(file), size))
    except OSError as error:
        raise UsageError(f"{input_name(written)} cannot be read: {error.strerror or error}") from error


def _chosen(images: Sequence[SavedImage], wanted: str | None, told: str) -> SavedImage:
    names = [name for image in images for name in image.names or (image.platform,)]
    if wanted is not None:
        found = [image for image in images if wanted in image.names or wanted == image.platform]
        if not found:
            raise UsageError(f"{told} holds no image {printable(wanted)}", hint=_holds(names))
        return found[0]
    if len(images) > 1:
        raise UsageError(f"{told} holds {len(images)} images", hint=f"{_holds(names)} Name one with --image.")
    return images[0]


def _holds(names: Sequence[str]) -> str:
    return f"It holds {', '.join(map(printable, names))}."


def _files(folder: Path, through: Through) -> Iterator[tuple[str, int, Iterator[bytes]]]:
    """All files of a folder. Each is open only while it is read."""
    try:
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        total = sum(path.stat().st_size for path in paths)
        for path in paths:
            with path.open("rb") as file:
                yield str(path.relative_to(folder)), path.stat().st_size, through(chunks_of(file), total)
    except OSError as error:
        raise UsageError(f"{printable(str(folder))} cannot be read: {error.strerror or error}") from error
