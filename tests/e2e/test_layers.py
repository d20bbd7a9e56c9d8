"""`stepper layers` in a real terminal: the explorer, also of an archive on standard input; q always leaves."""

import os
import sys
from pathlib import Path

import pexpect
import pytest

from tests.e2e.terminal import WAIT_SECONDS, Terminal
from tests.image.layers import docker_save, file, folder, tar

SIZE = (120, 36)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of an image of two layers."""
    path = tmp_path / "image.tar"
    layers = [tar(folder("app"), file("app/big", b"b" * 5000)), tar(folder("app"), file("app/.wh.big"))]
    path.write_bytes(docker_save(layers))
    return path


def test_an_archive_opens_in_the_explorer(archive: Path) -> None:
    with Terminal(archive.parent, "layers", archive.name, size=SIZE, environment={}) as terminal:
        terminal.wait_for("made:latest", "5.0 kB in 2 layers", "layer 1")
        terminal.press("n5")
        terminal.wait_for("Unreachable: 5.0 kB", "written in layer 0, hidden in layer 1")
        terminal.press("q")
        assert terminal.wait_for_end() == 0


def test_an_archive_that_never_comes_does_not_keep_the_user(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "image.tar")
    with Terminal(tmp_path, "layers", "image.tar", size=SIZE, environment={}) as terminal:
        terminal.wait_for("Opening the image")
        terminal.press("q")
        assert terminal.wait_for_end() == 0


def test_what_is_no_image_is_told_where_the_command_was_typed(tmp_path: Path) -> None:
    (tmp_path / "image.tar").write_bytes(b"no archive" * 1000)
    with Terminal(tmp_path, "layers", "image.tar", size=SIZE, environment={}) as terminal:
        assert terminal.wait_for_end() == 1
        assert "stepper: image.tar cannot be read" in terminal.text


def test_an_archive_comes_from_standard_input_and_the_keys_from_the_terminal(archive: Path) -> None:
    command = f"cat {archive.name} | {sys.executable} -m stepper layers -"
    environment = {**os.environ, "TERM": "xterm-256color"}
    process = pexpect.spawn(
        "/bin/sh", ["-c", command], cwd=str(archive.parent), env=environment, dimensions=(30, 100), timeout=WAIT_SECONDS
    )
    try:
        process.expect("in 2 layers")
        process.send("q")
        process.expect(pexpect.EOF)
        process.wait()
        assert process.exitstatus == 0
    finally:
        process.close(force=True)


def test_text_asks_for_the_report_also_in_a_terminal(archive: Path) -> None:
    with Terminal(archive.parent, "layers", "--text", archive.name, size=SIZE, environment={}) as terminal:
        assert terminal.wait_for_end() == 0
        assert "by dive: efficiency" in terminal.text
