"""A command run as root by the container's worker: the same as by exec, without the 50 ms that an exec takes.

The command gets outputs of its own to the same pipes (a program that makes them non-blocking does so for itself alone),
and a session of its own. What it leaves running is killed before its end is told.
"""

import shlex
import threading

from stepper.engine.api_errors import engine_errors
from stepper.engine.client import EngineClient
from stepper.engine.command import KILL_ALL, Command
from stepper.engine.step_container import StepContainer
from stepper.engine.worker import OnOutput
from stepper.errors import StepperError

_KILL_INTERVAL = 0.05
STDERR_COPY = 9
"""The worker's descriptor of its standard error while it runs a command; the other one leads nowhere then."""


class WorkerCommand:
    """A command run by the worker: see `stepper.engine.command.RunningCommand`."""

    def __init__(self, client: EngineClient, container: StepContainer, command: Command) -> None:
        self._client = client
        self._container = container
        self._command = command
        self._ended = threading.Event()
        self._killer: threading.Thread | None = None

    @staticmethod
    def can_run(container: StepContainer, command: Command) -> bool:
        """Whether the worker can run a command: for root, with a toolbox, by an absolute path that is there."""
        program = command.argv[0] if command.argv else ""
        if container.worker.busybox is None or not program.startswith("/"):
            return False
        if command.secrets:
            # The worker gives a command its environment by arguments, which everybody sees.
            return False
        if command.user not in ("", "0", "root"):
            return False
        # Where there is no such file or directory, or root is somebody else, exec has the right words for it.
        checks = [f"[ -x {shlex.quote(program)} ]", f"[ -d {shlex.quote(command.working_dir or '/')} ]"]
        if command.user == "root":
            checks.append("$b grep -q '^root:[^:]*:0:' /etc/passwd 2>/dev/null")
        return container.worker.run(" && ".join(checks)).code == 0

    @property
    def killed(self) -> bool:
        """Whether `kill` was called."""
        return self._killer is not None

    def run(self, on_output: OnOutput) -> int:
        """Run the command, pass its output on, and give its exit code."""
        command = self._command
        pairs = [f"{name}={value}" for name, value in command.variables.items()]
        home = "" if "HOME" in command.environment else '"HOME=$HOME"'
        folder = shlex.quote(command.working_dir or "/")
        copy = STDERR_COPY
        words = f"{shlex.join(pairs)} {shlex.join(command.argv)}"
        outputs = f">/proc/1/fd/1 2>/proc/1/fd/{copy} {copy}>&-"
        try:
            return self._container.worker.stream(
                # The worker's own standard error is away meanwhile: it would tell of a command that was killed.
                f"exec {STDERR_COPY}>&2 2>/dev/null\n"
                f"(cd {folder} && exec $b setsid $b env -i {home} {words} {outputs})\n"
                f"code=$?\n{KILL_ALL}\nexec 2>&{copy} {copy}>&-\n(exit $code)",
                on_output,
            )
        finally:
            self._ended.set()
            if self._killer is not None:
                self._killer.join()

    def kill(self) -> None:
        """Kill the command and all its processes; the container lives on."""
        if self._killer is None:
            self._killer = threading.Thread(target=self._kill, name="command-kill", daemon=True)
            self._killer.start()

    def _kill(self) -> None:
        """The worker waits for the command: an exec does it, again until the command has ended."""
        command = Command([self._container.worker.busybox or "", "kill", "-9", "-1"])
        while not self._ended.is_set():
            try:
                with engine_errors("stop the command"):
                    _, stream = command.start_exec(self._client, self._container.id)
                    while stream.read():
                        pass
                    stream.close()
            except StepperError:
                return
            self._ended.wait(_KILL_INTERVAL)
