"""At a stop, in a terminal, with a real engine: a shell in a RUN that hangs, pause, the console, and what is kept."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Open, before_line_2
from tests.e2e.console import build_with_a_fix

pytestmark = pytest.mark.engine


def test_a_hanging_run_is_paused_entered_and_set_free(
    open_terminal: Open, containers: Callable[[], list[str]], project: Path
) -> None:
    (project / "Dockerfile").write_text("FROM busybox\nRUN echo hanging; while [ ! -e /go ]; do sleep 0.1; done\n")
    terminal = open_terminal()
    terminal.wait_for("⏸ before line 1")
    terminal.press("c")
    terminal.wait_for("» running line 2", "│hanging ")
    terminal.press("z")
    terminal.wait_for("⏸ paused in line 2")
    terminal.press("z")
    terminal.wait_for("» running line 2")
    terminal.press("x")
    terminal.wait_for("in Dockerfile:2", "the step runs on", "/ # ")
    terminal.press("touch /go\r")
    terminal.wait_for("✔ finished")
    terminal.press("q")
    assert terminal.wait_for_end() == 0
    assert containers() == []


def test_from_a_failure_to_the_fixed_dockerfile_at_the_console(
    open_terminal: Open, containers: Callable[[], list[str]], project: Path
) -> None:
    text = "FROM busybox\nRUN echo slow\nRUN cat /config\n"
    (project / "Dockerfile").write_text(text)
    terminal = open_terminal()
    terminal.wait_for("⏸ before line 1")
    terminal.press("c")
    terminal.wait_for("✖ failed at line 3")
    build_with_a_fix(terminal, "echo fixed > /config", adds="/config", fails_at=3)
    assert (project / "Dockerfile").read_text() == text.replace("RUN cat", "RUN echo fixed > /config\nRUN cat")
    terminal.press("q")
    assert terminal.wait_for_end() == 0
    assert containers() == []


def test_what_was_entered_in_a_shell_is_kept_with_what_it_did(
    open_terminal: Open, containers: Callable[[], list[str]], project: Path
) -> None:
    text = "FROM busybox\nRUN cat /config\n"
    (project / "Dockerfile").write_text(text)
    terminal = before_line_2(open_terminal)
    terminal.press("x")
    terminal.wait_for("exit returns to Stepper", "/ #")
    command = "echo made $(cat /proc/sys/kernel/random/uuid) | tee /config"
    terminal.press(f"{command}\r")
    made = re.search(r"\nmade \S+", terminal.wait_for("\nmade "))
    assert made
    terminal.press("exit\r")
    terminal.wait_for("1 command entered: K keeps them in the Dockerfile")
    terminal.press("K")
    terminal.wait_for(f"RUN {command}", "nothing is run: its snapshot is what the shell did")
    terminal.press("\r")
    terminal.wait_for("⏸ before line 3")
    assert (project / "Dockerfile").read_text() == text.replace("RUN cat", f"RUN {command}\nRUN cat")
    terminal.press("c")
    # A RUN that had run would have made another one.
    terminal.wait_for("✔ finished", f"│{made[0].strip()}")
    terminal.press("q")
    assert terminal.wait_for_end() == 0
    assert containers() == []
