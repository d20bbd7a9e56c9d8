"""A command run in a container by the engine's exec, as any user."""

import threading
import time

from stepper.engine.api_errors import engine_errors, explanation
from stepper.engine.client import EngineClient
from stepper.engine.command import Command, CommandRefusedError, end_processes
from stepper.engine.step_container import StepContainer
from stepper.engine.stream import STDERR, EngineStream, frames
from stepper.engine.worker import OnOutput
from stepper.errors import StepperError

_KILL_INTERVAL = 0.05
_WATCH_INTERVAL = 0.3
_MAIN_IS_RUNNING = """for p in /proc/[0-9]*; do
  [ $p != /proc/1 ] && read -r s 2>/dev/null <$p/stat && s=${s##*) } && set -- $s && [ "$2" = 0 ] && echo y && break
done"""
"""Whether a process whose parent is outside the container runs: what exec started, not what that left behind."""


class ExecCommand:
    """A command run by exec: see `stepper.engine.command.RunningCommand`."""

    def __init__(self, client: EngineClient, container: StepContainer, command: Command) -> None:
        self._client = client
        self._container = container
        self._command = command
        self._wake = threading.Event()
        self._ended = False
        self._killed = False

    @property
    def killed(self) -> bool:
        """Whether `kill` was called."""
        return self._killed

    def run(self, on_output: OnOutput) -> int:
        """Run the command, pass its output on, and give its exit code."""
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

    def _start(self) -> tuple[str, EngineStream]:
        import docker.errors

        try:
            return self._command.start_exec(self._client, self._container.id)
        except docker.errors.APIError as error:
            raise CommandRefusedError(explanation(error)) from error

    def _watch(self) -> None:
        """Kill when told to; and end what the command left running, which would hold its output open for seconds."""
        finished_before = False
        while not self._ended:
            self._wake.wait(_WATCH_INTERVAL)
            while self._killed and not self._ended:
                if not self._kill_all():
                    return
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
