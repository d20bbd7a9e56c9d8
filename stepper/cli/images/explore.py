"""`stepper layers` in a terminal: the explorer, and where its image comes from."""

import contextlib
import os
import threading
from collections.abc import Callable
from typing import BinaryIO

from stepper.cli.images.input_file import STANDARD_INPUT, piped_input
from stepper.cli.images.source import PIPE_HINT, OpenImages, is_in_engine, read_image
from stepper.cli.sources.standard_input import put_terminal_back
from stepper.engine.image_store import DescribedImage
from stepper.engine.protocol import Engine
from stepper.errors import StepperError
from stepper.image.analysis import ImageAnalysis
from stepper.image.outline import ImageOutline, layer_outlines
from stepper.tui.layers.app import run_layers
from stepper.tui.layers.opening import Report, StoppedError

LEAVE_SECONDS = 3.0
"""How long leaving waits for the container that the files are listed in to be removed."""


def explore(written: str, wanted: str | None, images: OpenImages, connect: Callable[[], Engine]) -> None:
    """Show an image until the user leaves. `connect` opens the engine that has it.

    Raises `StepperError` where it cannot be had or read.
    """
    is_in_engine(written)  # A path that is none is told before there is a screen.
    archive = _kept_input() if written == STANDARD_INPUT else None

    walks: list[threading.Thread] = []

    def open_image(report: Report) -> ImageAnalysis:
        report.doing("opening")

        def described(image: DescribedImage) -> None:
            name = ", ".join(image.names) or written
            report.outline(ImageOutline(name, image.platform, layer_outlines(image.history), image.config))
            report.doing("the engine packs the image")
            walks.append(threading.Thread(target=_tell_files, args=(connect, image.id, report), daemon=True))
            walks[-1].start()

        return read_image(written, wanted, images, through=report.through, described=described, standard_input=archive)

    run_layers("standard input" if archive is not None else written, open_image)
    for walk in walks:
        walk.join(LEAVE_SECONDS)


def _tell_files(connect: Callable[[], Engine], image: str, report: Report) -> None:
    """Tell all files of an image of the engine from a walk through a container: much sooner than from its archive.

    Where that does not work the archive will tell them.
    """
    with contextlib.suppress(StepperError, StoppedError), contextlib.closing(connect()) as engine:
        snapshot = engine.base(image, report=lambda _: None)
        report.check()
        report.files(engine.listing(snapshot))


def _kept_input() -> BinaryIO:
    """The archive on standard input, from a descriptor of its own: the keyboard takes its place."""
    kept = os.fdopen(os.dup(piped_input(PIPE_HINT).fileno()), "rb")
    put_terminal_back()
    return kept
