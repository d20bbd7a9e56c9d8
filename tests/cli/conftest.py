"""The command line in this process, against a scripted engine; and a real one for tests that need it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from stepper.cli.main import main
from stepper.engine.connect import Connection, connect
from tests.scripted_engine import ScriptedEngine


@dataclass
class Result:
    """What a command came to."""

    code: int
    out: str
    err: str


Command = Callable[..., Result]
Process = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> ScriptedEngine:
    """The engine that the commands find. Its FROM takes no time, so that all figures are known."""
    engine = ScriptedEngine()
    engine.image("busybox", size=4_000_000)
    monkeypatch.setattr("stepper.engine.connect.open_engine", lambda host=None: engine)
    monkeypatch.setattr("stepper.debugger.executor.time.monotonic", lambda: 0.0)
    return engine


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection to the engine that the tests run against; without one the test fails."""
    found = connect()
    yield found
    found.close()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that the commands run in."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def stepper(engine: ScriptedEngine, project: Path, capfd: pytest.CaptureFixture[str]) -> Command:
    """`stepper("run", "-t", "app")` runs that command; `SystemExit` of argparse is an exit code as well."""

    def run(*arguments: str) -> Result:
        capfd.readouterr()
        try:
            code = main(arguments)
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        captured = capfd.readouterr()
        return Result(code, captured.out, captured.err)

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder that `start` starts its process in."""
    path = tmp_path / "context"
    path.mkdir()
    return path


@pytest.fixture
def start(connection: Connection, folder: Path) -> Process:
    """Starts `stepper` in the folder, on the engine of the tests."""

    def started(*arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "stepper", *arguments]
        environment = {**os.environ, "DOCKER_HOST": connection.endpoint.url}
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=folder, env=environment, text=True, stdin=pipe, stdout=pipe, stderr=pipe)

    return started
