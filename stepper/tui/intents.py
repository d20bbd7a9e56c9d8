"""What the user can ask for, carried out: each method is one command's effect, see `stepper.tui.commands.registry`.

Nothing here waits for the engine: jobs go to the session's thread, what has to come back comes as a message.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from stepper.debugger.options import BuildOptions
from stepper.debugger.pausing import is_paused
from stepper.errors import StepperError
from stepper.tui.breakpoints.intents import BreakpointIntents
from stepper.tui.controller import Controller
from stepper.tui.editor import editor_command
from stepper.tui.image_intents import ImageIntents
from stepper.tui.panels import Panel
from stepper.tui.path_intents import PathIntents
from stepper.tui.shell_handover import Handover
from stepper.tui.shell_intents import ShellIntents
from stepper.tui.situation import step_to_rerun

if TYPE_CHECKING:
    from stepper.debugger.session import Session
    from stepper.debugger.step_in_targets import StepInTarget
    from stepper.engine.step import StepId
    from stepper.tui.main_screen import MainScreen


class Intents:
    """The effects of the user's commands on the session and the screen."""

    def __init__(self, screen: "MainScreen", controller: Controller, options: BuildOptions, handover: Handover) -> None:
        self._screen = screen
        self._controller = controller
        self._options = options
        self._handover = handover
        self.breakpoints = BreakpointIntents(screen, controller)
        """What can be asked for about breakpoints."""
        self.paths = PathIntents(screen, controller)
        """What can be asked for in the trees of paths."""
        self.images = ImageIntents(screen, controller)
        """What can be asked for of whole snapshots and images."""
        self.shells = ShellIntents(screen, controller, handover)
        """What can be asked for about shells."""

    # Running

    def step_over(self) -> None:
        """Run the step at the position."""
        self._run(lambda session: session.step_over())

    def step_into(self) -> None:
        """Stand before the first command of the RUN at the position, or at the step that made what a COPY takes."""

        def job(session: "Session") -> None:
            position = session.state.position
            targets = session.snapshots.step_in_targets(position) if position is not None else ()
            if len({target.maker.id for target in targets}) > 1:
                self._screen.call_later(self._pick_maker, targets)
            else:
                session.step_into()

        self._run(job)

    def _pick_maker(self, targets: "Sequence[StepInTarget]") -> None:
        from stepper.tui.step_in_picker import StepInPicker

        def chosen(step: "StepId | None") -> None:
            if step is not None:
                self._run(lambda session: session.go_to_step(step))

        self._screen.app.push_screen(StepInPicker(targets), chosen)

    def resume(self) -> None:
        """Run until something stops."""
        self._run(lambda session: session.resume())

    def run_to_cursor(self) -> None:
        """Run until the step at the cursor is next."""
        record = self._screen.situation.at_cursor
        if record is not None:
            self._run(lambda session: session.run_to(record.id))

    def step_out(self) -> None:
        """Run to the step that uses the position's stage."""
        self._run(lambda session: session.step_out())

    def go_to_step(self) -> None:
        """Make the step at the cursor the position."""
        record = self._screen.situation.at_cursor
        if record is not None:
            self._run(lambda session: session.go_to_step(record.id))

    def step_back(self) -> None:
        """Stand before the step that ran last."""
        self._run(lambda session: session.step_back())

    def reverse_resume(self) -> None:
        """Go back to the breakpoint passed last."""
        self._run(lambda session: session.reverse_resume())

    def restart(self) -> None:
        """Stand before the first step again."""
        self._run(lambda session: session.restart())

    def rerun(self) -> None:
        """Run the failed or the shown step again."""
        record = step_to_rerun(self._screen.situation)
        if record is not None:
            self._run(lambda session: session.rerun(record.id))

    def go_to_stage(self) -> None:
        """Ask for a stage and go there."""
        self._screen.pick_stage(lambda stage: self._run(lambda session: session.go_to(stage)))

    def interrupt(self) -> None:
        """Stop the running step."""
        self._screen.flash("Interrupting the step …")
        self._controller.interrupt()

    def pause(self) -> None:
        """Pause the running step, or let it go on."""
        going_on = is_paused(self._screen.situation.state)
        self._controller.aside(lambda session: session.unpause() if going_on else session.pause())

    def connect(self) -> None:
        """Look for an engine again."""
        self._run(lambda session: session.connect())

    # The terminal

    def edit(self) -> None:
        """Open the Dockerfile in the user's editor, and read it again afterwards."""
        if not self._options.is_own_file:
            error = StepperError(
                f"{self._options.name} is no file of yours to edit", hint="Save it to a file, and name that with -f."
            )
            self._screen.report(error)
            return
        self._screen.run_worker(self._edit(), group="edit", exclusive=True)

    async def _edit(self) -> None:
        line = self._screen.situation.cursor
        try:
            argv = editor_command(os.environ, shutil.which, self._options.dockerfile.absolute(), line)
            code = await self._handover.program(argv)
        except StepperError as error:
            self._screen.report(error)
            return
        if code != 0:
            self._screen.flash(f"{argv[0]} ended with exit code {code}")
        self._controller.command(_reload_if_changed)

    def reload(self) -> None:
        """Read the Dockerfile and the context again."""
        self._controller.command(lambda session: self._reloaded(session.reload()))

    def _reloaded(self, changed: bool) -> None:
        if not changed:
            self._screen.call_later(self._screen.flash, "Nothing has changed on disk")

    # Looking around

    def find(self) -> None:
        """Ask for text and find it in the focused panel."""
        self._screen.open_find()

    def open_console(self) -> None:
        """Open the console's line."""
        self._screen.console.open()

    def show_context(self) -> None:
        """Open the build context on a screen of its own."""
        from stepper.tui.context_screen import ContextScreen

        self._screen.app.push_screen(ContextScreen(self._options))

    def show_position(self) -> None:
        """Move the cursor to the position."""
        self._screen.show_position()

    def focus_panel(self, panel: Panel) -> None:
        """Show and focus a panel."""
        self._screen.focus_panel(panel)

    def next_panel(self) -> None:
        """Go to the next panel."""
        self._screen.focus_panel(self._screen.panel.next)

    def previous_panel(self) -> None:
        """Go to the panel before."""
        self._screen.focus_panel(self._screen.panel.previous)

    # Stepper

    def help(self) -> None:
        """Show the help."""
        self._screen.open_help()

    def palette(self) -> None:
        """Open the command palette."""
        self._screen.app.action_command_palette()

    def change_theme(self) -> None:
        """Pick other colours."""
        self._screen.app.action_change_theme()

    def quit(self) -> None:
        """Leave Stepper."""
        self._screen.run_worker(self._screen.app.action_quit())

    def _run(self, job: Callable[["Session"], None]) -> None:
        self._screen.follow()
        self._controller.command(job)


def _reload_if_changed(session: "Session") -> None:
    if session.changed_on_disk():
        session.reload()
