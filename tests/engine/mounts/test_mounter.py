"""The mounter has privileges that no program but its own may get."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stepper.dockerfile.mounts import TmpfsMount
from stepper.engine.client import EngineClient
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.mounts.mounter import Mounter
from stepper.engine.worker import WorkerResult
from tests.engine.conftest import base
from tests.engine.mounts.conftest import perform, run_with


class Helper:
    """Notes what it is to run."""

    busybox = "/busybox"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def run(self, text: str) -> WorkerResult:
        self.texts.append(text)
        return WorkerResult(b"", b"", 0)


def test_no_word_of_a_build_ends_the_script_that_runs_in_the_steps_container() -> None:
    helper = Helper()
    container: Any = SimpleNamespace(id="1", image="image", worker=helper)
    client: Any = SimpleNamespace(request=lambda *_, **__: b'{"State": {"Pid": 7}}')
    containers: Any = SimpleNamespace(take=lambda *_, **__: container)
    mounter = Mounter(client, containers)
    mounter.run(container, "true")
    end = helper.texts[0].splitlines()[-1]
    mounter.run(container, f"true '/a\n{end}\nmount /dev/sda1 /mnt'")
    lines = helper.texts[1].splitlines()
    assert f"<<'{lines[-1]}'" in lines[0]
    assert lines.count(lines[-1]) == 1
    assert end in lines


@pytest.mark.engine
def test_the_shell_of_an_image_never_gets_its_privileges(client: EngineClient, tmp_path: Path) -> None:
    bare = DockerEngine(client, cache=tmp_path, toolbox_image="stepper-test/no-such-toolbox:1")
    try:
        outcome = perform(bare, base(bare), run_with("true", TmpfsMount("/t")))
        assert outcome.failure is not None
        assert outcome.failure.message == "RUN --mount needs Stepper's toolbox, and there is none"
        bare._mounter.settle()
        started = client.api.containers(all=True, filters={"name": bare._names.session})
        modes = [client.api.inspect_container(each["Id"])["HostConfig"]["PidMode"] for each in started]
        assert "host" not in modes
    finally:
        bare.close()
