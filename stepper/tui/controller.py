"""Runs the debugger session on a thread of its own, so that the event loop never waits for an engine.

Jobs run one after the other: what the user asked for goes before what the screen needs (a preview, a look at the
disk). Looks at states that are finished (a listing, a file) have threads of their own, see `stepper.tui.looks`. All are
daemons: quitting never hangs on an engine that does not answer. The session is imported there as well: the first frame
does not wait for it.
"""

import itertools
import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from stepper.debugger.events import Event, Notice
from stepper.debugger.options import BuildOptions
from stepper.debugger.state import SessionState, StepRecord
from stepper.errors import StepperError
from stepper.tui.looks import Looks
from stepper.tui.outbox import Outbox
from stepper.tui.step_outputs import StepOutputs

if TYPE_CHECKING:
    from stepper.debugger.breakpoints import Breakpoints
    from stepper.debugger.session import Connect, Session
    from stepper.debugger.variables import Variables

log = logging.getLogger(__name__)

Job = Callable[["Session"], None]
BreakpointsChange = Callable[["Breakpoints"], object]

COMMAND, BACKGROUND, CLOSE = 0, 1, 2
"""The order of jobs that wait at the same time; a close waits for nobody since all others are dropped then."""

_LOOK_SECONDS = 0.2
_LAST_LOOK_SECONDS = 2.0
"""How long closing waits for looks that have begun."""


class Controller:
    """The session's thread. All methods are for the event loop's thread and return at once, except `join`.

    `ring(urgent)` is called from any thread when events wait in `take_events`; `log_path` is named in the notice
    about an unexpected error.
    """

    def __init__(self, options: BuildOptions, connect: "Connect", ring: Callable[[bool], None], log_path: Path) -> None:
        self.outputs = StepOutputs()
        """What the steps printed."""
        self._outbox = Outbox(ring)
        self._ring = ring
        self._options = options
        self._connect = connect
        self._session: Session | None = None
        self._jobs: queue.PriorityQueue[tuple[int, int, Job]] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._commands = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._log_path = log_path
        self._thread = threading.Thread(target=self._work, name="stepper-session", daemon=True)
        self._opened = threading.Event()
        self._looks: Looks[Job] = Looks(lambda: self.wait_for(self._opened), self._unless_closing)

    @property
    def state(self) -> SessionState:
        """The session as it stands now."""
        return SessionState() if self._session is None else self._session.state

    @property
    def busy(self) -> bool:
        """A command of the user's is running or waits to run."""
        return self._commands > 0

    @property
    def ident(self) -> int | None:
        """The identity of the session's thread, None before `start`."""
        return self._thread.ident

    def start(self) -> None:
        """Start the thread; not any more once it is closed."""
        if not self._closing.is_set():
            self._thread.start()
            self._looks.start()

    def command(self, job: Job) -> None:
        """Run something that the user asked for."""
        with self._lock:
            self._commands += 1
        self._put(COMMAND, self._counted(job))

    def background(self, job: Job) -> None:
        """Run something small that the screen needs, once no command waits."""
        self._put(BACKGROUND, job)

    def look(self, job: Job, *, long: bool = False) -> None:
        """Run something that reads states of steps that have ended, one such job after the other, while steps may run.

        What may take long goes after its kind alone: nobody who only looks waits for it. What is asked for before there
        is a session waits for it.
        """
        self._looks.put(job, long=long)

    def take_events(self) -> list[Event]:
        """The events since the last time, oldest first."""
        return self._outbox.take()

    def tell(self, notice: Notice) -> None:
        """Put a notice among the session's events."""
        self._outbox.put(notice)

    def toggle_breakpoint(self, line: int) -> None:
        """Set or remove a breakpoint, also while a step runs."""
        if self._session is not None:
            self._session.breakpoints.toggle(line)

    def change_breakpoints(self, change: BreakpointsChange) -> None:
        """Change the breakpoints, also while a step runs; what is wrong with the change is told."""
        if self._session is not None:
            try:
                change(self._session.breakpoints)
            except StepperError as error:
                self.tell(Notice(str(error), hint=error.hint, error=True))

    def variables(self, record: StepRecord) -> "Variables | None":
        """The variables at a step; None while there is no session that has it. Raises `StepperError`."""
        return None if self._session is None else self._session.explanations.variables(record.id)

    def interrupt(self) -> None:
        """Stop the running step."""
        self.aside(_interrupt)

    def aside(self, job: Job) -> None:
        """Run something in a thread of its own, beside what the session's thread does: for what a step that runs is
        asked. Nothing happens before there is a session.
        """
        if self._session is not None:  # Only the session's thread makes one.
            threading.Thread(target=self._guarded, args=(job,), name="stepper-aside", daemon=True).start()

    def close(self) -> None:
        """Stop what runs, drop what waits, and have the session remove what it left in the engine; see `join`."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._outbox.close()
        if self.busy:
            self.interrupt()
        self._looks.close()
        if self._thread.is_alive():
            self._put(CLOSE, self._close)

    def join(self, seconds: float) -> bool:
        """Wait until everything is closed; False when that takes longer."""
        if self._thread.is_alive():
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def wait_for(self, event: threading.Event) -> None:
        """Hold up the session's thread, in a job, until the event is set or everything is closed."""
        while not event.wait(_LOOK_SECONDS) and not self._closing.is_set():
            pass

    def _put(self, priority: int, job: Job) -> None:
        self._jobs.put((priority, next(self._numbers), job))

    def _counted(self, job: Job) -> Job:
        def run(session: "Session") -> None:
            try:
                job(session)
            finally:
                with self._lock:
                    self._commands -= 1
                if not self._closing.is_set():
                    self._ring(True)

        return run

    def _listen(self, event: Event) -> None:
        if not self.outputs.take(event):
            self._outbox.put(event)

    def _session_made(self) -> "Session":
        """The session, made by the first job."""
        if self._session is None:
            from stepper.debugger.session import Session

            self._session = Session(self._options, self._connect, self._listen)
            self._opened.set()
        return self._session

    def _work(self) -> None:
        while True:
            priority, _, job = self._jobs.get()
            if priority == CLOSE:
                self._guarded(job)
                return
            self._unless_closing(job)

    def _close(self, session: "Session") -> None:
        self._looks.join(_LAST_LOOK_SECONDS)
        session.close()

    def _unless_closing(self, job: Job) -> None:
        if not self._closing.is_set():
            self._guarded(job)

    def _guarded(self, job: Job) -> None:
        """Run a job; what goes wrong becomes a notice, and the unexpected goes to the log with its traceback."""
        try:
            job(self._session_made())
        except StepperError as error:
            self.tell(Notice(str(error), hint=error.hint, error=True))
        except Exception as error:
            log.exception("unexpected error in the session's thread")
            what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            self.tell(
                Notice(f"Stepper made a mistake: {what}", hint=f"The details are in {self._log_path}", error=True)
            )


def _interrupt(session: "Session") -> None:
    session.interrupt()
