"""What waits in the history of a shell, on a real engine."""

import contextlib
from dataclasses import replace

import pytest

from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import Failure, Snapshot, Step
from tests.engine.conftest import base, execute, run, silent, succeed
from tests.engine.test_shell import ask, open_shell, read_until

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def stepper(module_stepper: DockerEngine) -> DockerEngine:
    """One engine for all tests here."""
    return module_stepper


UP = b"\x1b[A"
DEBIAN = "debian:stable-slim"


def fail(stepper: DockerEngine, on: Snapshot, of: Step) -> Failure:
    """How a step failed."""
    failure = stepper.execute(of, on, report=silent).failure
    assert failure is not None
    return failure


def test_the_failed_command_waits_in_the_history(stepper: DockerEngine) -> None:
    on, of = base(stepper, DEBIAN), run("echo 'it''s' && exit 7")
    with contextlib.closing(open_shell(stepper, fail(stepper, on, of), on, of)) as shell:
        assert shell.notes == ("the up arrow brings the step's command",)
        shell.write(UP)
        read_until(shell, "echo 'it''s' && exit 7")


def test_a_command_of_several_lines_has_them_all_in_the_history_of_bash(stepper: DockerEngine) -> None:
    on, of = base(stepper, DEBIAN), run("echo one\necho two\nexit 7")
    failure = fail(stepper, on, of)
    with contextlib.closing(open_shell(stepper, failure, on, of)) as shell:
        ask(shell, "true")
        shell.write(UP + UP)
        found = read_until(shell, "exit 7")
        assert "echo one" in found
        assert "echo two" in found
    assert not any(path.startswith("/dev/.stepper-shell") for path in stepper.listing(failure))


def test_a_user_other_than_root_has_the_history_too(stepper: DockerEngine) -> None:
    on, of = base(stepper, DEBIAN), run("exit 7")
    on = Snapshot(on.image, replace(on.config, user="nobody"))
    with contextlib.closing(open_shell(stepper, fail(stepper, on, of), on, of)) as shell:
        shell.write(b"id -un; history\n")
        found = read_until(shell, "1  exit 7")
        assert "nobody\r\n" in found


def test_what_was_typed_in_one_shell_is_known_to_the_next(stepper: DockerEngine) -> None:
    on, of = base(stepper, DEBIAN), run("exit 7")
    failure = fail(stepper, on, of)
    shell = open_shell(stepper, failure, on, of)
    shell.write(b"echo typed before\nexit\n")
    while shell.read():
        pass
    shell.close()
    with contextlib.closing(open_shell(stepper, failure, on, of)) as shell:
        shell.write(b"history\n")
        read_until(shell, "2  echo typed before")


def test_a_shell_that_reads_no_history_finds_the_command_in_a_file(stepper: DockerEngine) -> None:
    on = succeed(execute(stepper, base(stepper, DEBIAN), "rm -f /bin/bash /usr/bin/bash"))
    of = run("echo from the command; exit 7")
    with contextlib.closing(open_shell(stepper, fail(stepper, on, of), on, of)) as shell:
        assert shell.notes == ("dash reads no history: `. /dev/.stepper-shell/command` runs the step's command",)
        read_until(shell, "# ")
        shell.write(b". /dev/.stepper-shell/command\n")
        read_until(shell, "\r\nfrom the command")


def test_a_shell_of_the_toolbox_says_so(stepper: DockerEngine) -> None:
    snapshot = succeed(execute(stepper, base(stepper), "rm -rf /bin"))
    with contextlib.closing(open_shell(stepper, snapshot, snapshot)) as shell:
        assert any("the image has no shell" in note for note in shell.notes)
