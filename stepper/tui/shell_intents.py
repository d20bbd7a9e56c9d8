"""What the user can ask for about shells: in which state one is opened, and how the terminal gets to it and back."""

import threading
import time
from typing import TYPE_CHECKING

from textual.message import Message

from stepper.debugger.events import Notice
from stepper.debugger.inspection import ShellPlace, shell_places
from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.engine.protocol import ShellSession
from stepper.errors import StepperError, UsageError
from stepper.text import counted
from stepper.tui.controller import Controller
from stepper.tui.shell_banner import shell_banner
from stepper.tui.shell_handover import Handover
from stepper.tui.shown import record_at_cursor, running_record, shown

if TYPE_CHECKING:
    from stepper.debugger.console.shell_keeping import LeftShell
    from stepper.debugger.session import Session
    from stepper.debugger.shells import Target
    from stepper.tui.main_screen import MainScreen
    from stepper.tui.shell_opening import ShellOpening

SUDDEN_SECONDS = 1.0
"""A shell that ends sooner than this, with an error and before a prompt, could not be used: the user is told so."""


class ShellOpened(Message):
    """A shell is open; the terminal is to be handed to it, and `ended` set afterwards."""

    def __init__(self, shell: ShellSession, banner: str, ended: threading.Event, opening: "ShellOpening") -> None:
        super().__init__()
        self.shell = shell
        self.banner = banner
        self.ended = ended
        self.opening = opening
        """What has taken the keys since the shell was asked for."""


class ShellIntents:
    """The effects of the user's commands about shells."""

    def __init__(self, screen: "MainScreen", controller: Controller, handover: Handover) -> None:
        self._screen = screen
        self._controller = controller
        self._handover = handover

    def open(self) -> None:
        """Open a shell in the state that is shown, or in the step that runs."""
        record, place = state_for_shell(self._screen.situation.state, self._screen.situation.cursor)
        self._open(record, place)

    def choose(self) -> None:
        """Ask for a state, and open a shell there."""
        from stepper.tui.shell_picker import Choice, ShellPicker

        def chosen(choice: Choice | None) -> None:
            if choice is not None:
                self._open(*choice)

        situation = self._screen.situation
        self._screen.app.push_screen(ShellPicker(states_for_shell(situation.state, situation.cursor)), chosen)

    def keep(self) -> None:
        """Choose among what was entered in the last shell, and keep it as an instruction."""
        self._controller.command(self._offer)

    def _offer(self, session: "Session") -> None:
        left = session.console.shells.left
        if left is None:
            raise UsageError("Nothing was entered in a shell yet", hint="x opens one.")
        self._screen.call_later(self._ask, left)

    def _ask(self, left: "LeftShell") -> None:
        from stepper.tui.shell_keeping import ShellKeepingScreen

        def chosen(numbers: frozenset[int] | None) -> None:
            if numbers is not None:
                self._screen.follow()
                self._controller.command(lambda session: self._keep(session, numbers))

        where = place_to_keep(self._screen.situation.state, left.target)
        self._screen.app.push_screen(ShellKeepingScreen(left, f"{self._screen.file}, {where}"), chosen)

    def _keep(self, session: "Session", numbers: frozenset[int]) -> None:
        kept = session.console.shells.keep(numbers)
        hint = f"{kept.how}\nundo at the console takes it out of the Dockerfile again"
        self._controller.tell(Notice(f"Kept: {kept.text}", hint=hint))

    async def hand_over(self, opened: ShellOpened) -> None:
        """Relay to a shell until it has ended."""
        opened.opening.give_to(opened.shell.write)
        try:
            await self._handover.shell(opened.shell, opened.banner)
        except (StepperError, OSError) as error:
            self._screen.report(StepperError(f"The shell was left: {error}"))
        finally:
            opened.opening.end()
            opened.ended.set()

    def _open(self, record: StepRecord | None, place: ShellPlace) -> None:
        """Open it, and hand the terminal over once it is there. A step that runs keeps the session's thread busy.

        One that stands before a command does not: that thread looks at what the shell changed.
        """
        from stepper.tui.shell_opening import ShellOpening

        step = None if record is None else record.id
        runs = place is ShellPlace.RUNNING and bool(self._screen.situation.state.running)
        size = self._handover.size()
        opening = ShellOpening()

        def job(session: "Session") -> None:
            try:
                run(session)
            finally:
                self._screen.app.call_later(opening.end)

        def run(session: "Session") -> None:
            shell = session.open_shell(step, size, place)
            ended = threading.Event()
            opened = time.monotonic()
            try:
                banner = shell_banner(record, place, self._screen.file, shell.notes, columns=size[1])
                self._screen.post_message(ShellOpened(shell, banner, ended, opening))
                self._controller.wait_for(ended)
            finally:
                code = shell.close()
                if runs and step is not None:
                    self._controller.command(lambda session: session.look_after_shell(step))
            if shell.ended.commands and not shell.ended.no_run:
                count = counted(len(shell.ended.commands), "command")
                self._screen.call_later(self._screen.flash, f"{count} entered: K keeps them in the Dockerfile")
            if code and not shell.has_prompted and time.monotonic() - opened < SUDDEN_SECONDS:
                raise StepperError(f"The shell ended at once with exit code {code}")

        self._screen.open_over(opening)
        (self._controller.aside if runs else self._controller.command)(job)


def place_to_keep(state: SessionState, target: "Target") -> str:
    """Where an instruction will stand that keeps what was entered in a shell, in words."""
    if target.before is None:
        return "at the end of its stage"
    record = state.find(target.before)
    line = f"line {record.instruction.line}" if record is not None else "its line"
    return f"above {line}, which failed" if target.has_failed else f"above {line}"


def state_for_shell(state: SessionState, cursor: int) -> tuple[StepRecord | None, ShellPlace]:
    """The state that a shell is opened in with the cursor on this line: the most telling one of the step that is shown.

    While a step runs it is that step. None is the session's position.
    """
    here = record_at_cursor(state, cursor)
    if state.running:
        runs = here if here is not None and here.status is Status.RUNNING else running_record(state)
        return runs, ShellPlace.RUNNING
    inspected = shown(state, cursor).inspected
    if here is not None and here is not inspected and ShellPlace.BEFORE in shell_places(here):
        return here, ShellPlace.BEFORE
    if inspected is None:
        return None, ShellPlace.AFTER
    places = shell_places(inspected)
    return inspected, places[0] if places else ShellPlace.AFTER


def states_for_shell(state: SessionState, cursor: int) -> list[tuple[StepRecord, ShellPlace]]:
    """All states to choose from: those of the step at the cursor, then of the one that is shown, and what runs."""
    if state.running:
        records = [state.record(step) for step in state.running]
    else:
        here, inspected = record_at_cursor(state, cursor), shown(state, cursor).inspected
        records = [each for each in (here, inspected if inspected is not here else None) if each is not None]
    return [(record, place) for record in records for place in shell_places(record)]
