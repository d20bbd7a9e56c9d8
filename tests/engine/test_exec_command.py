"""What a command is that the engine's exec runs, on Podman and on Docker."""

from typing import Any, cast

import pytest

from stepper.engine.client import EngineClient
from stepper.engine.command import Command
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
