"""The image after a step as lines of a report: its layers as bars, what nobody sees, what the stages saved. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from stepper.debugger.image_so_far import ImageSoFar
from stepper.debugger.state import StepRecord
from stepper.engine.step import StepId
from stepper.image.hidden_bytes import BASE
from stepper.image.stack import HiddenFile
from stepper.text import counted, human_size
from stepper.tui.widgets.report_view import Part, Row
from stepper.tui.widgets.size_bar import size_bar
from stepper.tui.widgets.waste_rows import heading, hidden_rows
from stepper.tui.wording import place_text, step_text

_BAR_CELLS = 8


class StepPath(NamedTuple):
    """Where a line leads: a step, and a path that it changed, "" where the step as a whole is meant."""

    step: StepId
    path: str = ""


def image_rows(image: ImageSoFar) -> tuple[Row, ...]:
    """All of it: the layers with the base image first, then what could be smaller."""
    if not image.steps:
        return ()
    return (*_layers(image), *_unreachable(image), *_rewrites(image), *_builders(image))


def _layers(image: ImageSoFar) -> list[Row]:
    largest = max(record.size or 0 for record in image.steps)
    places = max(len(place_text(record)) for record in image.steps)
    rows = [heading("image", f"{human_size(image.size)} in {counted(len(image.steps), 'layer')}", "the base as one")]
    for record in image.steps:
        size = record.size or 0
        parts = (
            Part(f"{place_text(record):<{places}} ", "muted"),
            Part(size_bar(size, largest, _BAR_CELLS), "bar"),
            Part(f" {human_size(size):>8}  "),
            Part(_instruction(record)),
        )
        rows.append(Row(("layer", record.id), parts, StepPath(record.id)))
    return rows


def _unreachable(image: ImageSoFar) -> list[Row]:
    size = image.unreachable
    share = f"{size / image.size:.1%} of it" if image.size and size else ""
    note = share or "of what these instructions wrote"

    def told(written: int, hidden: int) -> str:
        writer = "base" if written == BASE else place_text(image.steps[written])
        return f"{writer}, hidden at {place_text(image.steps[hidden])}"

    def target(file: HiddenFile) -> StepPath:
        index = file.hidden if file.written == BASE else file.written
        return StepPath(image.steps[index].id, file.path)

    return [
        # Written by the first of the two; "written at" would not fit into the inspector.
        heading("unreachable", f"Unreachable: {human_size(size)}", note, "warning" if size else "good"),
        *hidden_rows(image.hidden, told, target, bars=False),
    ]


def _rewrites(image: ImageSoFar) -> list[Row]:
    if not image.rewrites:
        return []
    size = sum(rewrite.size for rewrite in image.rewrites)
    rows = [heading("rewritten", f"Only mode or owner changed: {human_size(size)}", style="warning")]
    for rewrite in image.rewrites:
        record = image.steps[rewrite.layer]
        parts = (
            Part(f"{human_size(rewrite.size):>8} {place_text(record)}, {counted(rewrite.files, 'file')}"),
            Part(f"  {_instruction(record)}", "muted"),
        )
        rows.append(Row(("rewrite", record.id), parts, StepPath(record.id)))
    return rows


def _builders(image: ImageSoFar) -> Sequence[Row]:
    if not image.builders:
        return []
    saved = sum(stage.saved for stage in image.builders)
    rows = [heading("saved", f"Left in builder stages: {human_size(saved)}", style="good")]
    for stage in image.builders:
        parts = (
            Part(f"{human_size(stage.saved):>8} of {human_size(stage.size)} in {stage.label}"),
            Part(f"  {human_size(stage.taken)} were copied", "muted"),
        )
        rows.append(Row(("builder", stage.last), parts, StepPath(stage.last)))
    return rows


def _instruction(record: StepRecord) -> str:
    return step_text(record).removeprefix(f"{place_text(record)} · ")
