"""What a COPY copies as rows: sources and where they land, then what is kept out; quick with 100,000 files."""

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar, Unpack

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip

from stepper.engine.copy_record import CopiedFile, KeptOut
from stepper.image.entry import EntryKind
from stepper.image.layer import ChangeKind
from stepper.text import printable
from stepper.tui.copy_text import (
    Line,
    file_details,
    kept_out_details,
    lines_above,
    maker_text,
    rule_text,
    size_text,
    source_text,
)
from stepper.tui.widgets.change_text import permissions
from stepper.tui.widgets.line_view import (
    CursorView,
    NewestViewMessage,
    ViewMessage,
    WidgetOptions,
    window,
)

if TYPE_CHECKING:
    from stepper.debugger.copy_report import CopyReport

SIZE_CELLS = 8
WIDE_CELLS = 70
"""From this width on there is room for permissions and owner."""
NARROWEST = 20
"""Lines are not wrapped narrower than this."""
KEPT_OUT = Line("Kept out")

Row = Line | CopiedFile | KeptOut


class CopyView(CursorView):
    """The rows of one report. `+` marks what is new, `~` what takes the place of something, `-` what is kept out."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "copy-view--added",
        "copy-view--modified",
        "copy-view--deleted",
        "copy-view--warning",
        "copy-view--note",
    }

    DEFAULT_CSS = """
    CopyView {
        & > .copy-view--added { color: $text-success; }
        & > .copy-view--modified { color: $text-warning; }
        & > .copy-view--deleted { color: $text-muted; }
        & > .copy-view--warning { color: $text-warning; text-style: bold; }
        & > .copy-view--note { color: $text-muted; }
    }
    """

    class Highlighted(NewestViewMessage):
        """The cursor stands on `row` now; None when there is none."""

        def __init__(self, view: "CopyView", row: Row | None) -> None:
            super().__init__(view)
            self.row = row

    class Activated(ViewMessage):
        """Enter or a double click on a copied file."""

        def __init__(self, view: "CopyView", file: CopiedFile) -> None:
            super().__init__(view)
            self.file = file

    def __init__(self, **options: Unpack[WidgetOptions]) -> None:
        super().__init__(**options)
        self._report: CopyReport | None = None
        self._rows: list[Row] = []
        self._wrapped_at = 0

    def show(self, report: "CopyReport | None", *, nothing: str = "Nothing is copied") -> None:
        """Show a report; `nothing` is said where there is none, or nothing in it."""
        self.placeholder = nothing
        if report is self._report:
            return
        self._report = report
        self._arrange()
        first = next((index for index, row in enumerate(self._rows) if isinstance(row, CopiedFile)), 0)
        self.set_reactive(CursorView.cursor_row, first)
        self.scroll_to(x=0, y=0, animate=False, force=True)
        self._tell()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap anew."""
        if self._report is not None and event.size.width != self._wrapped_at:
            row = self.highlighted
            self._arrange()
            at = self._rows.index(row) if row is not None and row in self._rows else self.cursor_row
            self.set_reactive(CursorView.cursor_row, max(0, min(at, len(self._rows) - 1)))
        super().on_resize(event)

    def _arrange(self) -> None:
        report = self._report
        self._wrapped_at = self.scrollable_content_region.width
        self._rows = []
        if report is not None:
            width = max(NARROWEST, self._wrapped_at - 2)
            self._rows += [piece for line in lines_above(report) for piece in _wrapped(line, width)]
            self._rows += report.record.files
            if report.record.kept_out:
                self._rows += [KEPT_OUT, *report.record.kept_out]
        self.resize_rows(0)
        self.repaint()

    @property
    def highlighted(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor_row] if self._rows else None

    @property
    def report(self) -> "CopyReport | None":
        """What is shown."""
        return self._report

    @property
    def details(self) -> str:
        """All that is known of the row under the cursor, on a few lines; "" without rows."""
        row = self.highlighted
        if isinstance(row, CopiedFile) and self._report is not None:
            return file_details(self._report, row)
        if isinstance(row, KeptOut):
            return kept_out_details(row)
        return (row.details or row.text) if isinstance(row, Line) else ""

    def cursor_moved(self, row: int) -> None:
        """Tell about it."""
        self._tell()

    def row_activated(self, row: int) -> None:
        """Tell about a file."""
        found = self._rows[row]
        if isinstance(found, CopiedFile):
            self.post_message(self.Activated(self, found))

    def _tell(self) -> None:
        self.post_message(self.Highlighted(self, self.highlighted))

    # Painting

    @property
    def row_count(self) -> int:
        """Lines, files, what is kept out."""
        return len(self._rows)

    def paint_row(self, row: int, scroll_x: int, width: int) -> Strip:
        """Mark, size, names, and at the right edge who made it; only the names scroll sideways."""
        found = self._rows[row]
        pointer = "›" if row == self.cursor_row else " "
        mark, name, right = self._segments(found, width)
        left_cells = cell_len(mark.text) + 1
        right_cells = sum(cell_len(part.text) for part in right)
        self.widen_rows(left_cells + name.cell_length + right_cells)
        room = max(0, width - left_cells - right_cells)
        strip = Strip([Segment(pointer, Style.null()), mark, *window(name, scroll_x, room), *right])
        if row == self.cursor_row:
            strip = self.under_cursor(strip.adjust_cell_length(width, Style.null()))
        return strip

    def _segments(self, row: Row, width: int) -> tuple[Segment, Strip, list[Segment]]:
        note = self.component_style("copy-view--note")
        if isinstance(row, Line):
            style = self.component_style("copy-view--warning") if row.is_warning else note
            return Segment("", note), Strip([Segment(row.text, style)]), []
        if isinstance(row, KeptOut):
            style = self.component_style("copy-view--deleted")
            folder = "/" if row.entry.kind is EntryKind.DIRECTORY and row.path != "/" else ""
            size = size_text(row.entry).rjust(SIZE_CELLS)
            name = [Segment(f"{printable(row.path)}{folder}", style), Segment(f"  {rule_text(row)}", note)]
            return Segment(f"{ChangeKind.DELETED.value} {size} ", style), Strip(name), []
        kind = ChangeKind.ADDED if row.before is None else ChangeKind.MODIFIED
        style = self.component_style(f"copy-view--{kind.name.lower()}")
        mark = Segment(f"{kind.value} {size_text(row.entry).rjust(SIZE_CELLS)} ", style)
        names = [
            Segment(source_text(row), Style.null()),
            Segment(" → ", note),
            Segment(printable(row.destination), style),
        ]
        return mark, Strip(names), self._right(row, width)

    def _right(self, file: CopiedFile, width: int) -> list[Segment]:
        note = self.component_style("copy-view--note")
        assert self._report is not None, "a file is of a report"
        texts = []
        if width >= WIDE_CELLS:
            texts.append(f" {permissions(file.entry)} {file.entry.uid}:{file.entry.gid}")
        maker = maker_text(self._report, file)
        if maker:
            texts.append(f" {maker} ")
        return [Segment(text, note) for text in texts]


def _wrapped(line: Line, width: int) -> list[Line]:
    """The lines that one takes; what is about it stays with each."""
    pieces = wrap(line.text, width, subsequent_indent="  ", drop_whitespace=True) or [""]
    return [line._replace(text=piece, details=line.details or line.text) for piece in pieces]
