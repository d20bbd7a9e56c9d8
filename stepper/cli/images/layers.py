"""`stepper layers`: takes an image apart and tells what it found; with `--ci` it holds it against rules."""

import argparse
import os
import sys
from collections.abc import Callable

from stepper.cli.console import Console
from stepper.cli.exit_codes import ExitCode
from stepper.cli.images.layers_json import image_json
from stepper.cli.images.layers_text import write_image, write_verdicts
from stepper.cli.images.rules import (
    HIGHEST_WASTED_BYTES,
    HIGHEST_WASTED_RATIO,
    LOWEST_EFFICIENCY,
    Status,
    read_rules,
)
from stepper.cli.images.source import OpenImages, read_source
from stepper.engine.protocol import Engine


def show_layers(parsed: argparse.Namespace, images: OpenImages, connect: Callable[[], Engine]) -> int:
    """Open the explorer on an image, or tell its layers on standard output where there is no terminal or a report is
    asked for; the exit code is that of the rules, where some are asked for.

    Raises `StepperError` for an image that cannot be had or read.
    """
    options = {
        LOWEST_EFFICIENCY: parsed.lowest_efficiency,
        HIGHEST_WASTED_BYTES: parsed.highest_wasted_bytes,
        HIGHEST_WASTED_RATIO: parsed.highest_wasted_ratio,
    }
    asked = parsed.ci or parsed.ci_config is not None or any(value is not None for value in options.values())
    if not (asked or parsed.json or parsed.text) and has_terminal():
        from stepper.cli.images.explore import explore

        explore(parsed.image_source, parsed.image, images, connect)
        return ExitCode.BUILT
    rules = read_rules(options, parsed.ci_config) if asked else None
    image = read_source(parsed.image_source, parsed.image, images).analysis
    verdicts = rules.verdicts(image.dive) if rules is not None else None
    if parsed.json:
        print(image_json(image, verdicts))
    else:
        console = Console.of(sys.stdout)
        write_image(console, image, ", ".join(image.names) or parsed.image_source)
        if verdicts is not None:
            write_verdicts(console, verdicts)
        console.flush()
    is_broken = any(verdict.status is Status.FAILED for verdict in verdicts or ())
    return ExitCode.FAILED if is_broken else ExitCode.BUILT


def has_terminal() -> bool:
    """Whether there is a terminal to show the explorer on; where an archive comes in, the keys come from /dev/tty."""
    return sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
