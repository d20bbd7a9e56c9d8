"""How quick the screen is: the first frame, a key with much open, the output of a step, a layer of many files."""

import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stepper.image.layer import Change
from stepper.tui.widgets.change_tree import ChangeTree
from stepper.tui.widgets.output_view import OutputView
from tests.bench.figures import Figures
from tests.e2e.terminal import Terminal
from tests.scripted_engine import ScriptedEngine, added
from tests.tui.harness import WIDE, Bench, app_of, main_screen, press, settled, until

pytestmark = pytest.mark.bench

FILES = 100_000
LINES = 100_000


def many_files(count: int) -> list[Change]:
    names = (f"/usr/lib/pkg{number // 200}/dist/mod{number // 20 % 10}/file{number}.js" for number in range(count))
    return [added(name, 1000) for name in names]


def much_output(lines: int) -> list[str]:
    """In chunks as an engine sends them."""
    line = "\x1b[32m%d\x1b[0m go: downloading github.com/go-sql-driver/mysql v1.8.1\n"
    return ["".join(line % number for number in range(start, start + 100)) for start in range(0, lines, 100)]


def bench(folder: Path) -> Bench:
    engine = ScriptedEngine()
    engine.image("busybox", size=2_000_000, files={})
    engine.on("RUN much", output=much_output(LINES), changes=many_files(FILES), seconds=1.0)
    (folder / "project").mkdir()
    return Bench(folder / "project", engine)


def test_first_frame(tmp_path: Path, figures: Figures) -> None:
    (tmp_path / "Dockerfile").write_text("FROM busybox\nRUN echo first\n")
    times = [_first_frame(tmp_path, "unix:///nowhere.sock") for _ in range(5)]
    figures.add("from start to the first painted frame", statistics.median(times), "s", budget=0.5)


def _first_frame(folder: Path, host: str) -> float:
    start = time.perf_counter()
    with Terminal(folder, size=WIDE, environment={"DOCKER_HOST": host}) as terminal:
        terminal.wait_for("RUN echo first")
        return time.perf_counter() - start


async def test_a_key_with_many_files_and_much_output_open(tmp_path: Path, figures: Figures) -> None:
    app = bench(tmp_path).app("FROM busybox\nRUN much\nRUN next\n")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n")
        screen = main_screen(pilot)
        tree, output = screen.query_one(ChangeTree), screen.query_one(OutputView)
        await until(pilot, lambda: tree.row_count > 0 and output.row_count >= LINES)
        for name, view, keys in (
            ("tree", tree, ["down", "right", "pagedown", "up"] * 15),
            ("output", output, ["up", "pageup", "down", "home", "end"] * 12),
        ):
            view.focus()
            times = [await _effect(app_of(pilot).screen._compositor.render_strips, pilot.press, key) for key in keys]
            worst = statistics.quantiles(times, n=20)[-1]
            figures.add(f"a key in the {name}, {FILES:,} files and {LINES:,} lines open, 95 %", worst, "s", budget=0.05)
    figures.add("memory with both open", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB", budget=250)


async def _effect(paint: Callable[[], object], press_key: Callable[..., object], key: str) -> float:
    start = time.perf_counter()
    await press_key(key)  # type: ignore[misc]  # the pilot's own coroutine
    paint()
    return time.perf_counter() - start


async def test_from_the_end_of_a_step_to_its_changes_and_output(tmp_path: Path, figures: Figures) -> None:
    app = bench(tmp_path).app("FROM busybox\nRUN much\nRUN next\n")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        screen = main_screen(pilot)
        tree, output = screen.query_one(ChangeTree), screen.query_one(OutputView)
        start = time.perf_counter()
        await pilot.press("n")
        await until(pilot, lambda: output.row_count >= LINES and tree.row_count > 0)
        taken = time.perf_counter() - start
    figures.add(f"a step with {LINES:,} lines of output and {FILES:,} files, all shown", taken, "s", budget=3)
