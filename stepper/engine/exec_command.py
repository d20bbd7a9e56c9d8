"""A command run in a container by the engine's exec, as any user."""

import shlex
import threading
import time
from dataclasses import replace

from stepper.engine.api_errors import engine_errors, explanation
from stepper.engine.client import EngineClient
from stepper.engine.command import Command, CommandRefusedError, end_processes
from stepper.engine.engine_info import PODMAN, product_of
from stepper.engine.step_container import StepContainer
from stepper.engine.stream import STDERR, EngineStream, frames
from stepper.engine.worker import OnOutput
from stepper.errors import StepperError

_KILL_INTERVAL = 0.05
_WATCH_INTERVAL = 0.3
_PODMANS_VARIABLES = ("HOSTNAME", "TERM", "container")
"""What Podman adds to the environment of every exec, BuildKit not to that of a RUN."""
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
            watcher = threading.Thread(target=self._watch, args=(exec_id,), name="command-watch", daemon=True)
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
            return self._exact().start_exec(self._client, self._container.id)
        except docker.errors.APIError as error:
            raise CommandRefusedError(explanation(error)) from error

    def _exact(self) -> Command:
        """The command without the variables that Podman adds: the toolbox's `env` takes them away.

        One that is not there is left to the engine, which has the right words for it.
        """
        command, worker = self._command, self._container.worker
        if worker.busybox is None or not command.argv or product_of(self._client.version) != PODMAN:
            return command
        path = shlex.quote(command.variables["PATH"])
        if worker.run(f"PATH={path} $b which {shlex.quote(command.argv[0])} >/dev/null").code != 0:
            return command
        given = {**command.variables, **command.secrets}
        unset = [word for name in _PODMANS_VARIABLES if name not in given for word in ("-u", name)]
        return replace(command, argv=(worker.busybox, "env", *unset, *command.argv))

    def _watch(self, exec_id: str) -> None:
        """Kill when told to; and end what the command left running, which would hold its output open for seconds."""
        finished_before = False
        while not self._ended:
            self._wake.wait(_WATCH_INTERVAL)
            while self._killed and not self._ended:
                if not self._kill_all():
                    return
                time.sleep(_KILL_INTERVAL)
            # A busy engine may take long to start it.
            finished = self._has_started(exec_id) and self._main_has_ended()
            if finished and finished_before:
                self._kill_all()
            finished_before = finished

    def _has_started(self, exec_id: str) -> bool:
        try:
            with engine_errors("look at the command"):
                state = self._client.api.exec_inspect(exec_id)
        except StepperError:
            return False
        return bool(state.get("Pid")) or state["ExitCode"] is not None

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
