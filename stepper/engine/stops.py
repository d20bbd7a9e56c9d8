"""Where a RUN that is stepped into stops: its shell waits at a named pipe until it is let go.

The pipe is in `/dev`, which is a file system of the container's own: it leaves nothing in the layer.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from stepper.engine.command_runs import CommandRuns
from stepper.engine.interruption import Interruption
from stepper.engine.shell_state import ShellState
from stepper.engine.step import CommandRun, StandingRun
from stepper.engine.step_container import StepContainer
from stepper.image.layer import EMPTY_LAYER, Layer

_FOLDER = "/dev/.stepper-run"
_GATE = f"{_FOLDER}/gate"
_MAKE = f"$b mkdir -p {_FOLDER} && $b rm -f {_GATE} && $b mkfifo {_GATE} && $b chmod 644 {_GATE} && exec 8<>{_GATE}"
"""The worker keeps the pipe open both ways, so that neither end ever waits for the other one to open it."""
_REMOVE = f"exec 8>&-; $b rm -rf {_FOLDER}"


class Stops:
    """One RUN that is stepped into, between the thread that runs it and the one that lets it go on.

    While its shell waits, what is asked of `interruption` is not for it.
    """

    def __init__(self, interruption: Interruption) -> None:
        self._interruption = interruption
        self.waited = 0.0
        """For how many seconds the shell waited so far."""
        self._condition = threading.Condition()
        self._container: StepContainer | None = None
        self._shell: ShellState | None = None
        self._changes: Callable[[], Layer] = lambda: EMPTY_LAYER
        self._runs: CommandRuns | None = None
        self._kill: Callable[[], None] | None = None
        self._waits_at: int | None = None
        self._since = 0.0
        self._to_end = False
        self._ended = False
        self._killed = False

    @property
    def waits_at(self) -> int | None:
        """The command that the shell waits before; None while it runs and once it has ended."""
        return self._waits_at

    @property
    def commands(self) -> tuple[CommandRun, ...]:
        """The commands that have begun."""
        return self._runs.runs if self._runs is not None else ()

    def changes(self) -> Layer:
        """What was changed on disk so far."""
        return self._changes()

    def standing(self) -> StandingRun:
        """The state in which the shell waits."""
        assert self._shell is not None, "a shell waits"
        return self._shell.read()

    def enter(self, container: StepContainer, runs: CommandRuns, changes: Callable[[], Layer]) -> None:
        """Have the shell in a container stop before each of the commands in `runs`, where the pipe can be made there.

        `changes` looks for what was changed in the container.
        """
        self._runs = runs
        shell = ShellState(container, _FOLDER)
        if container.worker.busybox is not None and container.worker.run(f"{_MAKE} && {{ {shell.making}; }}").code == 0:
            self._container, self._shell = container, shell
            self._changes = changes
            runs.stop_at(_GATE, shell.script, self._arrived)

    def leave(self) -> None:
        """The command has ended; the pipe goes."""
        if self._container is not None:
            self._container.worker.run(_REMOVE)

    @contextlib.contextmanager
    def stopping(self, kill: Callable[[], None]) -> Iterator[None]:
        """Have `kill` called during the block where the command is to end: see `Interruption.stopping`."""
        self._kill = kill
        try:
            with self._interruption.stopping(self._kill_unless_waiting):
                yield
        finally:
            with self._condition:
                self._kill = None
                self._stand(None)

    def kill(self) -> None:
        """End the command, also while its shell waits."""
        with self._condition:
            self._stand(None)
            self._end_command()

    def end(self) -> None:
        """The RUN has ended: whoever waits is woken."""
        with self._condition:
            self._ended = True
            self._condition.notify_all()

    def go_on(self, *, to_end: bool) -> None:
        """Let the shell go on, to the next command or to its end."""
        with self._condition:
            self._to_end = to_end
            if self._waits_at is not None:
                self._open()

    def wait(self) -> None:
        """Return when the shell waits, or the RUN has ended."""
        with self._condition:
            self._condition.wait_for(lambda: self._ended or (self._waits_at is not None and not self._to_end))

    def _arrived(self, index: int) -> None:
        """The shell waits before a command; called by the thread that reads its output."""
        with self._condition:
            if self._killed:
                # It came there before the signal: there it dies.
                return
            self._stand(index)
            self._since = time.monotonic()
            if self._to_end:
                self._open()
            self._condition.notify_all()

    def _open(self) -> None:
        assert self._container is not None, "a shell waits in a container"
        assert self._shell is not None, "it tells of itself"
        assert self._runs is not None, "it waits before a command"
        self._stand(None)
        self.waited += time.monotonic() - self._since
        self._runs.let_go()
        self._container.worker.run(f"{self._shell.forgetting}; echo >&8")

    def _kill_unless_waiting(self) -> None:
        with self._condition:
            if self._waits_at is None:
                self._end_command()

    def _end_command(self) -> None:
        """Have the command killed, which takes a moment. The caller holds the condition."""
        if self._kill is not None:
            self._killed = True
            self._kill()

    def _stand(self, at: int | None) -> None:
        """Note that the shell waits before a command, or with None that it does not. The caller holds the condition."""
        if self._waits_at is None and at is not None:
            self._interruption.end()
        elif self._waits_at is not None and at is None:
            self._interruption.begin()
        self._waits_at = at
