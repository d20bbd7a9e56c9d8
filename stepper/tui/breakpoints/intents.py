"""What the user can ask for about breakpoints: the effects of those commands, see `stepper.tui.commands.registry`."""

from typing import TYPE_CHECKING

from stepper.debugger.breakpoint import AtLine, AtPath, Breakpoint
from stepper.text import printable
from stepper.tui.controller import Controller

if TYPE_CHECKING:
    from stepper.tui.main_screen import MainScreen


class BreakpointIntents:
    """They work at once, also while a step runs."""

    def __init__(self, screen: "MainScreen", controller: Controller) -> None:
        self._screen = screen
        self._controller = controller

    def toggle(self) -> None:
        """Set or remove a breakpoint at the cursor."""
        self._controller.toggle_breakpoint(self._screen.situation.cursor)

    def clear(self) -> None:
        """Remove all."""
        self._controller.change_breakpoints(lambda points: points.clear())

    def show_all(self) -> None:
        """Show all of them."""
        from stepper.tui.breakpoints.list_screen import BreakpointsScreen

        def chosen(line: int | None) -> None:
            if line is not None:
                self._screen.source.move_to(line)

        self._screen.app.push_screen(BreakpointsScreen(self._controller), chosen)

    def edit(self) -> None:
        """Edit the breakpoint at the cursor, or set one there."""
        from stepper.tui.breakpoints.editor import BreakpointEditor

        situation = self._screen.situation
        record = situation.state.record_at(situation.cursor)
        if record is None:
            return
        line = record.instruction.line
        here = [point for point in situation.state.breakpoints if point.line == line]
        point = here[0] if here else Breakpoint(AtLine(line))
        self._screen.app.push_screen(BreakpointEditor(self._controller, point))

    def watch(self, path: str) -> None:
        """Watch a path, or stop watching it."""
        from glob import escape  # Not before somebody watches.

        place = AtPath(escape(path))
        known = [point.id for point in self._controller.state.breakpoints if point.place == place]
        if known:
            self._controller.change_breakpoints(lambda points: points.remove(*known))
            self._screen.flash(f"No longer watching {printable(path)}")
        else:
            self._controller.change_breakpoints(lambda points: points.add(Breakpoint(place)))
            self._screen.flash(f"Watching {printable(path)}: a run stops after the step that changes it")
