"""The rows of a file on the screen; scrolling near their end asks for more."""

from typing import ClassVar, Unpack

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from stepper.tui.file.rows import FixedRows, Rows
from stepper.tui.widgets.line_view import LineView, ViewMessage, WidgetOptions, window

_ROLES = (
    *("gutter", "added", "deleted", "place", "note"),
    *("comment", "keyword", "string", "number", "builtin", "variable"),
)


class FileView(LineView):
    """Shows `Rows`, which may become more."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"file-view--{role}" for role in _ROLES}

    DEFAULT_CSS = """
    FileView {
        & > .file-view--gutter { color: $text-muted; }
        & > .file-view--added { color: $text-success; }
        & > .file-view--deleted { color: $text-error; }
        & > .file-view--place { color: $text-primary; text-style: bold; }
        & > .file-view--note { color: $text-muted; text-style: italic; }
        & > .file-view--comment { color: $text-muted; text-style: italic; }
        & > .file-view--keyword { color: $text-accent; text-style: bold; }
        & > .file-view--string { color: $text-success; }
        & > .file-view--number { color: $text-success; }
        & > .file-view--builtin { color: $text-primary; }
        & > .file-view--variable { color: $text-secondary; }
    }
    """

    class NearEnd(ViewMessage):
        """The last rows that there are so far are in sight; `wanted` is whether the user asked for the very last."""

        def __init__(self, view: "FileView", wanted: bool) -> None:
            super().__init__(view)
            self.wanted = wanted

    def __init__(self, **options: Unpack[WidgetOptions]) -> None:
        super().__init__(**options)
        self._rows: Rows = FixedRows([])
        self._counted = 0
        self._to_end = False

    def show(self, rows: Rows) -> None:
        """Show other rows, from the first."""
        self._rows = rows
        self._to_end = self._to_end and not self._counted
        self.scroll_to(x=0, y=0, animate=False, force=True)
        self.virtual_size = self.virtual_size.with_width(0)
        self.more()

    def more(self, *, done: bool = False) -> None:
        """There may be more rows now, or others; `done`: no more are to come."""
        self._counted = self._rows.count
        self.resize_rows(self.virtual_size.width)
        self.repaint()
        if self._to_end:
            self.call_after_refresh(self.scroll_to, y=self.max_scroll_y, animate=False, force=True)
            self._to_end = not done

    def stay(self) -> None:
        """Do not go on to the end."""
        self._to_end = False

    @property
    def row_count(self) -> int:
        """The rows that the view knows of."""
        return self._counted

    def paint_row(self, row: int, scroll_x: int, width: int) -> Strip:
        """One row; all of it scrolls sideways."""
        strip = Strip([Segment(text, self._style(style)) for text, style in self._rows.parts(row)])
        self.widen_rows(strip.cell_length)
        return window(strip, scroll_x, width)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for more before the end is reached."""
        super().watch_scroll_y(old_value, new_value)
        if self._counted and new_value + 2 * self.size.height >= self._counted:
            self.post_message(self.NearEnd(self, wanted=False))

    def action_scroll_end(self) -> None:
        """To the last row of all, as soon as it is there."""
        super().action_scroll_end()
        self._to_end = True
        self.post_message(self.NearEnd(self, wanted=True))

    def action_scroll_home(self) -> None:
        """To the first row."""
        self._to_end = False
        super().action_scroll_home()

    def _style(self, role: str) -> Style:
        return self.component_style(f"file-view--{role}") if role else Style.null()
