"""The Waste of a finished image as lines of a report: unreachable bytes, rewrites, and dive's figures. Pure."""

import math
from typing import NamedTuple

from stepper.image.analysis import ImageAnalysis
from stepper.image.stack import HiddenFile
from stepper.text import counted, human_size
from stepper.tui.widgets.report_view import Part, Row
from stepper.tui.widgets.waste_rows import MOST_FILES, heading, hidden_rows


class LayerPath(NamedTuple):
    """Where a line leads: a layer, by index, and a path in it, "" where the layer as a whole is meant."""

    layer: int
    path: str = ""


def waste_rows(image: ImageAnalysis) -> tuple[Row, ...]:
    """All of it, the headline first."""
    return (*_unreachable(image), *_rewrites(image), *_dive(image))


def _unreachable(image: ImageAnalysis) -> list[Row]:
    size = image.stack.unreachable
    share = f"{size / image.size:.1%} of the image" if image.size and size else ""
    style = "warning" if size else "good"
    return [
        heading("unreachable", f"Unreachable: {human_size(size)}", share, style),
        *hidden_rows(image.stack.hidden, _told, _target),
    ]


def _told(written: int, hidden: int) -> str:
    return f"written in layer {written}, hidden in layer {hidden}"


def _target(file: HiddenFile) -> LayerPath:
    return LayerPath(file.written, file.path)


def _rewrites(image: ImageAnalysis) -> list[Row]:
    if not image.rewrites:
        return []
    size = sum(rewrite.size for rewrite in image.rewrites)
    rows = [heading("rewritten", f"Rewritten for their attributes alone: {human_size(size)}", style="warning")]
    for rewrite in image.rewrites:
        what = ", ".join(sorted(attribute.value for attribute in rewrite.attributes))
        instruction = " ".join(image.layers[rewrite.layer].instruction.split())
        parts = (
            Part(
                f"{human_size(rewrite.size):>8} layer {rewrite.layer}: the {what} of {counted(rewrite.files, 'file')}"
            ),
            Part(f"  {instruction}", "muted"),
        )
        rows.append(Row(("rewrite", rewrite.layer), parts, LayerPath(rewrite.layer)))
    return rows


def _dive(image: ImageAnalysis) -> list[Row]:
    figures = image.dive
    ratio = f", {figures.wasted_ratio:.2%} of what stands above the base" if math.isfinite(figures.wasted_ratio) else ""
    text = f"efficiency {figures.efficiency:.4%}, {human_size(figures.wasted_bytes)} wasted{ratio}"
    most = figures.wasteful[: -MOST_FILES - 1 : -1]
    paths = tuple(
        Row(
            ("dive", path.path),
            (Part(f"{human_size(path.size):>8} in {path.layers:>2} layers  ", "muted"), Part(path.path)),
        )
        for path in most
    )
    return [Row("dive", (Part("By dive: ", "heading"), Part(text)), None, paths)]
