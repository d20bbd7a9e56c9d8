"""The walk of the README, from a failing build to the fixed Dockerfile, in a terminal with a real engine."""

import re
import shutil
from pathlib import Path

import pytest

from tests.e2e.conftest import Open
from tests.e2e.console import build_with_a_fix

pytestmark = pytest.mark.engine

SAMPLE = Path(__file__).parents[2] / "sample_dockerfiles" / "walk"


def test_the_walk_ends_with_a_fixed_dockerfile_and_runs_no_finished_step_again(
    open_terminal: Open, project: Path
) -> None:
    shutil.copytree(SAMPLE, project, dirs_exist_ok=True)
    text = (project / "Dockerfile").read_text()
    terminal = open_terminal("--no-cache")
    terminal.wait_for("⏸ before line 2")
    terminal.press("c")
    screen = terminal.wait_for(
        "✖ failed at line 6", "`grep -v '^#' settings.env > /out/app.conf` failed", ".dockerignore:2"
    )
    compiled = _compiled(screen)
    terminal.press("0")
    terminal.press("s")
    terminal.wait_for("stands before command 1 of 4")
    terminal.press("n")
    terminal.wait_for("stands before command 2 of 4")
    terminal.press("o")
    terminal.wait_for("✖ failed at line 6")
    fix = "cp settings.env.example settings.env"
    screen = build_with_a_fix(terminal, fix, adds="/src/settings.env", fails_at=6)
    # With --no-cache, a step that ran again would have run for another time.
    assert _compiled(screen) == compiled
    assert (project / "Dockerfile").read_text() == text.replace("RUN mkdir", f"RUN {fix}\nRUN mkdir")
    terminal.press("q")
    assert terminal.wait_for_end() == 0


def _compiled(screen: str) -> str:
    """The mark and the time of the step that compiles."""
    found = re.search(r"5 (\S) RUN ./compile.sh +(\S+s)", screen)
    assert found, screen
    return f"{found[1]} {found[2]}"
