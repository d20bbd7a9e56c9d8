"""The source line that an error is about, with carets under what is wrong in it, cut to the room that there is."""

from rich.cells import cell_len
from textual.content import Content

from stepper.errors import Excerpt
from stepper.text import printable

_TAB = 4
_CUT = "…"
_LEAST_CELLS = 20


def excerpt_lines(excerpt: Excerpt, cells: int) -> list[Content]:
    """The lines to show, each of at most so many cells: the source line with its number, and the carets."""
    number = f"{excerpt.line} │ "
    before, wrong, after = (
        printable(part.expandtabs(_TAB))
        for part in (
            excerpt.text[: excerpt.start],
            excerpt.text[excerpt.start : excerpt.end],
            excerpt.text[excerpt.end :],
        )
    )
    room = max(_LEAST_CELLS, cells - cell_len(number))
    before, wrong, after = _cut(before, wrong, after, room)
    lines = [Content.assemble((number, "dim"), before, (wrong, "bold underline"), after)]
    if wrong:
        margin = " " * (cell_len(number) - 2) + "│ "
        carets = "^" * max(1, cell_len(wrong))
        lines.append(Content.assemble((margin, "dim"), " " * cell_len(before), (carets, "bold $text-error")))
    return lines


def _cut(before: str, wrong: str, after: str, room: int) -> tuple[str, str, str]:
    """The parts as they fit into the room: what is wrong goes first, then what stands before it."""
    if cell_len(before + wrong + after) <= room:
        return before, wrong, after
    if cell_len(wrong) > room - 2:
        wrong = _start(wrong, room - 2)
    left = room - cell_len(wrong)
    # A part of what follows is kept in sight.
    wanted = min(cell_len(after), left // 3)
    if cell_len(before) > left - wanted:
        before = _end(before, left - wanted)
    return before, wrong, _start(after, left - cell_len(before))


def _start(text: str, cells: int) -> str:
    if cell_len(text) <= cells:
        return text
    while text and cell_len(text) > cells - 1:
        text = text[:-1]
    return text + _CUT if cells > 0 else ""


def _end(text: str, cells: int) -> str:
    if cell_len(text) <= cells:
        return text
    while text and cell_len(text) > cells - 1:
        text = text[1:]
    return _CUT + text if cells > 0 else ""
