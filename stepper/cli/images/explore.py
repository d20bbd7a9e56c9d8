"""`stepper layers` in a terminal: the explorer, and where its image comes from."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from stepper.cli.images.asking import ahead, ask_for
from stepper.cli.images.input_file import STANDARD_INPUT, piped_input
from stepper.cli.images.source import PIPE_HINT, OpenImages, SourceImage, is_in_engine, read_source
from stepper.cli.sources.standard_input import put_terminal_back
from stepper.engine.image_store import DescribedImage
from stepper.engine.protocol import Engine
from stepper.errors import StepperError
from stepper.image.analysis import ImageAnalysis
from stepper.image.outline import ImageOutline, layer_outlines

if TYPE_CHECKING:
    from stepper.tui.layers.opening import Report

LEAVE_SECONDS = 3.0
"""How long leaving waits for the container that the files are listed in to be removed."""
KEEP_SECONDS = 15.0
"""How long leaving waits for what was found to be kept, which takes some microseconds a path."""
PATIENCE_SECONDS = 0.3
"""How long the engine may take to pack an image before its files are listed in a container: less is not worth one."""


def explore(written: str, wanted: str | None, images: OpenImages, connect: Callable[[], Engine]) -> None:
    """Show an image until the user leaves. `connect` opens the engine that has it.

    Raises `StepperError` where it cannot be had or read.
    """
    ask = ahead(partial(ask_for, written, images)) if is_in_engine(written) else None
    archive = _kept_input() if written == STANDARD_INPUT else None
    # The engine is asked by now, and packs while what draws the screen is loaded.
    from stepper.cli.images.image_files import ImageFiles
    from stepper.tui.layers.app import run_layers

    opened: list[SourceImage] = []
    walks: list[threading.Thread] = []
    kept: list[threading.Event] = []
    delivered = threading.Event()

    def open_image(report: "Report") -> ImageAnalysis:
        report.doing("opening")

        def described(image: DescribedImage) -> None:
            name = ", ".join(image.names) or written
            report.outline(ImageOutline(name, image.platform, layer_outlines(image.history), image.config))
            report.doing("the engine packs the image")
            walks.append(threading.Thread(target=_tell_files, args=(connect, image.id, report, delivered), daemon=True))
            walks[-1].start()

        def through(chunks: Iterator[bytes], total: int | None) -> Iterator[bytes]:
            return report.through(_told(chunks, delivered), total)

        def afterwards(work: Callable[[], None]) -> None:
            done = threading.Event()
            kept.append(done)
            report.afterwards(partial(_finish, work, done))

        source = read_source(
            written,
            wanted,
            images,
            through=through,
            described=described,
            standard_input=archive,
            ask=ask,
            afterwards=afterwards,
        )
        opened.append(source)
        return source.analysis

    with ImageFiles(connect, images) as files:
        title = "standard input" if archive is not None else written
        run_layers(title, open_image, lambda layer: files.after(opened[0], layer))
    for walk in walks:
        walk.join(LEAVE_SECONDS)
    for done in kept:
        done.wait(KEEP_SECONDS)


def _told(chunks: Iterator[bytes], delivered: threading.Event) -> Iterator[bytes]:
    for chunk in chunks:
        delivered.set()
        yield chunk


def _finish(work: Callable[[], None], done: threading.Event) -> None:
    try:
        work()
    finally:
        done.set()


def _tell_files(connect: Callable[[], Engine], image: str, report: "Report", delivered: threading.Event) -> None:
    """Tell all files of an image of the engine from a walk through a container: much sooner than from its archive.

    Where that does not work, or the archive comes soon enough, the archive will tell them.
    """
    from stepper.tui.layers.opening import StoppedError

    if delivered.wait(PATIENCE_SECONDS):
        return
    with contextlib.suppress(StepperError, StoppedError), contextlib.closing(connect()) as engine:
        # By its id it can only be found: a pull would take that for a name.
        snapshot = engine.find_base(image)
        report.check()
        if snapshot is not None and not delivered.is_set():
            report.files(engine.listing(snapshot))


def _kept_input() -> BinaryIO:
    """The archive on standard input, from a descriptor of its own: the keyboard takes its place."""
    kept = os.fdopen(os.dup(piped_input(PIPE_HINT).fileno()), "rb")
    put_terminal_back()
    return kept
