"""Secrets and SSH agents from the command line into a step of a real engine, and nowhere else."""

import hashlib
import subprocess
import uuid
from pathlib import Path

import pytest

from stepper.engine.connect import Connection
from stepper.folders import cache_folder
from tests.cli.conftest import Process
from tests.cli.test_with_engine import base_image, finished, remove_images

pytestmark = pytest.mark.engine


def test_a_secret_reaches_its_step_and_no_layer_cache_report_or_configuration(
    start: Process, folder: Path, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, variable = (f"swordfish-{uuid.uuid4().hex}" for _ in range(2))
    digests = [hashlib.sha256(value.encode()).hexdigest() for value in (file, variable)]
    (folder.parent / "token").write_text(file)
    monkeypatch.setenv("TOKEN", variable)
    (folder / "Dockerfile").write_text(
        "FROM busybox\n"
        "RUN --mount=type=secret,id=token,required --mount=type=secret,id=var,env=VAR,required \\\n"
        '    { cat /run/secrets/token | sha256sum; printf %s "$VAR" | sha256sum; } | cut -d" " -f1 > /digests \\\n'
        f'    && test "$(cat /digests)" = "$(printf "{digests[0]}\\n{digests[1]}")"\n'
        "RUN test ! -e /run/secrets && touch /done\n"
    )
    given = ("--secret", "id=token,src=../token", "--secret", "id=var,env=TOKEN")
    code, events, err = finished(start("run", "--json", *given))
    try:
        assert code == 0, err
        monkeypatch.setenv("TOKEN", "another")
        code, again, _ = finished(start("run", "--json", *given))
        assert code == 0
        assert [event["cached"] for event in again if event["event"] == "step.finished"][1:] == [True, True]
        image = next(event["image"] for event in reversed(events) if event.get("image"))
        saved = b"".join(connection.client.sdk.api.get_image(image))
        kept = b"".join(path.read_bytes() for path in cache_folder().rglob("*") if path.is_file())
        for value in (file, variable):
            assert value not in str(events) + err
            assert value.encode() not in saved
            assert value.encode() not in kept
    finally:
        remove_images(connection, events, base_image(connection))


@pytest.mark.parametrize("given", ["agent", "key"])
def test_an_agent_is_there_for_its_step_alone(
    start: Process, folder: Path, connection: Connection, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    key, agent = folder.parent / "key", folder.parent / "agent"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    (folder / "Dockerfile").write_text(
        "FROM busybox\n"
        f'RUN --mount=type=ssh,required,uid=7,mode=0660 stat -c "%F %a %u" "$SSH_AUTH_SOCK" > /f; echo {given}\n'
        'RUN test -z "$SSH_AUTH_SOCK" && test "$(cat /f)" = "socket 660 7"\n'
    )
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(agent)], stdout=subprocess.DEVNULL) as users:
        try:
            monkeypatch.setenv("SSH_AUTH_SOCK", str(agent))
            while not agent.exists():
                assert users.poll() is None
            ssh = "default" if given == "agent" else f"default={key}"
            code, events, err = finished(start("run", "--json", "--ssh", ssh))
        finally:
            users.terminate()
    remove_images(connection, events, base_image(connection))
    assert code == 0, err
