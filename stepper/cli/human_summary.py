"""The end of `stepper run` for people: the stages with their sizes, and the image that was built."""

from stepper.cli.console import Console, cell_width, fit
from stepper.cli.summary import StageSummary, summarize
from stepper.debugger.state import SessionState
from stepper.engine.protocol import BuiltImage
from stepper.text import human_seconds, human_size, printable


def write_summary(out: Console, state: SessionState, image: BuiltImage) -> None:
    """A table of the stages, and below it the image with its names, its size, and what of it came from the cache."""
    stages = summarize(state)
    rows = [("stage", "base", "added", "size"), *(_row(stage) for stage in stages)]
    widths = [max(cell_width(row[column]) for row in rows) for column in range(4)]
    out.line()
    for index, (name, *figures) in enumerate(rows):
        aligned = "  ".join(f"{figure:>{width}}" for figure, width in zip(figures, widths[1:], strict=True))
        line = f"  {fit(name, widths[0])}  {aligned}"
        out.line(out.style(line, "dim") if index == 0 else line)
    # A FROM runs nothing, so it is no step that could have come from the cache.
    steps, cached = sum(stage.steps - 1 for stage in stages), sum(stage.cached for stage in stages)
    out.line()
    out.line(out.style(f"Built {printable(image.id)}", "bold"))
    for tag in image.tags:
        out.line(f"  tagged {printable(tag)}")
    size, time = human_size(image.size), human_seconds(state.built_seconds)
    out.line(f"  {size} in {time}, {cached} of {steps} steps from the cache")


def _row(stage: StageSummary) -> tuple[str, str, str, str]:
    return (
        printable(stage.label),
        human_size(stage.base),
        human_size(stage.added, signed=True),
        human_size(stage.size),
    )
