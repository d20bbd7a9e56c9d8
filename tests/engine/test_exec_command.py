"""What a command is that the engine's exec runs, on Podman and on Docker."""

import threading
from typing import Any, cast

import pytest

from stepper.engine.client import EngineClient
from stepper.engine.command import KILL_ALL, Command
from stepper.engine.exec_command import ExecCommand
from stepper.engine.step_container import StepContainer
from stepper.engine.stream import EngineStream
from stepper.engine.worker import WorkerResult

BUSYBOX = "/toolbox/busybox"
COMMAND = Command(["/bin/sh", "-c", "env"], {"TERM": "dumb"}, user="5:6")


class _Worker:
    """A worker that finds the programs it is given."""

    def __init__(self, *, busybox: str | None, finds: bool) -> None:
        self.busybox = busybox
        self._finds = finds

    def run(self, script: str) -> WorkerResult:
        return WorkerResult(b"", b"", 0 if self._finds or " which " not in script else 1)


class _Container:
    id = "container"

    def __init__(self, worker: _Worker) -> None:
        self.worker = worker


class _Client:
    def __init__(self, component: str) -> None:
        self.version = {"Components": [{"Name": component}]}


def started(
    monkeypatch: pytest.MonkeyPatch, engine: str, *, busybox: str | None = BUSYBOX, finds: bool = True
) -> Command:
    """The command that the engine is asked to run in place of `COMMAND`."""
    asked: list[Command] = []

    def start_exec(self: Command, *_: Any, **__: Any) -> tuple[str, EngineStream]:
        asked.append(self)
        raise OSError("no engine")

    monkeypatch.setattr(Command, "start_exec", start_exec)
    container = cast("StepContainer", _Container(_Worker(busybox=busybox, finds=finds)))
    with pytest.raises(Exception, match="no engine"):
        ExecCommand(cast("EngineClient", _Client(engine)), container, COMMAND).run(lambda data, stderr: None)
    return asked[0]


def test_on_podman_the_variables_that_it_adds_are_taken_away_but_for_those_of_the_image(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = started(monkeypatch, "Podman Engine")

    assert command.argv == (BUSYBOX, "env", "-u", "HOSTNAME", "-u", "container", *COMMAND.argv)
    assert (command.environment, command.user) == (COMMAND.environment, COMMAND.user)


@pytest.mark.parametrize(
    ("engine", "busybox", "finds"),
    [("Engine", BUSYBOX, True), ("Podman Engine", None, True), ("Podman Engine", BUSYBOX, False)],
    ids=["docker", "no-toolbox", "a-program-that-is-missing"],
)
def test_elsewhere_the_command_is_run_as_it_is(
    monkeypatch: pytest.MonkeyPatch, engine: str, busybox: str | None, finds: bool
) -> None:
    assert started(monkeypatch, engine, busybox=busybox, finds=finds) == COMMAND


class _Recorder(_Worker):
    """A worker in whose container nothing seems to run that exec started."""

    def __init__(self) -> None:
        super().__init__(busybox=BUSYBOX, finds=True)
        self.scripts: list[str] = []
        self.killed = threading.Event()

    def run(self, script: str) -> WorkerResult:
        self.scripts.append(script)
        if script.startswith("kill -9 -1"):
            self.killed.set()
        return super().run(script)


class _Api:
    """An engine that looks a number of times before a command has started; `looked` is set after these."""

    def __init__(self, looks: int) -> None:
        self._left = looks
        self.looked = threading.Event()

    def exec_inspect(self, _: str) -> dict[str, Any]:
        if self._left == 0:
            self.looked.set()
            return {"Running": False, "ExitCode": 0, "Pid": 7}
        self._left -= 1
        return {"Running": False, "ExitCode": None, "Pid": 0}


class _Stream:
    """The output of a command: it ends when `until` is set."""

    def __init__(self, until: threading.Event) -> None:
        self._until = until

    def read(self) -> bytes:
        assert self._until.wait(30), "the command is waited for in vain"
        return b""

    def close(self) -> None:
        """Nothing is open."""


def watched(monkeypatch: pytest.MonkeyPatch, api: _Api, until: threading.Event, worker: _Recorder) -> None:
    client = _Client("Engine")
    client.api = api  # type: ignore[attr-defined]  # what a client of an engine has
    monkeypatch.setattr(Command, "start_exec", lambda *_, **__: ("exec", _Stream(until)))
    container = cast("StepContainer", _Container(worker))
    assert ExecCommand(cast("EngineClient", client), container, COMMAND).run(lambda data, stderr: None) == 0


def test_a_command_that_the_engine_has_not_started_yet_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    worker, api = _Recorder(), _Api(4)
    watched(monkeypatch, api, api.looked, worker)
    watching = [script for script in worker.scripts if script != KILL_ALL]
    assert not [script for script in watching if script.startswith("kill")]


def test_what_a_command_left_running_is_ended_so_that_its_output_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = _Recorder()
    watched(monkeypatch, _Api(0), worker.killed, worker)
    assert worker.killed.is_set()
