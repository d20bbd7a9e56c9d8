"""Stepper as a user meets it: in a terminal, with a real engine."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Open, before_line_2

pytestmark = pytest.mark.engine

Containers = Callable[[], list[str]]

DOCKERFILE = """\
FROM busybox AS build
RUN echo compiling && mkdir /out && echo hello > /out/greeting

FROM busybox
COPY --from=build /out/greeting /greeting
ENV MODE=release
RUN cat /greeting && ls /missing
"""


@pytest.fixture
def dockerfile(project: Path) -> Path:
    """The Dockerfile of the project, whose last step fails."""
    path = project / "Dockerfile"
    path.write_text(DOCKERFILE)
    return path


def test_opens_steps_breaks_fails_enters_a_shell_and_quits(
    open_terminal: Open, containers: Containers, dockerfile: Path
) -> None:
    terminal = open_terminal()
    terminal.wait_for("Dockerfile -> stage 1", "⏸ before line 1")
    terminal.press("n")
    terminal.wait_for("⏸ before line 2")
    terminal.press("n")
    terminal.wait_for("⏸ before line 4", "compiling", "greeting", "line 2 · RUN echo compiling")

    terminal.press("jjb")
    terminal.wait_for("●")
    terminal.press("c")
    terminal.wait_for("⏸ before line 6 · breakpoint")

    terminal.press("c")
    terminal.wait_for("✖ failed at line 7", "failed with exit code 1", "ls: /missing: No such file", "hello")
    assert containers() != []

    terminal.press("x")
    terminal.wait_for("exit returns to Stepper", "/ # ")
    terminal.press("echo mode is $MODE; stty size\r")
    terminal.wait_for("mode is release", "36 120")
    terminal.press("cat\r")
    terminal.press("\x03")
    terminal.press("echo still here\r")
    terminal.wait_for("\nstill here")
    terminal.press("exit\r")
    terminal.wait_for("✖ failed at line 7", "R again")

    terminal.press("q")
    assert terminal.wait_for_end() == 0
    assert "Traceback" not in terminal.text
    assert containers() == []


def test_an_edit_is_noticed_and_the_build_goes_on_to_its_end(
    open_terminal: Open, containers: Containers, dockerfile: Path
) -> None:
    terminal = open_terminal(size=(80, 24))
    terminal.wait_for("⏸ before line 1")
    terminal.press("c")
    terminal.wait_for("✖ failed at line 7", "x shell in the failed container")
    dockerfile.write_text(DOCKERFILE.replace("ls /missing", "ls /greeting"))
    terminal.wait_for("⏸ before line 7 · Dockerfile changed")
    terminal.press("c")
    terminal.wait_for("✔ finished", "is built")
    terminal.press("q")
    assert terminal.wait_for_end() == 0
    assert containers() == []


def test_the_editor_opens_at_the_cursors_line_and_what_it_wrote_is_read(
    open_terminal: Open, dockerfile: Path, project: Path
) -> None:
    editor = project / "editor"
    editor.write_text('#!/bin/sh\necho "editing at $1"\nread answer\nsed -i "s/MODE=release/MODE=$answer/" "$2"\n')
    editor.chmod(0o755)
    vi = project / "vi"
    vi.symlink_to(editor)
    terminal = open_terminal(EDITOR=str(vi), VISUAL="")
    terminal.wait_for("⏸ before line 1")
    terminal.press("jje")
    terminal.wait_for("editing at +3")
    terminal.press("debug\r")
    terminal.wait_for("ENV MODE=debug", "⏸ before line 1")
    terminal.press("q")
    assert terminal.wait_for_end() == 0


def test_a_running_step_is_interrupted_and_nothing_is_left_behind(
    open_terminal: Open, containers: Containers, dockerfile: Path
) -> None:
    dockerfile.write_text("FROM busybox\nRUN echo waiting && sleep 600\n")
    terminal = open_terminal()
    terminal.wait_for("⏸ before line 1")
    terminal.press("c")
    terminal.wait_for("» running line 2", "waiting")
    terminal.press("\x03")
    terminal.wait_for("✖ interrupted at line 2")
    terminal.press("R")
    terminal.wait_for("» running line 2")
    terminal.press("q")
    assert terminal.wait_for_end() == 0
    assert containers() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_end_leaves_nothing_behind(
    open_terminal: Open, containers: Containers, dockerfile: Path, number: signal.Signals
) -> None:
    terminal = before_line_2(open_terminal)
    terminal.process.kill(number)
    assert terminal.wait_for_end() == 0
    assert containers() == []


def test_the_shell_follows_the_terminals_size(open_terminal: Open, dockerfile: Path) -> None:
    terminal = before_line_2(open_terminal)
    terminal.press("x")
    terminal.wait_for("/ # ")
    terminal.resize((100, 30))
    terminal.press("stty size\r")
    terminal.wait_for("30 100")
    terminal.press("exit\r")
    terminal.wait_for("⏸ before line 2")
    terminal.press("q")
    assert terminal.wait_for_end() == 0


def test_what_is_typed_while_the_shell_opens_goes_to_it(open_terminal: Open, dockerfile: Path) -> None:
    terminal = before_line_2(open_terminal)
    terminal.press("xecho the answer is $((40+2))\r")
    terminal.wait_for("exit returns to Stepper", "the answer is 42")
    terminal.press("exit\r")
    terminal.wait_for("⏸ before line 2")
    terminal.press("q")
    assert terminal.wait_for_end() == 0


def test_without_an_engine_the_dockerfile_can_be_read(open_terminal: Open, dockerfile: Path) -> None:
    terminal = open_terminal(DOCKER_HOST="unix:///nowhere/docker.sock", size=(80, 24))
    terminal.wait_for("✖ no engine", "/nowhere/docker.sock", "RUN echo compiling", "a try again")
    terminal.press("q")
    assert terminal.wait_for_end() == 0
