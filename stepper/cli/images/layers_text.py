"""`stepper layers` for people: a line a layer, what nobody sees of them, and the rules."""

import math
from collections.abc import Sequence

from stepper.cli.console import Console, Style, fit
from stepper.cli.images.rules import Status, Verdict
from stepper.image.analysis import ImageAnalysis
from stepper.image.layer import ChangeKind, Layer
from stepper.image.stack import by_layers
from stepper.text import human_size, printable

_BAR = 12
_MOST_PAIRS = 8
_MOST_FILES = 3
_MARKS: dict[Status, tuple[str, str, Style]] = {
    Status.PASSED: ("✔", "pass", "green"),
    Status.FAILED: ("✖", "FAIL", "red"),
    Status.OFF: ("·", "off", "dim"),
}


def write_image(console: Console, image: ImageAnalysis, title: str) -> None:
    """The image's layers and what they waste."""
    count = len(image.layers)
    head = f"{human_size(image.size)} in {count} layer{'' if count == 1 else 's'}"
    parts = [console.style(printable(title), "bold"), image.platform, head]
    console.line("  ".join(part for part in parts if part))
    _write_layers(console, image)
    console.line()
    _write_unreachable(console, image)
    _write_rewrites(console, image)
    ratio = image.dive.wasted_ratio
    of = f", {ratio:.2%} of what stands above the base" if math.isfinite(ratio) else ""
    console.line(
        f"{console.style('by dive', 'bold')}: efficiency {image.dive.efficiency:.4%}, "
        f"{human_size(image.dive.wasted_bytes)} wasted{of}"
    )


def write_verdicts(console: Console, verdicts: Sequence[Verdict]) -> None:
    """The rules, one a line."""
    console.line()
    console.line(console.style("rules", "bold"))
    for verdict in verdicts:
        mark, word, style = _MARKS[verdict.status]
        shown = console.style(mark if console.unicode else word, style)
        reason = f": {verdict.reason}" if verdict.reason else ""
        console.line(f"  {shown} {verdict.rule} {printable(verdict.wanted)}{reason}")


def _write_layers(console: Console, image: ImageAnalysis) -> None:
    largest = max((layer.size for layer in image.layers), default=0)
    full, empty = ("█", "·") if console.unicode else ("#", ".")
    for index, layer in enumerate(image.layers):
        length = round(_BAR * layer.size / largest) if largest else 0
        bar = full * max(length, 1 if layer.size else 0)
        line = (
            f"  {index:>3}  {human_size(layer.size):>8}  {console.style(bar, 'cyan')}{empty * (_BAR - len(bar))}  "
            f"{_counts(layer.layer):<22}  "
        )
        room = console.width - (3 + 2 + 3 + 8 + 2 + _BAR + 2 + 22 + 2)
        text = printable(" ".join(layer.instruction.split())) or printable(layer.comment) or "(nothing is known of it)"
        console.line((line + fit(text, max(20, room))).rstrip())


def _counts(layer: Layer) -> str:
    return " ".join(f"{kind.value}{layer.count(kind):,}" for kind in ChangeKind)


def _write_unreachable(console: Console, image: ImageAnalysis) -> None:
    stack = image.stack
    share = f" ({stack.unreachable / image.size:.1%} of the image)" if image.size else ""
    console.line(f"{console.style('unreachable', 'bold')}: {human_size(stack.unreachable)}{share}")
    pairs = list(by_layers(stack.hidden).items())
    for (written, hidden), files in pairs[:_MOST_PAIRS]:
        size = sum(file.size for file in files)
        names = ", ".join(printable(file.path) for file in files[:_MOST_FILES])
        more = f" and {len(files) - _MOST_FILES:,} more" if len(files) > _MOST_FILES else ""
        console.line(f"  {human_size(size):>8}  written by layer {written}, hidden by layer {hidden}: {names}{more}")
    if len(pairs) > _MOST_PAIRS:
        left = sum(file.size for _, files in pairs[_MOST_PAIRS:] for file in files)
        console.line(f"  {human_size(left):>8}  between {len(pairs) - _MOST_PAIRS} more pairs of layers")


def _write_rewrites(console: Console, image: ImageAnalysis) -> None:
    if not image.rewrites:
        return
    size = sum(rewrite.size for rewrite in image.rewrites)
    console.line(f"{console.style('rewritten for their attributes alone', 'bold')}: {human_size(size)}")
    for rewrite in image.rewrites:
        what = ", ".join(sorted(attribute.value for attribute in rewrite.attributes))
        files = f"{rewrite.files:,} file{'' if rewrite.files == 1 else 's'}"
        instruction = printable(" ".join(image.layers[rewrite.layer].instruction.split()))
        console.line(f"  {human_size(rewrite.size):>8}  layer {rewrite.layer}: the {what} of {files}  {instruction}")
