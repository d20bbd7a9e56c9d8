"""`stepper layers` in a terminal: the explorer, and where its image comes from."""

import os
from typing import BinaryIO

from stepper.cli.images.input_file import STANDARD_INPUT, piped_input
from stepper.cli.images.source import PIPE_HINT, OpenImages, is_in_engine, read_image
from stepper.cli.sources.standard_input import put_terminal_back
from stepper.engine.image_store import DescribedImage
from stepper.image.analysis import ImageAnalysis
from stepper.image.outline import ImageOutline, layer_outlines
from stepper.tui.layers.app import run_layers
from stepper.tui.layers.opening import Report


def explore(written: str, wanted: str | None, images: OpenImages) -> None:
    """Show an image until the user leaves. Raises `StepperError` where it cannot be had or read."""
    is_in_engine(written)  # A path that is none is told before there is a screen.
    archive = _kept_input() if written == STANDARD_INPUT else None

    def open_image(report: Report) -> ImageAnalysis:
        report.doing("opening")

        def described(image: DescribedImage) -> None:
            name = ", ".join(image.names) or written
            report.outline(ImageOutline(name, image.platform, layer_outlines(image.history), image.config))
            report.doing("the engine packs the image")

        return read_image(written, wanted, images, through=report.through, described=described, standard_input=archive)

    run_layers("standard input" if archive is not None else written, open_image)


def _kept_input() -> BinaryIO:
    """The archive on standard input, from a descriptor of its own: the keyboard takes its place."""
    kept = os.fdopen(os.dup(piped_input(PIPE_HINT).fileno()), "rb")
    put_terminal_back()
    return kept
