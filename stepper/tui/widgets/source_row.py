"""One row of the Dockerfile's view as coloured text: the gutter, the code, the notes at the right edge.

The values that say what stands beside a line are here too.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum, IntEnum

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from stepper.frozen import frozen
from stepper.text import printable
from stepper.tui.widgets.line_view import ROW_META
from stepper.tui.widgets.marks import Mark
from stepper.tui.widgets.source_text import SpanRole

GUTTER_PART = "gutter"
"""The `ROW_META` of the gutter."""

ComponentStyle = Callable[[str], Style]
"""Gives the style of the component class `source-view--<name>`."""


class BreakpointMark(Enum):
    """What the gutter shows of a breakpoint; the value is the symbol."""

    NONE = " "
    ON = "●"
    CONDITIONAL = "◐"
    LOGPOINT = "◆"
    DISABLED = "○"
    BROKEN = "⊗"

    @property
    def word(self) -> str:
        """What it means, for the legend."""
        return _BREAKPOINT_WORDS[self]


_BREAKPOINT_WORDS = {
    BreakpointMark.NONE: "",
    BreakpointMark.ON: "breakpoint",
    BreakpointMark.CONDITIONAL: "breakpoint with a condition or a hit count",
    BreakpointMark.LOGPOINT: "logpoint: tells something and goes on",
    BreakpointMark.DISABLED: "breakpoint that is switched off",
    BreakpointMark.BROKEN: "breakpoint whose condition cannot be judged: l says why",
}


@frozen
class LineMark:
    """What is shown beside the first line of an instruction.

    `notes` stand at the right edge, the most important last; where there is no room the first ones go. `dimmed` is for
    stages that are not needed.
    """

    breakpoint: BreakpointMark = BreakpointMark.NONE
    status: Mark = Mark.NONE
    notes: tuple[str, ...] = ()
    dimmed: bool = False


class CursorState(IntEnum):
    """Where the cursor is, as a line sees it."""

    ELSEWHERE = 0
    IN_INSTRUCTION = 1
    HERE = 2


_BARS = {CursorState.ELSEWHERE: " ", CursorState.IN_INSTRUCTION: "▏", CursorState.HERE: "▌"}


def number_cells(lines: int) -> int:
    """Cells for the line numbers of a file with so many lines."""
    return max(2, len(str(lines))) + 1


def gutter_cells(lines: int) -> int:
    """Cells of the gutter of a file with so many lines."""
    return number_cells(lines) + 5


def gutter(
    line: int,
    lines: int,
    mark: LineMark,
    cursor: CursorState,
    *,
    is_wrong: bool,
    has_warning: bool,
    style: ComponentStyle,
) -> Strip:
    """The bar of the cursor, breakpoint, number, status, and `!` for a warning."""
    base = style("gutter")
    status = Mark.FAILED if is_wrong else mark.status
    return Strip(
        [
            Segment(_BARS[cursor], base + style("mark-next") if cursor else base),
            Segment(mark.breakpoint.value, base + style("breakpoint")),
            Segment(f"{line:>{number_cells(lines)}} ", base + style("error-message") if is_wrong else base),
            Segment(status.symbol, base + style(status.style_name)),
            Segment("!", base + style("warning-message")) if has_warning else Segment(" ", base),
        ]
    ).apply_meta({ROW_META: GUTTER_PART})


def note_columns(marks: Iterable[LineMark]) -> tuple[int, ...]:
    """The cells that each note takes so that they stand in columns, the last note's first."""
    columns: list[int] = []
    for mark in marks:
        for index, note in enumerate(reversed(mark.notes)):
            if index == len(columns):
                columns.append(0)
            columns[index] = max(columns[index], cell_len(note))
    return tuple(columns)


def notes_cells(columns: Sequence[int]) -> int:
    """Cells that notes in these columns take, with a space around each."""
    return sum(columns) + len(columns) + 1 if columns else 0


def notes(mark: LineMark, columns: Sequence[int], room: int, style: ComponentStyle) -> Strip:
    """The notes that fit into half of the room, the last ones first."""
    shown = ""
    for count, (note, cells) in enumerate(zip(reversed(mark.notes), columns, strict=False), 1):
        if notes_cells(columns[:count]) > room // 2:
            break
        shown = " " * (cells - cell_len(note) + 1) + note + shown
    return Strip([Segment(shown + " ", style("notes"))]) if shown else Strip([], 0)


def code(text: str, roles: Sequence[tuple[int, int, SpanRole]], style: ComponentStyle) -> Text:
    """The line in the colours of its parts."""
    coloured = Text(text, no_wrap=True, end="")
    for start, end, role in roles:
        coloured.stylize(style(role.value), start, end)
    return coloured


def warning_message(message: str, style: ComponentStyle) -> Strip:
    """What is likely not meant about the line, behind it."""
    return Strip([Segment(f"  ◂ {printable(message)}", style("warning-message"))])


def error_message(message: str, style: ComponentStyle) -> Strip:
    """What is wrong with the line, behind it."""
    return Strip([Segment(f"  ◂ {printable(message)}", style("error-message"))])
