"""How quick the screen is: the first frame, a key with much open, the output of a step, a layer of many files."""

import statistics
import sys
import time
from pathlib import Path

import pytest

from stepper.tui.widgets.change_tree import ChangeTree
from stepper.tui.widgets.output_view import OutputView
from tests.bench import much_open
from tests.bench.figures import Figures, peak_memory
from tests.bench.much_open import FILES, LINES
from tests.e2e.terminal import Terminal
from tests.tui.harness import WIDE, main_screen, press, settled, until

pytestmark = pytest.mark.bench

UP, DOWN, PAGE_UP, PAGE_DOWN = "\x1b[A", "\x1b[B", "\x1b[5~", "\x1b[6~"
HOME, END = "\x1b[H", "\x1b[F"


def test_first_frame(tmp_path: Path, figures: Figures) -> None:
    (tmp_path / "Dockerfile").write_text("FROM busybox\nRUN echo first\n")
    times = [_first_frame(tmp_path, "unix:///nowhere.sock") for _ in range(5)]
    figures.add("from start to the first painted frame", statistics.median(times), "s", budget=0.5)


def _first_frame(folder: Path, host: str) -> float:
    start = time.perf_counter()
    with Terminal(folder, size=WIDE, environment={"DOCKER_HOST": host}) as terminal:
        terminal.wait_for("RUN echo first")
        return time.perf_counter() - start


def test_a_key_with_many_files_and_much_output_open(tmp_path: Path, figures: Figures) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    repository = Path(__file__).parents[2]
    program = (sys.executable, "-m", "tests.bench.much_open", str(folder))
    with Terminal(repository, size=WIDE, environment={}, program=program) as terminal:
        terminal.wait_for("RUN much", "before line 1")
        # pexpect would wait for 50 ms before each key.
        terminal.process.delaybeforesend = None
        terminal.press("n")
        terminal.wait_for("before line 2")
        terminal.press("n")
        terminal.wait_for("before line 3", f"{FILES:,} added", f"{LINES - 1} go: downloading")
        for name, panel, keys in (
            ("tree", "4", [DOWN, PAGE_DOWN, DOWN, UP, PAGE_UP, UP]),
            ("output", "3", [UP, PAGE_UP, HOME, DOWN, PAGE_DOWN, END]),
        ):
            terminal.press(panel)
            time.sleep(1)
            times = [_effect(terminal, key) for key in keys * 15]
            worst = statistics.quantiles(times, n=20)[-1]
            figures.add(f"a key in the {name}, {FILES:,} files and {LINES:,} lines open, 95 %", worst, "s", budget=0.05)
        figures.add("memory with both open", peak_memory(terminal) / 1e6, "MB", budget=250)


def _effect(terminal: Terminal, key: str) -> float:
    """Seconds until anything below the title has changed."""
    before = _below_title(terminal.text)
    start = time.perf_counter()
    terminal.press(key)
    terminal.wait_until(lambda text: _below_title(text) != before, f"the effect of {key!r}")
    return time.perf_counter() - start


def _below_title(text: str) -> str:
    return text.partition("\n")[2]


async def test_from_the_end_of_a_step_to_its_changes_and_output(tmp_path: Path, figures: Figures) -> None:
    app = much_open.app(tmp_path)
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
