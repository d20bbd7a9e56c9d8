"""`stepper layers` in a terminal: the explorer, and where its image comes from."""

import os
from typing import BinaryIO

from stepper.cli.images.history import AskHistory
from stepper.cli.images.source import STANDARD_INPUT, SaveImage, is_in_engine, piped_input, read_image
from stepper.cli.sources.standard_input import put_terminal_back
from stepper.image.analysis import ImageAnalysis
from stepper.image.outline import ImageOutline, layer_outlines
from stepper.tui.layers.app import run_layers
from stepper.tui.layers.opening import Report


def explore(written: str, wanted: str | None, ask: AskHistory, save: SaveImage) -> None:
    """Show an image until the user leaves. Raises `StepperError` where it cannot be had or read."""
    is_engines = is_in_engine(written)
    archive = _kept_input() if written == STANDARD_INPUT else None

    def open_image(report: Report) -> ImageAnalysis:
        if is_engines:
            report.doing("asking the engine")
            report.outline(ImageOutline(written, "", layer_outlines(ask(written))))
            report.doing("the engine packs the image")
        return read_image(written, wanted, save, through=report.through, standard_input=archive)

    run_layers("standard input" if archive is not None else written, open_image)


def _kept_input() -> BinaryIO:
    """The archive on standard input, from a descriptor of its own: the keyboard takes its place."""
    kept = os.fdopen(os.dup(piped_input().fileno()), "rb")
    put_terminal_back()
    return kept
