"""Where a RUN that is stepped into stops: its shell waits at a named pipe until it is let go.

The pipe is in `/dev`, which is a file system of the container's own: it leaves nothing in the layer.
"""

import threading
import time
from collections.abc import Callable

from stepper.engine.command_runs import CommandRuns
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
    """One RUN that is stepped into, between the thread that runs it and the one that lets it go on."""

    def __init__(self) -> None:
        self.waited = 0.0
        """For how many seconds the shell waited so far."""
        self._condition = threading.Condition()
        self._container: StepContainer | None = None
        self._shell: ShellState | None = None
        self._changes: Callable[[], Layer] = lambda: EMPTY_LAYER
        self._runs: CommandRuns | None = None
        self._waits_at: int | None = None
        self._since = 0.0
        self._to_end = False
        self._ended = False

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
        with self._condition:
            self._waits_at = None

    def end(self) -> None:
        """The RUN has ended: whoever waits is woken."""
        with self._condition:
            self._ended = True
            self._waits_at = None
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
            self._waits_at = index
            self._since = time.monotonic()
            if self._to_end:
                self._open()
            self._condition.notify_all()

    def _open(self) -> None:
        assert self._container is not None, "a shell waits in a container"
        assert self._shell is not None, "it tells of itself"
        assert self._runs is not None, "it waits before a command"
        self._waits_at = None
        self.waited += time.monotonic() - self._since
        self._runs.let_go()
        self._container.worker.run(f"{self._shell.forgetting}; echo >&8")
