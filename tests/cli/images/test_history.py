"""`stepper history`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.image.layers import docker_save, file, tar


def test_an_archive_tells_its_instructions_the_oldest_first(stepper: Command, project: Path) -> None:
    (project / "image.tar").write_bytes(docker_save([tar(file("a", b"1" * 1500)), tar(file("b", b"2"))]))
    result = stepper("history", "image.tar")
    assert result.code == 0
    assert [line.rstrip() for line in result.out.splitlines()] == [
        "                       1.5 kB  layer 0",
        "                          1 B  layer 1",
        "                       1.5 kB",
    ]
    lines = [json.loads(line) for line in stepper("history", "image.tar", "--json").out.splitlines()]
    assert lines[0] == {"created": "", "instruction": "layer 0", "bytes": 1500, "comment": "", "imported": False}


def test_an_output_that_is_full_is_an_error_and_not_a_traceback(project: Path) -> None:
    (project / "image.tar").write_bytes(docker_save([tar(file("a", b"1"))]))
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "stepper", "history", "image.tar"]
        result = subprocess.run(command, cwd=project, stdout=full, stderr=subprocess.PIPE, check=False)
    assert result.returncode == 1
    assert result.stderr == b"stepper: the output cannot be written: No space left on device\n"


@pytest.mark.engine
def test_an_image_of_the_engine_tells_where_it_was_imported_from(capfd: pytest.CaptureFixture[str]) -> None:
    from stepper.cli.main import main

    assert main(["history", "busybox", "--json"]) == 0
    first = json.loads(capfd.readouterr().out.splitlines()[0])
    assert first["bytes"] > 1000
    assert main(["history", "no-such-image:1"]) == 1
