"""`stepper history`: what an image was made by, the oldest first, as the instructions that somebody wrote."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from stepper.cli.console import Console, fit
from stepper.cli.exit_codes import ExitCode
from stepper.cli.images.source import OpenImages, is_in_engine, looked_for, read_source
from stepper.image.history import HistoryLine, with_sizes
from stepper.image.instruction_text import instruction_text
from stepper.text import human_size, printable

_TIME = len("2026-01-01 12:00:00")

AskHistory = Callable[[str], Sequence[HistoryLine]]
"""The history of an image of the engine, by name or id; raises `StepperError`."""


def show_history(parsed: argparse.Namespace, ask: AskHistory, images: OpenImages) -> int:
    """Tell an image's history on standard output. Raises `StepperError` for one that cannot be had or read."""
    source: str = parsed.image_source
    if is_in_engine(source):
        with looked_for(source):
            lines = ask(source)
    else:
        image = read_source(source, parsed.image, images).analysis
        lines = with_sizes(image.config.history, [contents.size for contents in image.contents])
    if parsed.json:
        for line in lines:
            print(json.dumps(_fields(line)))
    else:
        console = Console.of(sys.stdout)
        _write(console, lines)
        console.flush()
    return ExitCode.BUILT


def _fields(line: HistoryLine) -> dict[str, Any]:
    return {
        "created": line.entry.created,
        "instruction": instruction_text(line.entry.created_by),
        "bytes": line.size,
        "comment": line.entry.comment,
        "imported": line.is_import,
    }


def _write(console: Console, lines: Sequence[HistoryLine]) -> None:
    room = console.width - _TIME - 2 - 8 - 2
    for line in lines:
        created = line.entry.created[:_TIME].replace("T", " ")
        console.line(f"{created:<{_TIME}}  {human_size(line.size):>8}  {fit(_told(line), max(20, room))}".rstrip())
    total = sum(line.size for line in lines)
    console.line(f"{'':<{_TIME}}  {console.style(f'{human_size(total):>8}', 'bold')}")


def _told(line: HistoryLine) -> str:
    instruction = printable(" ".join(instruction_text(line.entry.created_by).split()))
    comment = printable(line.entry.comment)
    if line.is_import:
        return comment[:1].lower() + comment[1:] if comment.startswith("Imported from ") else f"imported: {comment}"
    # BuildKit and the classic builder note themselves there; only what a person wrote is worth its place.
    note = f"  ({comment})" if comment and not comment.startswith("buildkit.") else ""
    return f"{instruction}{note}" if instruction else comment or "(nothing is known of it)"
