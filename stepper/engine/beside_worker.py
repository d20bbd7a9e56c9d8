"""What is done as root in a container by an exec of its own, while the container's worker is busy with a command."""

import contextlib
import secrets

from stepper.engine.api_errors import engine_errors
from stepper.engine.client import EngineClient
from stepper.engine.command import Command
from stepper.engine.step_container import StepContainer
from stepper.engine.stream import STDOUT, frames
from stepper.errors import StepperError

_MARK = "STEPPER_MARK"


def run_beside(client: EngineClient, container: StepContainer, script: str) -> tuple[str, int]:
    """Run a script, in which `$b` is the toolbox's busybox or nothing; what it printed, and its exit code."""
    busybox = container.worker.busybox
    shell = [busybox, "sh"] if busybox is not None else ["/bin/sh"]
    command = Command([*shell, "-c", f"b={busybox or ''}\n{script}"])
    with engine_errors("look into the step's container"):
        exec_id, stream = command.start_exec(client, container.id)
        with contextlib.closing(stream):
            printed = b"".join(data for kind, data in frames(stream) if kind == STDOUT)
        code = client.api.exec_inspect(exec_id).get("ExitCode")
    return printed.decode("utf-8", "surrogateescape"), -1 if code is None else int(code)


def new_mark() -> dict[str, str]:
    """A variable by which the processes of a command are told from all others of its container."""
    return {_MARK: secrets.token_hex(8)}


def end_marked(client: EngineClient, container: StepContainer, mark: dict[str, str]) -> None:
    """End what runs with this mark; the container may have ended meanwhile."""
    script = f"""for p in /proc/[0-9]*; do
  $b grep -qs '{_MARK}={mark[_MARK]}' $p/environ && kill -9 ${{p#/proc/}}
done 2>/dev/null"""
    with contextlib.suppress(StepperError):
        run_beside(client, container, script)
