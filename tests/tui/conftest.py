"""Fixtures of the screen's tests: a scripted engine, and everything fixed that could differ from run to run."""

import itertools
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

os.environ["TEXTUAL_ANIMATIONS"] = "none"

from tests.scripted_engine import ScriptedEngine, added, deleted, file_entry, modified
from tests.tui.harness import Bench


@pytest.fixture(autouse=True)
def _fixed_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colours whatever the terminal, steps that take no time but their script's, an editor that is known."""
    for name in ("NO_COLOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EDITOR", "vi")
    clock = itertools.count(1_700_000_000)
    monkeypatch.setattr(
        "stepper.debugger.executor.time", SimpleNamespace(time=lambda: float(next(clock)), monotonic=lambda: 0.0)
    )


@pytest.fixture
def scripted() -> ScriptedEngine:
    """An engine with busybox, in which `make` builds and everything else does nothing."""
    engine = ScriptedEngine()
    engine.image("busybox", size=4_000_000, files={"/bin/sh": file_entry(1000), "/etc/passwd": file_entry(200)})
    engine.on(
        "RUN make",
        output=["cc -c main.c\n", "\x1b[32mdone\x1b[0m\n"],
        changes=[
            added("/app", 120_000),
            added("/src/"),
            *(added(f"/src/part{number}.c", number * 1000) for number in range(1, 8)),
            modified("/etc/passwd", 260, was=200),
            deleted("/tmp/left", 10),
        ],
        seconds=3.14,
    )
    return engine


@pytest.fixture
def bench(tmp_path: Path, scripted: ScriptedEngine) -> Bench:
    """A folder with a Dockerfile and an engine for it."""
    folder = tmp_path / "demo"
    folder.mkdir()
    return Bench(folder, scripted)
