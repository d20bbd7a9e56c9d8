"""One command run in a step's container by exec: its output, its exit code, and how it is stopped at once."""

import shlex
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stepper.engine.api_errors import engine_errors, explanation
from stepper.engine.api_requests import start_exec
from stepper.engine.step_container import StepContainer
from stepper.engine.stream import STDERR, EngineStream, frames
from stepper.errors import StepperError

if TYPE_CHECKING:
    import docker

OnOutput = Callable[[bytes, bool], None]
"""Called with every piece of output, and whether it is standard error."""
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_KILL_INTERVAL = 0.05
_WATCH_INTERVAL = 0.3
_KILL_ALL = """kill -9 -1 2>/dev/null
n=0
while set -- /proc/[0-9]*; [ $# -gt 1 ] && [ $n -lt 500 ]; do
  (:); kill -9 -1 2>/dev/null; n=$((n+1))
  [ $n -lt 20 ] || ${b:+$b} sleep 0.01
done"""
"""Ends all processes but the worker. `(:)` makes the worker collect those that were left to it as their parent."""
_MAIN_IS_RUNNING = """for p in /proc/[0-9]*; do
  [ $p != /proc/1 ] && read -r s 2>/dev/null <$p/stat && s=${s##*) } && set -- $s && [ "$2" = 0 ] && echo y && break
done"""
"""Whether a process whose parent is outside the container runs: what exec started, not what that left behind."""


class CommandRefusedError(StepperError):
    """The engine would not start a command; the message is the engine's own."""


@dataclass(frozen=True)
class Command:
    """What exec is asked for. `user` and `working_dir` as in an image configuration, "" for their defaults."""

    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    working_dir: str = ""

    def exec_config(self, **more: Any) -> dict[str, Any]:
        """The body of the request that creates the exec."""
        environment = {"PATH": DEFAULT_PATH, **self.environment}
        pairs = [f"{name}={value}" for name, value in environment.items()]
        if "HOSTNAME" not in environment:
            # A name alone takes the variable away: the engine sets it, BuildKit does not.
            pairs.append("HOSTNAME")
        return {
            "Cmd": list(self.argv),
            "Env": pairs,
            "User": self.user or "0",
            "WorkingDir": self.working_dir or "/",
            "AttachStdout": True,
            "AttachStderr": True,
            **more,
        }


class RunningCommand:
    """A command while it runs. `run` returns when it has ended; `kill` may come from any thread."""

    def __init__(self, client: "docker.DockerClient", container: StepContainer, command: Command) -> None:
        self._client = client
        self._container = container
        self._command = command
        self._wake = threading.Event()
        self._ended = False
        self._killed = False

    def run(self, on_output: OnOutput) -> int:
        """Run the command, pass its output on, and give its exit code. All that it left running is killed.

        Raises `CommandRefusedError` when the engine will not start it, for example for an unknown user.
        """
        with engine_errors("run the command"):
            exec_id, stream = self._start()
            watcher = threading.Thread(target=self._watch, name="command-watch", daemon=True)
            watcher.start()
            try:
                for kind, data in frames(stream):
                    on_output(data, kind == STDERR)
            finally:
                self._ended = True
                self._wake.set()
                stream.close()
                watcher.join()
            code = self._exit_code(exec_id)
        end_processes(self._container)
        return code

    def kill(self) -> None:
        """Kill the command and all its processes; the container lives on."""
        self._killed = True
        self._wake.set()

    @property
    def killed(self) -> bool:
        """Whether `kill` was called."""
        return self._killed

    def _start(self) -> tuple[str, EngineStream]:
        import docker.errors

        try:
            exec_id, sdk_socket = start_exec(self._client, self._container.id, self._command.exec_config())
        except docker.errors.APIError as error:
            raise CommandRefusedError(explanation(error)) from error
        return exec_id, EngineStream(sdk_socket)

    def _watch(self) -> None:
        """Kill when told to; and end what the command left running, which would hold its output open for seconds."""
        finished_before = False
        while not self._ended:
            self._wake.wait(_WATCH_INTERVAL)
            while self._killed and not self._ended and self._kill_all():
                time.sleep(_KILL_INTERVAL)
            finished = self._main_has_ended()
            if finished and finished_before:
                self._kill_all()
            finished_before = finished

    def _main_has_ended(self) -> bool:
        try:
            return not self._ended and not self._container.worker.run(_MAIN_IS_RUNNING).stdout
        except StepperError:
            return False

    def _kill_all(self) -> bool:
        try:
            self._container.worker.run("kill -9 -1 2>/dev/null")
        except StepperError:
            return False
        return True

    def _exit_code(self, exec_id: str) -> int:
        """The exit code; the engine may need a moment after the end of the output."""
        for _ in range(200):
            state = self._client.api.exec_inspect(exec_id)
            if not state["Running"] and state["ExitCode"] is not None:
                return int(state["ExitCode"])
            time.sleep(0.01)
        return 137 if self.killed else 1


def end_processes(container: StepContainer) -> None:
    """End every process in the container but its worker, as BuildKit does when a command has ended."""
    container.worker.run(_KILL_ALL)


def make_directory(container: StepContainer, path: str) -> None:
    """Make a directory for a command to run in, where it is missing."""
    if path not in ("", "/"):
        quoted = shlex.quote(path)
        container.worker.run(f"[ -d {quoted} ] || ${{b:+$b}} mkdir -p {quoted}")
