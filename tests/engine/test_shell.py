"""Interactive shells on a real engine."""

import contextlib
import select
import time
from dataclasses import replace
from pathlib import Path

import docker
import docker.errors
import pytest

from stepper.dockerfile.operations import CopyOperation
from stepper.engine.client import EngineClient
from stepper.engine.configuration import scratch_config
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.protocol import ShellSession
from stepper.engine.step import ContextSource, Failure, Snapshot, Step
from tests.engine.conftest import base, execute, run, silent, step, succeed

pytestmark = pytest.mark.engine
SIZE = (30, 100)


def open_shell(
    stepper: DockerEngine, state: Snapshot | Failure, snapshot: Snapshot, of: Step | None = None
) -> ShellSession:
    return stepper.open_shell(state, step=of, config=snapshot.config, size=SIZE)


def read_until(shell: ShellSession, text: str, seconds: float = 30) -> str:
    """What the shell writes up to a text that it is sure to write."""
    found = ""
    deadline = time.monotonic() + seconds
    while text not in found:
        ready, _, _ = select.select([shell], [], [], max(0, deadline - time.monotonic()))
        assert ready, found
        data = shell.read()
        assert data, found
        found += data.decode()
    return found


def ask(shell: ShellSession, command: str) -> str:
    """The output of a command that is typed into a shell."""
    shell.write(f"{command}; echo '<''end>'\n".encode())
    text = read_until(shell, "<end>")
    return text.rpartition("'<''end>'\r\n")[2].rpartition("<end>")[0].replace("\r\n", "\n")


def test_a_shell_in_a_snapshot_has_its_files_user_directory_and_environment(stepper: DockerEngine) -> None:
    snapshot = succeed(execute(stepper, base(stepper), "mkdir -m 777 /w; echo here >/w/f"))
    snapshot = Snapshot(snapshot.image, replace(snapshot.config, user="nobody", working_dir="/w"))
    shell = open_shell(stepper, snapshot, snapshot, run("x", environment={"ARG": "of the step"}))
    with contextlib.closing(shell):
        assert ask(shell, "cat f; id -un; pwd; echo $ARG; echo $TERM | wc -w") == "here\nnobody\n/w\nof the step\n1\n"


def test_the_terminal_has_the_size_it_is_given(stepper: DockerEngine) -> None:
    snapshot = base(stepper)
    with contextlib.closing(open_shell(stepper, snapshot, snapshot)) as shell:
        assert ask(shell, "stty size").strip() == "30 100"
        shell.resize(40, 120)
        assert ask(shell, "stty size").strip() == "40 120"


def test_a_shell_in_a_failed_step_is_in_its_container_which_stays(stepper: DockerEngine, client: EngineClient) -> None:
    on = base(stepper)
    outcome = execute(stepper, on, "echo broken >/state; exit 3")
    failure = outcome.failure
    assert failure is not None
    with contextlib.closing(open_shell(stepper, failure, on)) as shell:
        assert ask(shell, "cat /state; touch /from-the-shell").strip() == "broken"
    with contextlib.closing(open_shell(stepper, failure, on)) as shell:
        assert ask(shell, "ls /from-the-shell").strip() == "/from-the-shell"
    assert failure.container is not None
    assert client.api.inspect_container(failure.container)["State"]["Running"]


def test_a_snapshot_s_shell_changes_nothing_and_its_container_is_removed(
    stepper: DockerEngine, client: EngineClient
) -> None:
    snapshot = base(stepper)
    with contextlib.closing(open_shell(stepper, snapshot, snapshot)) as shell:
        ask(shell, "touch /mine")
        (container,) = stepper._containers._live
    stepper._containers.clear()
    assert "/mine" not in stepper.listing(snapshot)
    with pytest.raises(docker.errors.NotFound):
        client.api.inspect_container(container)


def test_a_shell_that_ends_gives_its_exit_code(stepper: DockerEngine) -> None:
    snapshot = base(stepper)
    shell = open_shell(stepper, snapshot, snapshot)
    shell.write(b"exit 9\n")
    while shell.read():
        pass
    assert shell.close() == 9
    assert shell.close() is None


def test_a_shell_can_be_closed_while_a_command_runs_in_it(stepper: DockerEngine) -> None:
    on = base(stepper)
    failure = execute(stepper, on, "exit 1").failure
    assert failure is not None
    shell = open_shell(stepper, failure, on)
    shell.write(b"echo up; sleep 1000\n")
    read_until(shell, "up\r\n")
    begun = time.monotonic()
    shell.close()
    assert time.monotonic() - begun < 10
    with contextlib.closing(open_shell(stepper, failure, on)) as second:
        assert ask(second, "ps | grep -c '[s]leep 1000'").strip() == "0"


def test_an_image_without_a_shell_is_entered_with_the_toolbox(stepper: DockerEngine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("content")
    copy = replace(step(CopyOperation(("file",), "/")), source=ContextSource(tmp_path))
    snapshot = succeed(stepper.execute(copy, Snapshot(None, scratch_config(stepper.info.platform)), report=silent))
    with contextlib.closing(open_shell(stepper, snapshot, snapshot)) as shell:
        assert ask(shell, "ls -a /file && cat file | wc -c").split() == ["/file", "7"]


def test_a_user_that_the_image_does_not_know_gets_a_shell_as_root(stepper: DockerEngine) -> None:
    snapshot = base(stepper)
    snapshot = Snapshot(snapshot.image, replace(snapshot.config, user="ghost", working_dir="/gone"))
    with contextlib.closing(open_shell(stepper, snapshot, snapshot)) as shell:
        assert ask(shell, "id -u; pwd").split() == ["0", "/"]


def test_bash_is_preferred(stepper: DockerEngine) -> None:
    bash = "printf '#!/bin/sh\\necho I am bash\\n' >/bin/bash; chmod 755 /bin/bash"
    snapshot = succeed(execute(stepper, base(stepper), bash))
    shell = open_shell(stepper, snapshot, snapshot)
    with contextlib.closing(shell):
        read_until(shell, "I am bash")
