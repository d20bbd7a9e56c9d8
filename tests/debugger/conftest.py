"""Sessions over a scripted engine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stepper.debugger.options import BuildOptions
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine

Debug = Callable[..., Debugged]


@pytest.fixture
def engine() -> ScriptedEngine:
    engine = ScriptedEngine()
    engine.image("busybox", size=4_000_000)
    engine.image("debian", size=100_000_000)
    return engine


@pytest.fixture
def debug(tmp_path: Path, engine: ScriptedEngine) -> Debug:
    """`debug(text)` starts a session on that Dockerfile, loaded and connected; options of the build may follow."""

    def start(text: str, *, connect: bool = True, **options: object) -> Debugged:
        folder = tmp_path / "project"
        folder.mkdir(exist_ok=True)
        dockerfile = folder / "Dockerfile"
        dockerfile.write_text(text)
        debugged = Debugged(folder, engine, BuildOptions(folder, dockerfile, **options))  # type: ignore[arg-type]  # options of any kind
        debugged.session.load()
        if connect:
            debugged.session.connect()
        return debugged

    return start
