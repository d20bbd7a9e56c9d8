"""The commands of a RUN as they run: which is running, how each ended, how long it took and what it printed.

The script's shell tells of them: see `stepper.dockerfile.shell.hooks`. It writes to the outputs of its parent process,
which is the container's worker, or a shell of the toolbox that an exec starts for it.
"""

import secrets
import shlex
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from stepper.dockerfile.operations import RunOperation
from stepper.engine.client import EngineClient
from stepper.engine.command import Command, RunningCommand
from stepper.engine.configuration import shell_of
from stepper.engine.exec_command import ExecCommand
from stepper.engine.step import CommandRun
from stepper.engine.step_container import StepContainer
from stepper.engine.worker import OnOutput
from stepper.engine.worker_command import STDERR_COPY, WorkerCommand
from stepper.image.config import ImageConfig

if TYPE_CHECKING:
    from stepper.dockerfile.shell.marks import Mark, MarkedOutputs
    from stepper.dockerfile.shell.split import Split

_OUTPUTS = (1, STDERR_COPY)
_LONGEST_ARGUMENT = 131_072
"""Bytes, with the zero at its end: MAX_ARG_STRLEN of Linux, see execve(2)."""
_MADE = ("SHLVL", "PWD", "OLDPWD")
"""Variables that a busybox makes when it starts."""
_PARENT = (
    f"exec {STDERR_COPY}>&2 2>/dev/null; "
    f'(unset {" ".join(_MADE)}; exec "$@" 2>&{STDERR_COPY} {STDERR_COPY}>&-); exit $?'
)
_FIND = 'IFS=:; for d in $PATH; do [ -f "$d/{name}" ] && [ -x "$d/{name}" ] && exit 0; done; exit 1'
_OWN_SHELLS = frozenset({"sh", "ash"})
"""A busybox may start itself by these names."""


class CommandRuns:
    """Watches the commands of one RUN."""

    def __init__(self, operation: RunOperation, config: ImageConfig) -> None:
        self.runs: tuple[CommandRun, ...] = ()
        """Those that have begun, in order; the last one may still run, then its exit code is None."""
        self._split = split_of(operation, config)
        self._gate: str | None = None
        self._look: str | None = None
        self._arrived: Callable[[int], None] | None = None
        self._mark = f"stepper-{secrets.token_hex(12)} "
        self._marked: MarkedOutputs | None = None
        self._tells_first = False
        self._begun = 0.0
        self._printed = 0

    def stop_at(self, gate: str, look: str, arrived: Callable[[int], None]) -> None:
        """Have the shell wait before each command, not go on at once; `arrived` is called with its number when it does.

        `gate` is the path of the named pipe in the container where it waits, `look` that of a script which looks at the
        shell beforehand.
        """
        self._gate, self._look, self._arrived = gate, look, arrived

    def start(self, client: EngineClient, container: StepContainer, command: Command) -> RunningCommand:
        """The command, to be run in such a way that its shell tells of the commands of its script."""
        can_work = WorkerCommand.can_run(container, command)
        split = self._split
        if split is not None and (len(split.commands) > 1 or self._gate is not None):
            from stepper.dockerfile.shell.hooks import Hook, with_hooks

            self._tells_first = self._gate is not None or not can_work
            script = with_hooks(split, Hook(self._mark, _OUTPUTS, self._gate, self._look), at_first=self._tells_first)
            argv = (*command.argv[:-1], script)
            fits = len(script.encode("utf-8", "surrogateescape")) < _LONGEST_ARGUMENT
            if fits and not self._tells_first:
                self._listen()
                return WorkerCommand(client, container, replace(command, argv=argv))
            if fits and (can_work or _can_start(container, command)):
                self._listen()
                parent = (container.worker.busybox or "", "sh", "-c", _PARENT, "sh")
                return ExecCommand(client, container, replace(command, argv=(*parent, *argv)))
            self._split = None
        return WorkerCommand(client, container, command) if can_work else ExecCommand(client, container, command)

    def listen(self, on_output: OnOutput) -> OnOutput:
        """Where the command's output is to go: it comes to `on_output` without the marks. The command begins now."""
        self._on_output = on_output
        if self._split is not None and not self._tells_first:
            self._begin(0)
        if self._marked is not None:
            return self._marked.add
        return self._pass_on if self._split is not None else on_output

    def end(self, exit_code: int | None) -> None:
        """The command has ended; None where it never began."""
        if self._marked is not None:
            self._marked.end()
        if exit_code is None:
            self.runs = ()
        self._end(exit_code)

    def let_go(self) -> None:
        """The shell goes on: the command that it waited before begins now."""
        self._begun = time.monotonic()

    def _listen(self) -> None:
        from stepper.dockerfile.shell.marks import MarkedOutputs

        self._marked = MarkedOutputs(self._mark, self._pass_on, self._on_mark)

    def _pass_on(self, data: bytes, stderr: bool) -> None:
        self._printed += len(data)
        self._on_output(data, stderr)

    def _on_mark(self, mark: "Mark") -> None:
        self._end(mark.exit_code)
        self._begin(mark.command)
        if self._arrived is not None:
            self._arrived(mark.command)

    def _begin(self, index: int) -> None:
        assert self._split is not None, "there are commands"
        self._begun = time.monotonic()
        command = self._split.commands[index]
        run = CommandRun(index, command, self._split.text(index), None, 0.0, (self._printed, self._printed))
        self.runs = (*self.runs, run)

    def _end(self, exit_code: int | None) -> None:
        if self.runs:
            last = self.runs[-1]
            seconds = time.monotonic() - self._begun
            output = (last.output[0], self._printed)
            self.runs = (*self.runs[:-1], last._replace(exit_code=exit_code, seconds=seconds, output=output))


def split_of(operation: RunOperation, config: ImageConfig) -> "Split | None":
    """The commands of a RUN; None where it is run as a whole."""
    from stepper.dockerfile.shell.split import split

    if operation.script is None or operation.script_file is not None:
        return None
    found = split(operation.script, shell_of(config))
    return found if found.commands else None


def _can_start(container: StepContainer, command: Command) -> bool:
    """Whether a shell of the toolbox starts a command just as the engine does."""
    program = command.argv[0]
    if container.worker.busybox is None or program in _OWN_SHELLS or not command.variables.keys().isdisjoint(_MADE):
        return False
    if program.startswith("/"):
        return container.worker.run(f"[ -x {shlex.quote(program)} ]").code == 0
    if "/" in program:
        return False
    path = shlex.quote(command.variables["PATH"])
    return container.worker.run(f"(PATH={path}; {_FIND.format(name=program)})").code == 0
