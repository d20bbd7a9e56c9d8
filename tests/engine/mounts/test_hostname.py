"""An image's own /etc/hostname in the containers of RUNs that name it."""

import pytest

from stepper.dockerfile.operations import RunOperation
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.mounts.failure import MountError
from stepper.engine.mounts.hostname import names_hostname
from tests.engine.conftest import base, execute, marks, succeed
from tests.engine.mounts.conftest import output, perform, run_with


@pytest.mark.parametrize(
    ("operation", "names"),
    [
        (RunOperation(None, "echo a >/etc/hostname", ""), True),
        (RunOperation(("cat", "/etc/hostname"), None, ""), True),
        (RunOperation(None, "hostname; cat /etc/hosts", ""), False),
        (RunOperation(("hostname",), None, ""), False),
    ],
)
def test_a_run_names_the_file_where_its_text_has_the_path(operation: RunOperation, names: bool) -> None:
    assert names_hostname(operation) is names


@pytest.mark.engine
def test_what_a_run_writes_there_is_in_its_layer_and_seen_by_the_next_that_names_it(stepper: DockerEngine) -> None:
    if not stepper._image_files.mounts_images:
        pytest.skip("the engine mounts no images: its own file stays in the way")
    outcome = execute(stepper, base(stepper), "[ ! -e /etc/hostname ] && echo new >/etc/hostname")
    assert marks(outcome.layer)["/etc/hostname"] == "+"
    on = succeed(execute(stepper, succeed(outcome), "touch /later"))
    assert output(stepper, on, run_with("cat /etc/hostname; stat -c %a /etc/hostname")) == "new\n644\n"
    assert marks(perform(stepper, on, run_with("cat /etc/hostname")).layer) == {}
    outcome = perform(stepper, on, run_with("echo more >>/etc/hostname"))
    assert marks(outcome.layer) == {"/etc/hostname": "~"}
    assert output(stepper, succeed(outcome), run_with("cat /etc/hostname")) == "new\nmore\n"
    outcome = perform(stepper, succeed(outcome), run_with("rm /etc/hostname"))
    assert marks(outcome.layer)["/etc/hostname"] == "-"
    assert "/etc/hostname" not in stepper.listing(succeed(outcome))


@pytest.mark.engine
def test_the_image_is_mounted_nowhere_while_the_command_runs(stepper: DockerEngine) -> None:
    assert "stepper-mounts" not in output(
        stepper, base(stepper), run_with(": /etc/hostname; cat /proc/mounts; ls -A /dev")
    )


@pytest.mark.engine
def test_where_nothing_may_be_mounted_the_engines_file_stays(
    stepper: DockerEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise MountError("not allowed")

    monkeypatch.setattr("stepper.engine.mounts.mounter.Mounter.run", refused)
    assert output(stepper, base(stepper), run_with("cat /etc/hostname")) == "buildkitsandbox\n"
