"""Shows the session's state on the main screen: one way from state and events to what the widgets show.

Everything is drawn from the newest state; nothing is kept here but what was drawn and where the cursor was sent.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content
from textual.timer import Timer

from stepper.debugger.events import Event, Notice, StepProgress, Stopped
from stepper.debugger.pausing import seconds_so_far_of_all
from stepper.debugger.state import Mode, SessionState, Status, StepRecord, StopReason
from stepper.dockerfile.model import Dockerfile, split_lines
from stepper.errors import StepperError
from stepper.text import human_size, printable
from stepper.tui.banner import line_of, message_for
from stepper.tui.command_marks import command_marks, command_spans
from stepper.tui.controller import Controller
from stepper.tui.line_marks import line_marks, line_warnings, position_kind
from stepper.tui.panels import Panel
from stepper.tui.shown import running_record, shown
from stepper.tui.stage_items import stage_items
from stepper.tui.step_usage import UsageWatch
from stepper.tui.tabs.tab import Inspected
from stepper.tui.wording import forecast_text, place_text

if TYPE_CHECKING:
    from stepper.debugger.session import Session
    from stepper.tui.main_screen import MainScreen

TICK_SECONDS = 0.5
"""How often the clock goes on while a step runs."""
LOOK_AT_DISK_SECONDS = 1.0
"""How often it is looked whether somebody else changed the Dockerfile."""
READY_SECONDS = 0.05
"""How long after the first stop what running takes is loaded: the stop is to be on the screen by then."""
PREVIEW_CHARACTERS = 200_000
NOTICE_SECONDS = {False: 5.0, True: 12.0}
"""How long a notice stays, one of an error longer."""


class Presenter:
    """Draws the session on a `MainScreen`."""

    def __init__(self, screen: "MainScreen", controller: Controller, dockerfile: Path) -> None:
        self._screen = screen
        self._dockerfile = dockerfile
        self._controller = controller
        self._following = True
        self._sent_to: int | None = None
        self._drawn_text: str | None = None
        self._drawn_dockerfile: Dockerfile | None = None
        self._drawn_error: StepperError | None = None
        self._clock: Timer | None = None
        self._looking = False
        self._usage = UsageWatch(controller)

    def begin(self) -> None:
        """Start what happens by itself: the clock, and the look at the disk."""
        self._clock = self._screen.set_interval(TICK_SECONDS, self._tick, pause=True)
        self._screen.set_interval(LOOK_AT_DISK_SECONDS, self._look_at_disk)
        self._preview()
        self.drain()

    def _preview(self) -> None:
        """Show the text as it is on disk: the first frame has it before the session is there to read and colour it."""
        try:
            if not self._dockerfile.is_file():
                return  # A pipe can be read but once, and may keep its reader waiting.
            with self._dockerfile.open(encoding="utf-8-sig", errors="replace") as file:
                self._screen.source.show(split_lines(file.read(PREVIEW_CHARACTERS)), plain=True)
        except OSError:
            return  # The session says what is wrong with the file.

    # Events

    def drain(self) -> None:
        """Take the session's events and show the newest state."""
        events = self._controller.take_events()
        for event in events:
            self._note(event)
        self.present()
        for event in events:
            if isinstance(event, Stopped):
                self._arrived(event.reason)

    def _note(self, event: Event) -> None:
        match event:
            case Notice(message, hint, error):
                self._notify(message, hint, error)
            case StepProgress():
                self._show_progress(event)
            case _:
                pass

    def _notify(self, message: str, hint: str | None, error: bool) -> None:
        if not error and hint is None:
            self._screen.flash(message)
            return
        text = message if hint is None else f"{message}\n{hint}"
        self._screen.notify(
            text, severity="error" if error else "information", timeout=NOTICE_SECONDS[error], markup=False
        )

    def _arrived(self, reason: StopReason) -> None:
        """The session stands still: the cursor goes to the position, but for a user who reads while it connects.

        While something is wrong with the file it stays there.
        """
        if reason is StopReason.EDITED:
            self._screen.flash("The Dockerfile was read again; steps that are still valid are kept")
        if reason is StopReason.ENTRY:
            self._screen.set_timer(READY_SECONDS, self._get_ready)
        if reason in (StopReason.FAILURE, StopReason.EDITED):
            self._controller.background(self._look_into_failures)
        self._controller.background(self._foretell)
        state = self._controller.state
        is_where_to_look = self._following or reason is not StopReason.ENTRY
        # Where nothing ran because of a later line, it is that line.
        is_refused = reason is StopReason.FAILURE and state.failure is None and bool(state.errors)
        if is_where_to_look and state.error is None and not is_refused:
            self.show_position()

    def _foretell(self, session: "Session") -> None:
        """Work out what will run next, unless the user has asked for something meanwhile."""
        if not self._controller.busy:
            session.explanations.forecast()

    def _look_into_failures(self, session: "Session") -> None:
        """Look for what may help, until the user asks for something else."""
        session.explanations.look_into_failures(lambda: self._controller.busy)

    def _get_ready(self) -> None:
        self._controller.background(lambda session: session.get_ready())

    # The cursor

    def follow(self) -> None:
        """From now on the cursor goes with what runs."""
        self._following = True

    def cursor_moved(self, line: int) -> None:
        """The cursor is at another line, because of the user or of `_send_cursor`."""
        if line != self._sent_to:
            self._following = False
        self._sent_to = None
        self._show_step(self._controller.state)

    def show_position(self) -> None:
        """Move the cursor to the position, or where the build is finished to the last step."""
        state = self._controller.state
        if state.position is not None:
            self._send_cursor(state, state.record(state.position))
        elif (last := shown(state, 0).inspected) is not None:
            self._send_cursor(state, last)

    def _send_cursor(self, state: SessionState, record: StepRecord) -> None:
        line = state.record(record.id._replace(trigger=0)).instruction.line
        if line != self._screen.source.cursor_line:
            self._sent_to = line
        self._screen.source.move_to(line)
        self._show_step(state)

    # Drawing

    def present(self) -> None:
        """Draw everything from the session's state."""
        state = self._controller.state
        self._show_source(state)
        running = running_record(state)
        if running is not None and self._following:
            self._send_cursor(state, running)
        self._screen.title_bar.state = state
        self._screen.dockerfile_panel.border_subtitle = forecast_text(state)
        self._screen.stages.show(stage_items(state))
        self._show_time(state)
        self._show_step(state)
        self._screen.set_class(state.mode is Mode.OFFLINE, "-offline")
        self._screen.set_class(state.failure is not None, "-failed")
        if state.mode is not Mode.RUNNING:
            self._screen.output_panel.border_subtitle = ""
        self._controller.outputs.keep_only(lambda: self._controller.state)
        if self._clock is not None:
            (self._clock.resume if state.mode is Mode.RUNNING else self._clock.pause)()

    def _show_source(self, state: SessionState) -> None:
        """The text as it is on disk, also when it is wrong: then it stands for itself, without marks."""
        view = self._screen.source
        view.set_warnings(line_warnings(state))
        dockerfile = state.dockerfile
        if not state.text and dockerfile is None:
            return
        readable = dockerfile is not None and state.error is None
        if state.text is not self._drawn_text or dockerfile is not self._drawn_dockerfile:
            self._drawn_text, self._drawn_dockerfile = state.text, dockerfile
            if dockerfile is not None and readable:
                from stepper.tui.source_spans import source_spans  # Not before the first frame: it needs the parser.

                extents = [(each.instruction.line, each.instruction.end_line) for each in state.steps]
                view.show(dockerfile.lines, extents=extents, spans=source_spans(dockerfile))
            else:
                view.show(split_lines(state.text))
        view.set_commands(command_spans(state) if readable else ())
        self._show_error(state.error or next(iter(state.errors), None))
        if not readable or state.position is None:
            view.set_position(None)
        else:
            at = state.record(state.position._replace(trigger=0)).instruction
            view.set_position((at.line, at.end_line), position_kind(state))

    def _show_error(self, error: StepperError | None) -> None:
        """Mark the line that is wrong, and go there once: that is where the editor has to open."""
        view = self._screen.source
        line = line_of(error) if error is not None else None
        view.set_error(line, error.message if error is not None else "")
        if error is not self._drawn_error and line is not None:
            view.move_to(line)
        self._drawn_error = error

    def _show_time(self, state: SessionState) -> None:
        """What changes while a step runs and nothing else happens."""
        now = time.time()
        self._screen.title_bar.seconds = int(seconds_so_far_of_all(state, now))
        marks = {**line_marks(state, now), **command_marks(state)} if state.error is None else {}
        self._screen.source.set_marks(marks)

    def _tick(self) -> None:
        state = self._controller.state
        self._show_time(state)
        self._usage.look(state)
        if text := self._usage.text(state):
            self._screen.output_panel.border_subtitle = text

    def _show_step(self, state: SessionState) -> None:
        """The panels that go with the cursor."""
        screen = self._screen
        now = shown(state, screen.source.cursor_line)
        here = screen.situation.at_cursor
        if here is not None and screen.panel is not Panel.STAGES:
            screen.stages.cursor_stage = here.id.stage
        screen.inspector.show(Inspected(state, now.inspected, here))
        store = self._controller.outputs.of(now.printed)
        title = f"{Panel.OUTPUT.value} · {place_text(now.printed)}" if now.printed else Panel.OUTPUT.value
        cached = now.printed is not None and now.printed.status is Status.CACHED
        if cached:
            title += " · from the cache"
        screen.output.placeholder = "Not run now: R runs it again and shows what it prints" if cached else ""
        console = screen.open_console
        if console is not None:
            title, store = "Console", console.transcript.store
            screen.output.placeholder = "A command is run as a RUN would be run here. Enter help to see what else"
        screen.output_panel.border_title = title
        screen.output.show(store)
        message = message_for(state, now.inspected, screen.file, screen.source.cursor_line)
        screen.banner.show(message if console is None else None)
        screen.footer.situation = screen.situation

    def _show_progress(self, progress: StepProgress) -> None:
        text = progress.text
        if progress.current is not None and progress.total:
            text += f" · {human_size(progress.current)} of {human_size(progress.total)}"
        elif progress.current is not None:
            text += f" · {human_size(progress.current)}"
        self._screen.output_panel.border_subtitle = Content(printable(text))

    # The disk

    def _look_at_disk(self) -> None:
        """Read the Dockerfile again once it changed; not while a command runs or another look is under way."""
        if self._looking or self._controller.busy or self._controller.state.mode in (Mode.CONNECTING, Mode.RUNNING):
            return
        self._looking = True
        self._controller.background(self._reload_if_changed)

    def _reload_if_changed(self, session: "Session") -> None:
        try:
            if session.changed_on_disk():
                session.reload()
            elif not self._controller.busy:
                session.explanations.forecast_again()
        finally:
            self._looking = False
