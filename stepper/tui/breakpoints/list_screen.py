"""The list of all breakpoints, logpoints, watchpoints and exceptions: to switch on and off, edit, remove and add."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets.option_list import Option

from stepper.debugger.breakpoint import AtException, Breakpoint, ExceptionKind
from stepper.debugger.breakpoint_words import named
from stepper.text import counted, printable
from stepper.tui.breakpoints.editor import BreakpointEditor
from stepper.tui.breakpoints.marks import mark_of
from stepper.tui.controller import BreakpointsChange, Controller
from stepper.tui.widgets.choice_list import ChoiceList
from stepper.tui.widgets.source_row import BreakpointMark

Row = Breakpoint | ExceptionKind
"""A breakpoint, or an exception that there is no breakpoint for."""

_LOOK_SECONDS = 0.5
_FAILURE = Content.assemble(
    (f" {BreakpointMark.ON.value} ", "bold $text-error"), "failure", ("  always on", "$text-muted")
)


class BreakpointsScreen(ModalScreen[int | None]):
    """The list; gives the line to go to, None for none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,l", "close", "Close", show=False),
        Binding("space", "switch", "On or off", show=False, priority=True),
        Binding("enter,e,m", "edit", "Edit", show=False, priority=True),
        Binding("a", "add", "Add", show=False, priority=True),
        Binding("d,delete", "remove", "Remove", show=False, priority=True),
        Binding("g", "go", "Go to its line", show=False, priority=True),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self._rows: list[Row] = []
        self._shown: tuple[Breakpoint, ...] | None = None
        self._list = ChoiceList(id="breakpoints", markup=False)

    def compose(self) -> ComposeResult:
        """The list."""
        self._list.border_title = "Breakpoints"
        self._list.border_subtitle = "Space on/off · Enter edit · a add · d remove · g go to · Esc"
        yield self._list

    def on_mount(self) -> None:
        """Show them, and what changes: hits are counted while a build runs."""
        self._refresh()
        self._list.highlighted = 0
        self.set_interval(_LOOK_SECONDS, self._refresh)

    def action_close(self) -> None:
        """Back to the screen below."""
        self.dismiss(None)

    async def action_switch(self) -> None:
        """Switch the highlighted one on or off."""
        row = await self._chosen()
        if isinstance(row, ExceptionKind):
            self._change(lambda points: points.enable_exception(row, True))
        elif row is not None:
            self._change(lambda points: points.enable(row.id, not row.enabled))

    async def action_remove(self) -> None:
        """Remove the highlighted one."""
        row = await self._chosen()
        if isinstance(row, Breakpoint):
            self._change(lambda points: points.remove(row.id))

    async def action_edit(self) -> None:
        """Edit the highlighted one."""
        row = await self._chosen()
        if row is not None:
            self._open(row if isinstance(row, Breakpoint) else Breakpoint(AtException(row)))

    def action_add(self) -> None:
        """Add one."""
        self._open(None)

    async def action_go(self) -> None:
        """Close, and go to the line of the highlighted one."""
        row = await self._chosen()
        if isinstance(row, Breakpoint) and row.line is not None:
            self.dismiss(row.line)

    async def _chosen(self) -> Row | None:
        """The highlighted one, once the keys before took effect."""
        await self._list.all_pressed()
        return self._highlighted

    @property
    def _highlighted(self) -> Row | None:
        index = self._list.highlighted
        return self._rows[index] if index is not None and index < len(self._rows) else None

    def _open(self, point: Breakpoint | None) -> None:
        self.app.push_screen(BreakpointEditor(self._controller, point), lambda _: self._refresh())

    def _change(self, change: BreakpointsChange) -> None:
        self._controller.change_breakpoints(change)
        self._refresh()

    def _refresh(self) -> None:
        points = self._controller.state.breakpoints
        if points == self._shown:
            return
        self._shown = points
        before, index = self._highlighted, self._list.highlighted or 0
        known = {point.place.exception for point in points if isinstance(point.place, AtException)}
        self._rows = [*points, *(exception for exception in ExceptionKind if exception not in known)]
        self._list.clear_options()
        self._list.add_options([Option(row_text(row)) for row in self._rows])
        self._list.add_option(Option(_FAILURE, disabled=True))
        same = [at for at, row in enumerate(self._rows) if before is not None and _key(row) == _key(before)]
        self._list.highlighted = same[0] if same else min(index, len(self._rows) - 1)


def _key(row: Row) -> int | ExceptionKind:
    """What stays of a row when it changes."""
    if isinstance(row, ExceptionKind):
        return row
    return row.place.exception if isinstance(row.place, AtException) else row.id


def row_text(row: Row) -> Content:
    """One line: the mark, what it is, what it tells, how often it was hit, and what is wrong with it."""
    if isinstance(row, ExceptionKind):
        return Content.assemble(
            (f" {BreakpointMark.DISABLED.value} ", "$text-muted"), row.value, ("  off", "$text-muted")
        )
    mark = mark_of(row)
    style = "bold $text-error" if row.enabled else "$text-muted"
    text = Content.assemble((f" {mark.value} ", style), named(row))
    if row.is_logpoint:
        text = Content.assemble(text, ("  logs ", "$text-muted"), printable(row.message))
    if not row.enabled:
        text = Content.assemble(text, ("  off", "$text-muted"))
    if row.hits:
        text = Content.assemble(text, (f"  {counted(row.hits, 'hit')}", "$text-muted"))
    if row.error is not None:
        text = Content.assemble(text, ("\n     ", ""), (row.error, "$text-error"))
    return text
