"""What a command in a container is: its words, environment, user and working directory. And how all of them end."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Protocol

from stepper.dockerfile.scope import DEFAULT_PATH
from stepper.engine.api_errors import explanation
from stepper.engine.api_requests import start_exec
from stepper.engine.client import EngineClient
from stepper.engine.step_container import StepContainer
from stepper.engine.stream import EngineStream
from stepper.engine.worker import OnOutput
from stepper.errors import StepperError
from stepper.frozen import frozen

KILL_ALL = """kill -9 -1 2>/dev/null
n=0
while set -- /proc/[0-9]*; [ $# -gt 1 ] && [ $n -lt 500 ]; do
  (:); kill -9 -1 2>/dev/null; n=$((n+1))
  [ $n -lt 20 ] || ${b:+$b} sleep 0.01
done"""
"""Ends all processes but the worker. `(:)` makes the worker collect those that were left to it as their parent."""


class CommandRefusedError(StepperError):
    """The engine would not start a command; the message is the engine's own."""


@frozen
class Command:
    """What is to be run. `user` and `working_dir` as in an image configuration, "" for their defaults.

    `secrets` are more variables of the environment: what nobody else is to see.
    """

    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    working_dir: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def variables(self) -> dict[str, str]:
        """The environment; PATH is always set, as BuildKit does it."""
        return {"PATH": DEFAULT_PATH, **self.environment}

    def start_exec(
        self, client: EngineClient, container: str, *, terminal: tuple[int, int] | None = None
    ) -> tuple[str, EngineStream]:
        """Start it by exec, with a terminal of so many rows and columns or with none; the exec's id and its stream.

        Raises the SDK's errors.
        """
        import docker.errors

        pairs = [f"{name}={value}" for name, value in {**self.variables, **self.secrets}.items()]
        config: dict[str, Any] = {
            "Cmd": list(self.argv),
            "Env": pairs,
            "User": self.user or "0",
            "WorkingDir": self.working_dir or "/",
            "AttachStdout": True,
            "AttachStderr": True,
        }
        if terminal is not None:
            config |= {"AttachStdin": True, "Tty": True, "ConsoleSize": list(terminal)}
        # A name alone takes a variable away: Docker sets HOSTNAME, BuildKit does not. Podman knows no such thing.
        unset = [] if "HOSTNAME" in self.environment else ["HOSTNAME"]
        try:
            return start_exec(client, container, {**config, "Env": [*pairs, *unset]}, tty=terminal is not None)
        except docker.errors.APIError as error:
            if "badly formed" not in explanation(error):
                raise
        return start_exec(client, container, config, tty=terminal is not None)


class RunningCommand(Protocol):
    """A command while it runs."""

    def run(self, on_output: OnOutput) -> int:
        """Run the command, pass its output on, and give its exit code. All that it left running is killed.

        Raises `CommandRefusedError` when the engine will not start it, for example for an unknown user.
        """

    def kill(self) -> None:
        """Kill the command and all its processes, from any thread; the container lives on."""

    @property
    def killed(self) -> bool:
        """Whether `kill` was called."""


def end_processes(container: StepContainer) -> None:
    """End every process in the container but its worker, as BuildKit does when a command has ended."""
    container.worker.run(KILL_ALL)


def make_directory(container: StepContainer, path: str) -> None:
    """Make a directory for a command to run in, where it is missing."""
    if path not in ("", "/"):
        quoted = shlex.quote(path)
        container.worker.run(f"[ -d {quoted} ] || ${{b:+$b}} mkdir -p {quoted}")
