"""The stages of a Dockerfile: how each stands, who builds on whom, which one is being built."""

from collections.abc import Hashable, Sequence
from typing import ClassVar, Unpack

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from stepper.frozen import frozen
from stepper.text import printable
from stepper.tui.widgets.line_view import CursorView, NewestViewMessage, ViewMessage, WidgetOptions
from stepper.tui.widgets.marks import Mark, mark_styles
from stepper.tui.widgets.stage_lanes import stage_lanes


@frozen
class StageItem:
    """One stage as the list shows it.

    `index` is its place in the list. `builds_on` are the indexes of the stages that it uses. `progress` is (steps done,
    steps). `current` is the stage of the position, `target` the one the build is for.
    """

    index: int
    label: str
    mark: Mark = Mark.NONE
    size: str = ""
    progress: tuple[int, int] | None = None
    needed: bool = True
    current: bool = False
    target: bool = False
    builds_on: tuple[int, ...] = ()


class StageList(CursorView):
    """The stages in file order, two lines for those with progress to show."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "stage-list--lane",
        "stage-list--label",
        "stage-list--current",
        "stage-list--dimmed",
        "stage-list--note",
        *(f"stage-list--{mark.style_name}" for mark in Mark),
    }

    DEFAULT_CSS = f"""
    StageList {{
        & > .stage-list--lane {{ color: $text-muted; }}
        & > .stage-list--current {{ text-style: bold; color: $text-primary; }}
        & > .stage-list--dimmed {{ color: $text-disabled; }}
        & > .stage-list--note {{ color: $text-muted; }}
        {mark_styles("stage-list")}
    }}
    """

    class StageHighlighted(NewestViewMessage):
        """The cursor stands on another stage."""

        def __init__(self, view: "StageList", index: int) -> None:
            super().__init__(view)
            self.index = index

    class StageSelected(ViewMessage):
        """Enter or a double click on a stage."""

        def __init__(self, view: "StageList", index: int) -> None:
            super().__init__(view)
            self.index = index

    def __init__(self, **options: Unpack[WidgetOptions]) -> None:
        super().__init__(**options)
        self._items: tuple[StageItem, ...] = ()
        self._lanes: list[tuple[str, str]] = []
        self._rows: list[tuple[int, bool]] = []

    # What is shown

    def show(self, items: Sequence[StageItem]) -> None:
        """Show these stages; the cursor stays on the stage where it was."""
        new = tuple(items)
        if new == self._items:
            return
        stage = self.cursor_stage
        self._items = new
        self._lanes = stage_lanes([item.builds_on for item in new])
        self._rows = []
        for place, item in enumerate(new):
            self._rows.append((place, False))
            if item.progress is not None:
                self._rows.append((place, True))
        self.set_reactive(CursorView.cursor_row, self._row_of(min(stage, len(new) - 1)) if new else 0)
        self.resize_rows(0)
        self.repaint()

    @property
    def cursor_stage(self) -> int:
        """The index of the stage under the cursor; 0 when there is none."""
        return self._rows[self.cursor_row][0] if self._rows else 0

    @cursor_stage.setter
    def cursor_stage(self, index: int) -> None:
        if self._items:
            self.cursor_row = self._row_of(max(0, min(index, len(self._items) - 1)))

    def _row_of(self, place: int) -> int:
        return self._rows.index((place, False))

    # Rows

    @property
    def row_count(self) -> int:
        """One for a stage, and one for its progress."""
        return len(self._rows)

    def validate_cursor_row(self, row: int) -> int:
        """The cursor stands on the first line of a stage."""
        row = super().validate_cursor_row(row)
        return self._row_of(self._rows[row][0]) if self._rows else 0

    def rows_of_cursor(self, row: int) -> tuple[int, int]:
        """The lines of one stage."""
        return row, 2

    def row_state(self, row: int) -> Hashable:
        """Whether the cursor is on this stage."""
        return self._rows[row][0] == self.cursor_stage

    def action_cursor_down(self) -> None:
        """To the next stage."""
        self.cursor_stage += 1

    def action_cursor_up(self) -> None:
        """To the stage above."""
        self.cursor_stage -= 1

    def cursor_moved(self, row: int) -> None:
        """Tell about it."""
        self.post_message(self.StageHighlighted(self, self.cursor_stage))

    def row_activated(self, row: int) -> None:
        """Tell about it."""
        self.post_message(self.StageSelected(self, self._rows[row][0]))

    # Painting

    def paint_row(self, row: int, scroll_x: int, width: int) -> Strip:
        """Lanes, mark and name, and at the right edge the size; or the progress below."""
        place, is_progress = self._rows[row]
        item = self._items[place]
        strip = self._paint_progress(item) if is_progress else self._paint_stage(item, width)
        self.widen_rows(strip.cell_length)
        strip = strip.crop_extend(scroll_x, scroll_x + width, Style.null())
        if self.row_state(row):
            strip = self.under_cursor(strip)
        return strip

    def _paint_stage(self, item: StageItem, width: int) -> Strip:
        label_style = Style.null()
        if not item.needed:
            label_style = self.component_style("stage-list--dimmed")
        elif item.current:
            label_style = self.component_style("stage-list--current")
        pointer = "›" if item.index == self.cursor_stage else " "
        label = printable(item.label) + (" ⚑" if item.target else "")
        segments = [
            Segment(f"{pointer}{self._lanes[item.index][0]}", self.component_style("stage-list--lane")),
            Segment(f"{item.mark.symbol} ", self.component_style(f"stage-list--{item.mark.style_name}")),
            Segment(label, label_style),
        ]
        note = item.size if item.needed or item.size else "not needed"
        if note:
            used = sum(cell_len(segment.text) for segment in segments)
            gap = max(2, width - used - cell_len(note) - 1)
            segments.append(Segment(" " * gap + note, self.component_style("stage-list--note")))
        return Strip(segments)

    def _paint_progress(self, item: StageItem) -> Strip:
        done, steps = item.progress or (0, 0)
        return Strip(
            [
                Segment(f" {self._lanes[item.index][1]}", self.component_style("stage-list--lane")),
                Segment(f"  {done} of {steps}", self.component_style("stage-list--note")),
            ]
        )
