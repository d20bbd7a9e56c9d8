"""The command line in this process, against a scripted engine."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from stepper.cli.main import main
from tests.scripted_engine import ScriptedEngine


@dataclass
class Result:
    """What a command came to."""

    code: int
    out: str
    err: str


Command = Callable[..., Result]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> ScriptedEngine:
    """The engine that the commands find. Its FROM takes no time, so that all figures are known."""
    engine = ScriptedEngine()
    engine.image("busybox", size=4_000_000)
    monkeypatch.setattr("stepper.engine.connect.open_engine", lambda host=None: engine)
    monkeypatch.setattr("stepper.debugger.executor.time.monotonic", lambda: 0.0)
    return engine


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
