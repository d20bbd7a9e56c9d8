"""`stepper run` against the engine's own builders on the same Dockerfile, cached and not."""

import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from stepper.engine.connect import Connection
from tests.bench.figures import Figures, in_turn, ratio
from tests.reference_build import Builder, reference_build

pytestmark = [pytest.mark.engine, pytest.mark.bench]

ROUNDS = 5


def small_steps(folder: Path) -> Path:
    lines = ["FROM busybox", *(f"RUN echo {number} > /file{number}" for number in range(10))]
    (folder / "Dockerfile").write_text("\n".join(lines) + "\n")
    return folder


def two_stages(folder: Path) -> Path:
    """Two stages that do not depend on each other, with some work in each step, and one that takes from both."""
    steps = [f"RUN sleep 0.3; echo {number} > /file{number}" for number in range(5)]
    lines = ["FROM busybox AS a", *steps, "FROM busybox AS b", *(step.replace("/file", "/other") for step in steps)]
    lines += ["FROM busybox", "COPY --from=a /file0 /", "COPY --from=b /other0 /"]
    (folder / "Dockerfile").write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture(autouse=True)
def _compiled(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every module is compiled once and not in each run, as those of an installed package are."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.getbasetemp() / "compiled"))


def stepper_run(context: Path, *options: str) -> None:
    command = [sys.executable, "-m", "stepper", "run", str(context), "-t", "stepper-bench", *options]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)


def stepper_version() -> None:
    subprocess.run([sys.executable, "-m", "stepper", "--version"], check=True, capture_output=True)


def against_the_builders(
    context: Path, engine: Connection, figures: Figures, what: str, *, classic_budget: float, buildkit_budget: float
) -> None:
    """Build with nothing cached, and have BuildKit and the classic builder do the same."""
    stepper_run(context, "--no-cache")
    ours, classic, buildkit = in_turn(
        ROUNDS,
        lambda: stepper_run(context, "--no-cache"),
        lambda: reference_build(engine.client, context, tag="stepper-bench", builder=Builder.CLASSIC, no_cache=True),
        lambda: reference_build(engine.client, context, tag="stepper-bench", builder=Builder.BUILDKIT, no_cache=True),
    )
    figures.add(f"{what}, uncached: stepper run", statistics.median(ours), "s")
    figures.add(f"{what}, uncached: classic builder", statistics.median(classic), "s")
    figures.add(f"{what}, uncached: BuildKit", statistics.median(buildkit), "s")
    figures.add(f"{what}, uncached: against the classic builder", ratio(ours, classic), "x", budget=classic_budget)
    figures.add(f"{what}, uncached: against BuildKit", ratio(ours, buildkit), "x", budget=buildkit_budget)


def test_ten_small_steps_with_nothing_cached(tmp_path: Path, engine: Connection, figures: Figures) -> None:
    context = small_steps(tmp_path)
    against_the_builders(context, engine, figures, "10 small RUN", classic_budget=0.9, buildkit_budget=1.2)


def test_two_stages_that_do_not_depend_on_each_other(tmp_path: Path, engine: Connection, figures: Figures) -> None:
    context = two_stages(tmp_path)
    against_the_builders(context, engine, figures, "two stages of 5 RUN", classic_budget=1.0, buildkit_budget=1.0)


def test_everything_cached(tmp_path: Path, engine: Connection, figures: Figures) -> None:
    context = small_steps(tmp_path)
    stepper_run(context)
    run, start_up = in_turn(ROUNDS, lambda: stepper_run(context), stepper_version)
    after = statistics.median(run) - statistics.median(start_up)
    figures.add("10 small RUN, cached: stepper run, after start-up", after, "s", budget=0.2)
    figures.add("start-up: stepper --version", statistics.median(start_up), "s")
