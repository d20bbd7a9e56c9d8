"""The image configuration in two columns, with what a step added, changed and took away."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Unpack

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.selection import Selection
from textual.strip import Strip

from stepper.image.config import ImageConfig
from stepper.image.layer import ChangeKind
from stepper.text import printable
from stepper.tui.widgets.line_view import LineView, WidgetOptions

if TYPE_CHECKING:
    from stepper.image.config_diff import ConfigRow

MARK_CELLS = 2
GAP_CELLS = 2
NARROWEST_VALUE = 12


@dataclass(frozen=True, slots=True)
class _Line:
    """One screen line: a mark and a name on the first of a setting, and a piece of its value."""

    kind: ChangeKind | None
    name: str
    value: str
    old: bool = False

    def text(self, name_cells: int) -> str:
        """The line without colours."""
        mark = self.kind.value if self.kind is not None and self.name else " "
        return f"{mark} {set_cell_size(self.name, name_cells)}  {self.value}"


class ConfigView(LineView):
    """Shows one configuration, compared with the one before. Long values are wrapped."""

    ALLOW_SELECT = True

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "config-view--name",
        "config-view--added",
        "config-view--modified",
        "config-view--deleted",
        "config-view--old",
    }

    DEFAULT_CSS = """
    ConfigView {
        overflow-x: hidden;
        & > .config-view--name { color: $text-primary; }
        & > .config-view--added { color: $text-success; text-style: bold; }
        & > .config-view--modified { color: $text-warning; text-style: bold; }
        & > .config-view--deleted { color: $text-error; text-style: bold; }
        & > .config-view--old { color: $text-muted; text-style: italic; }
    }
    """

    def __init__(self, **options: Unpack[WidgetOptions]) -> None:
        super().__init__(**options)
        self._settings: tuple[ConfigRow, ...] = ()
        self._lines: list[_Line] = []
        self._name_cells = 0

    def show(
        self, before: ImageConfig | None, after: ImageConfig | None, *, nothing: str = "Nothing is configured"
    ) -> None:
        """Show `after`, marked against `before`, or unmarked without it. `nothing` is said of an empty one."""
        self._settings = ()
        if after is not None:
            from stepper.image.config_diff import config_changes  # Not before there is something to compare.

            self._settings = config_changes(before, after)
        self.placeholder = nothing
        self._arrange()

    @property
    def changed(self) -> int:
        """How many settings are marked."""
        return sum(row.kind is not None for row in self._settings)

    def on_resize(self, event: events.Resize) -> None:
        """Wrap anew."""
        self._arrange()

    def _arrange(self) -> None:
        width = max(20, self.scrollable_content_region.width)
        names = max((cell_len(_name(row)) for row in self._settings), default=0)
        self._name_cells = min(names, max(8, width // 3))
        room = max(NARROWEST_VALUE, width - MARK_CELLS - self._name_cells - GAP_CELLS)
        self._lines = []
        for row in self._settings:
            self._lines += self._lines_of(row, room)
        self.resize_rows(0)
        self.repaint()

    def _lines_of(self, row: "ConfigRow", room: int) -> list[_Line]:
        lines: list[_Line] = []
        name = _name(row)
        values = [(row.value, False)] if row.kind is not ChangeKind.DELETED else []
        if row.old is not None:
            values.append((f"was {row.old}" if row.old else "was there", True))
        for value, old in values:
            for piece in chop_cells(printable(value), room) or [""]:
                lines.append(_Line(row.kind, name, piece, old))
                name = ""
        return lines

    # Painting

    @property
    def row_count(self) -> int:
        """The wrapped lines."""
        return len(self._lines)

    def paint_row(self, row: int, scroll_x: int, width: int) -> Strip:
        """Mark, name, value."""
        line = self._lines[row]
        text = line.text(self._name_cells)
        kind_style = Style.null()
        if line.kind is not None:
            kind_style = self.component_style(f"config-view--{line.kind.name.lower()}")
        name_end = MARK_CELLS + len(set_cell_size(line.name, self._name_cells))
        name_style = self.component_style("config-view--name") if line.kind is None else kind_style
        value_style = self.component_style("config-view--old") if line.old else Style.null()
        segments = [
            Segment(text[:MARK_CELLS], kind_style),
            Segment(text[MARK_CELLS:name_end], name_style),
            Segment(text[name_end:], value_style),
        ]
        strip = Strip(segments).apply_offsets(0, row)
        selection = self.text_selection
        span = selection.get_span(row) if selection is not None else None
        if span is not None:
            strip = _with_style(strip, span, self.screen.get_component_rich_style("screen--selection"))
        return strip

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected lines as they stand on the screen."""
        return selection.extract("\n".join(line.text(self._name_cells) for line in self._lines)), "\n"


def _name(row: "ConfigRow") -> str:
    return printable(f"{row.section} {row.name}".strip())


def _with_style(strip: Strip, span: tuple[int, int], style: Style) -> Strip:
    """A strip with a style over the characters of a span; -1 is the end."""
    start, end = span[0], strip.cell_count if span[1] == -1 else span[1]
    segments: list[Segment] = []
    position = 0
    for text, own, _ in strip:
        cuts = sorted({0, len(text), *(cut - position for cut in (start, end) if 0 < cut - position < len(text))})
        for first, last in pairwise(cuts):
            inside = start <= position + first < end
            segments.append(Segment(text[first:last], (own or Style.null()) + style if inside else own))
        position += len(text)
    return Strip(segments, strip.cell_length)
