"""Secrets of RUN on a real engine: what the command sees of them, and that nobody else sees anything."""

import contextlib
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import docker.errors
import pytest

from stepper.dockerfile.mounts import SecretMount
from stepper.engine.access import BuildAccess, Secret
from stepper.engine.api_requests import get_json, image_history, inspect_image
from stepper.engine.client import EngineClient
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import Snapshot, Step
from tests.engine.conftest import Printed, base, marks, succeed
from tests.engine.mounts.conftest import output, perform, run_with

pytestmark = pytest.mark.engine
VALUE = "hunter2-of-the-test"


@pytest.fixture
def access(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BuildAccess:
    file = tmp_path / "secret"
    file.write_text(VALUE)
    monkeypatch.setenv("STEPPER_TEST_SECRET", f"env-{VALUE}")
    return BuildAccess(secrets={"file": Secret(file=file), "variable": Secret(variable="STEPPER_TEST_SECRET")})


def secret_step(script: str, access: BuildAccess, **options: object) -> Step:
    mounts = (
        SecretMount("file", "/run/secrets/file", **options),  # type: ignore[arg-type]  # the options of one test
        SecretMount("variable", "/etc/deep/er", "TOKEN"),
    )
    return run_with(script, *mounts, access=access)


def test_a_secret_is_a_file_and_a_variable(stepper: DockerEngine, access: BuildAccess) -> None:
    found = output(stepper, base(stepper), secret_step("cat /run/secrets/file /etc/deep/er; echo $TOKEN", access))
    assert found == f"{VALUE}env-{VALUE}env-{VALUE}\n"


def test_its_mode_and_owner(stepper: DockerEngine, access: BuildAccess) -> None:
    script = "stat -c '%a %u:%g' /run/secrets/file; touch /run/secrets/file || echo read-only"
    assert output(stepper, base(stepper), secret_step(script, access)) == "400 0:0\nread-only\n"
    step = secret_step(script, access, mode=0o640, uid=12, gid=34)
    assert output(stepper, base(stepper), step) == "640 12:34\nread-only\n"


def test_any_bytes(stepper: DockerEngine, tmp_path: Path) -> None:
    data = bytes(range(256)) * 1000
    (tmp_path / "f").write_bytes(data)
    access = BuildAccess(secrets={"s": Secret(file=tmp_path / "f")})
    printed = Printed()
    step = run_with("cat /s", SecretMount("s", "/s"), access=access)
    assert perform(stepper, base(stepper), step, report=printed).failure is None
    assert printed.stdout == data


def test_one_that_is_not_given_is_left_out_unless_it_is_required(stepper: DockerEngine) -> None:
    on = base(stepper)
    step = run_with("ls /s; echo ${T-unset}.", SecretMount("s", "/s"), SecretMount("t", None, "T"))
    assert output(stepper, on, step) == ".\n"
    outcome = perform(stepper, on, run_with("true", SecretMount("s", "/s", required=True)))
    assert outcome.failure is not None
    assert outcome.failure.message == "secret s: not found"
    assert "--secret id=s" in (outcome.failure.hint or "")


def test_one_that_cannot_be_read_or_is_too_big_says_so(stepper: DockerEngine, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * (500 * 1024 + 1))
    secrets = {"gone": Secret(file=tmp_path / "gone"), "big": Secret(file=tmp_path / "big")}
    messages = []
    for name in secrets:
        step = run_with("true", SecretMount(name, "/s"), access=BuildAccess(secrets=secrets))
        failure = perform(stepper, base(stepper), step).failure
        messages.append(failure.message if failure is not None else "")
    assert messages == [
        f"secret gone: {tmp_path / 'gone'}: No such file or directory",
        "secret big is too big: the most is 512000 bytes",
    ]


def test_its_value_is_none_of_what_the_step_depends_on(stepper: DockerEngine, tmp_path: Path) -> None:
    (tmp_path / "f").write_text("1")
    access = BuildAccess(secrets={"s": Secret(file=tmp_path / "f")})
    step = run_with("wc -c /s >/size", SecretMount("s", "/s"), access=access)
    assert not perform(stepper, base(stepper), step, use_cache=True).cached
    (tmp_path / "f").write_text("other")
    assert perform(stepper, base(stepper), step, use_cache=True).cached


def everything_known(client: EngineClient, stepper: DockerEngine, snapshot: Snapshot) -> Iterator[bytes]:
    """All that a secret could have got into: the image, its layers, containers, volumes, and Stepper's files."""
    image = snapshot.image or ""
    yield json.dumps([inspect_image(client, image), image_history(client, image)]).encode()
    saved = io.BytesIO(b"".join(client.api.get_image(image)))
    with tarfile.open(fileobj=saved) as archive:
        for member in archive:
            content = archive.extractfile(member)
            yield content.read() if content is not None else b""
    own = json.dumps({"name": [f"-{stepper._names.session}-"]})
    for container in get_json(client, "/containers/json", all=1, filters=own):
        with contextlib.suppress(docker.errors.NotFound):
            yield json.dumps(get_json(client, f"/containers/{container['Id']}/json")).encode()
    yield json.dumps(get_json(client, "/volumes")).encode()
    for path in stepper._names._folder.parent.rglob("*"):
        yield path.read_bytes() if path.is_file() else b""


@pytest.mark.parametrize("end", ["true", "exit 3"])
def test_its_value_is_nowhere_else(stepper: DockerEngine, client: EngineClient, access: BuildAccess, end: str) -> None:
    on = base(stepper)
    processes = "ps -o args; cat /proc/[0-9]*/cmdline"
    printed = Printed()
    script = f'cat /run/secrets/file >/dev/null; [ -n "$TOKEN" ]; {processes}; touch /f; {end}'
    outcome = perform(stepper, on, secret_step(script, access), report=printed)
    assert VALUE.encode() not in printed.stdout + printed.stderr
    assert VALUE not in repr(outcome)
    assert marks(outcome.layer).keys() >= {"/f"}
    if outcome.failure is None:
        after = succeed(outcome)
    else:
        assert VALUE not in repr(secret_step(script, access))
        after = on
    assert [part for part in everything_known(client, stepper, after) if VALUE.encode() in part] == []
    if outcome.failure is None:
        left = "ls /run/secrets /etc/deep; cat /proc/mounts"
        assert "secret" not in output(stepper, after, run_with(left))
