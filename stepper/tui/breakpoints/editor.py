"""The editor of one breakpoint: where it stands, its condition, its hit count, and what it logs."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from stepper.debugger.breakpoint import Breakpoint
from stepper.debugger.breakpoint_words import (
    PLACES_HELP,
    parse_breakpoint,
    parse_hit_count,
    written_place,
)
from stepper.debugger.breakpoints import checked_place
from stepper.debugger.conditions import ConditionError, parse_condition, parse_message
from stepper.errors import UsageError
from stepper.text import printable
from stepper.tui.controller import Controller
from stepper.tui.widgets.entry_line import EntryLine, all_typed

_FIELDS = {
    "place": ("Where", PLACES_HELP),
    "condition": ("Only if", 'layer.size > 50MB and not changed("/etc/**")'),
    "hits": ("Hits", "3, >= 3, % 2"),
    "message": ("Log", "a text with {layer.size}: logs it and goes on"),
}


class BreakpointEditor(ModalScreen[None]):
    """Four lines, what is wrong below them while it is typed; Enter sets it, Escape closes.

    `point` is what is edited: one of the session's, one that is to be (with the id 0), or None for an empty one.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "set", "Set it", show=False, priority=True),
        Binding("escape", "close", "Close", show=False, priority=True),
        Binding("up,shift+tab", "app.focus_previous", "Up", show=False, priority=True),
        Binding("down,tab", "app.focus_next", "Down", show=False, priority=True),
        Binding("f1", "help", "Help", show=False, priority=True),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    def __init__(self, controller: Controller, point: Breakpoint | None) -> None:
        super().__init__()
        self._controller = controller
        self._point = point
        values = {}
        if point is not None:
            values = {
                "place": written_place(point.place),
                "condition": point.condition,
                "hits": point.hit_count,
                "message": point.message,
            }
        self._inputs = {
            name: EntryLine(value=values.get(name, ""), placeholder=example, id=f"breakpoint-{name}", compact=True)
            for name, (_, example) in _FIELDS.items()
        }
        self._message = Static("", id="breakpoint-error", markup=False)

    def compose(self) -> ComposeResult:
        """The lines, and below them what is wrong."""
        with Vertical(id="breakpoint-editor") as box:
            box.border_title = "Breakpoint" if self._point is None or not self._point.id else "Edit the breakpoint"
            box.border_subtitle = "Enter sets it · F1 what can be asked · Esc"
            for name, (title, _) in _FIELDS.items():
                yield Static(title, classes="breakpoint-title", markup=False)
                yield self._inputs[name]
            yield self._message

    def on_mount(self) -> None:
        """Begin at the condition, or where there is nothing yet, at the place."""
        self._inputs["place" if self._point is None else "condition"].focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what is wrong so far."""
        event.stop()
        try:
            self._read()
        except UsageError as error:
            self._message.update(error_text(error))
        else:
            self._message.update("")

    async def action_set(self) -> None:
        """Set it, unless something is wrong."""
        await all_typed(self)
        try:
            point = self._read()
        except UsageError as error:
            self._message.update(error_text(error))
            return
        id_ = self._point.id if self._point is not None else 0
        self._controller.change_breakpoints(lambda points: points.edit(id_, point) if id_ else points.add(point))
        self.dismiss()

    def action_close(self) -> None:
        """Leave it as it was."""
        self.dismiss()

    def action_help(self) -> None:
        """Show what can be asked for."""
        from stepper.tui.breakpoints.help import ConditionHelp

        self.app.push_screen(ConditionHelp())

    def _read(self) -> Breakpoint:
        """What is typed. Raises `UsageError`."""
        typed = {name: field.value.strip() for name, field in self._inputs.items()}
        # All of it may stand in the first line, as it does on the command line.
        whole = parse_breakpoint(typed["place"])
        place = checked_place(self._controller.state, whole.place)
        for name, written in (("condition", whole.condition), ("hits", whole.hit_count)):
            if written and typed[name]:
                raise UsageError(f"{printable(written)} and {printable(typed[name])}: only one of them can be meant")
            typed[name] = typed[name] or written
        if typed["condition"]:
            parse_condition(typed["condition"])
        parse_hit_count(typed["hits"])
        parse_message(typed["message"])
        enabled = self._point is None or self._point.enabled
        return Breakpoint(place, enabled, typed["condition"], typed["hits"], typed["message"])


def error_text(error: UsageError) -> Content:
    """What is wrong: the text with carets under it where there is a place in it, the message, and what to do."""
    lines = []
    if isinstance(error, ConditionError):
        written, carets = error.pointed()
        lines += [Content(written), Content.styled(carets, "$text-error")]
    lines.append(Content.styled(error.message, "$text-error"))
    if error.hint:
        lines.append(Content.styled(error.hint, "$text-muted"))
    return Content("\n").join(lines)
