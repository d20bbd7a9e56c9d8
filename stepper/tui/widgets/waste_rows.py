"""What takes space and nobody sees, as lines of a report: files by who wrote and who hid them. Pure."""

from collections.abc import Callable, Sequence

from stepper.image.stack import HiddenFile, by_layers
from stepper.text import counted, human_size
from stepper.tui.widgets.report_view import Part, Row
from stepper.tui.widgets.size_bar import size_bar

MOST_FILES = 300
"""More files of one pair are not listed one by one."""
_SIZE_CELLS = 8
_BAR_CELLS = 6

Told = Callable[[int, int], str]
"""Says who wrote and who hid a file, from their indexes in `HiddenFile`."""
Target = Callable[[HiddenFile], object]
"""Where a line about a hidden file leads."""


def hidden_rows(hidden: Sequence[HiddenFile], told: Told, target: Target, *, bars: bool = True) -> list[Row]:
    """A line for each pair of who wrote and who hid, the most expensive first, with the files below it."""
    pairs = by_layers(hidden)
    sizes = {pair: sum(file.size for file in files) for pair, files in pairs.items()}
    largest = max(sizes.values(), default=0)
    rows = []
    for pair, files in pairs.items():
        parts = (
            Part(f"{human_size(sizes[pair]):>{_SIZE_CELLS}} "),
            Part(f"{size_bar(sizes[pair], largest, _BAR_CELLS)} " if bars else "", "bar"),
            Part(told(*pair)),
            Part(f"  {counted(len(files), 'file')}", "muted"),
        )
        rows.append(Row(("pair", pair), parts, None, tuple(_file_rows(files, target))))
    return rows


def _file_rows(files: Sequence[HiddenFile], target: Target) -> list[Row]:
    rows = [
        Row(
            ("file", file.written, file.hidden, file.path),
            (Part(f"{human_size(file.size):>{_SIZE_CELLS}} ", "muted"), Part(file.path)),
            target(file),
        )
        for file in files[:MOST_FILES]
    ]
    if len(files) > MOST_FILES:
        left = sum(file.size for file in files[MOST_FILES:])
        text = f"{human_size(left):>{_SIZE_CELLS}} in {len(files) - MOST_FILES:,} more files"
        rows.append(Row(("more", files[0].written, files[0].hidden), (Part(text, "muted"),)))
    return rows


def heading(key: str, text: str, note: str = "", style: str = "heading") -> Row:
    """A line that begins a part of the report."""
    return Row(key, (Part(text, style), Part(f"  {note}" if note else "", "muted")))
