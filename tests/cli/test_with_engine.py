"""The whole command as a process of its own, against a real engine."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import docker.errors
import pytest

from stepper.engine.connect import Connection
from stepper.engine.leftovers import SessionNames
from stepper.folders import cache_folder
from tests.cli.conftest import Process

pytestmark = pytest.mark.engine


def finished(process: "subprocess.Popen[str]") -> tuple[int, list[dict[str, Any]], str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, [json.loads(line) for line in out.splitlines()], err


def remove_images(connection: Connection, events: list[dict[str, Any]], base: str) -> None:
    """Remove what a build left: its image and its snapshots, the last first."""
    images = dict.fromkeys(event["image"] for event in reversed(events) if event.get("image"))
    for image in images:
        # Podman 4 takes the ones before it along.
        if image != base:
            with contextlib.suppress(docker.errors.NotFound):
                connection.client.api.remove_image(image, force=True, noprune=True)


def base_image(connection: Connection) -> str:
    return str(connection.client.sdk.images.get("busybox").id)


def containers(connection: Connection) -> list[str]:
    """The containers that the test's own sessions left; others may use the engine as well."""
    names = SessionNames(cache_folder())
    found = connection.client.sdk.containers.list(all=True, filters={"name": f"stepper-{names.owner}-"})
    names.close()
    return [str(container.name) for container in found]


def test_a_multi_stage_build_is_built_tagged_and_runs(connection: Connection, start: Process, folder: Path) -> None:
    tag = f"stepper-test-{uuid.uuid4().hex[:12]}"
    (folder / "greeting").write_text(tag)
    (folder / "Dockerfile").write_text(
        "FROM busybox AS builder\n"
        "COPY greeting /in\n"
        "RUN tr a-z A-Z < /in > /out && echo done\n"
        "FROM busybox\n"
        "COPY --from=builder /out /greeting\n"
        'CMD ["cat", "/greeting"]\n'
    )
    code, events, err = finished(start("run", "--json", "-t", tag))
    try:
        assert (code, err) == (0, "")
        steps = {event["line"]: event for event in events if event["event"] == "step.finished"}
        # The second FROM waits for nobody.
        assert [line for line in steps if line != 4] == [1, 2, 3, 5, 6]
        assert 4 in steps
        assert (steps[3]["changes"]["added"], steps[3]["changes"]["deleted"]) == (1, 0)
        assert [event["text"] for event in events if event["event"] == "step.output"] == ["done\n"]
        end = events[-1]
        assert (end["event"], end["status"], end["tags"]) == ("build.finished", "built", [tag])
        assert connection.client.sdk.images.get(tag).attrs["Config"]["Cmd"] == ["cat", "/greeting"]
        assert connection.client.sdk.containers.run(tag, remove=True).decode() == tag.upper()
    finally:
        remove_images(connection, events, base_image(connection))


def test_a_build_from_the_cache_loads_neither_the_sdk_nor_the_screen_nor_what_a_user_has_to_ask_for(
    connection: Connection, start: Process, folder: Path
) -> None:
    (folder / "Dockerfile").write_text("FROM busybox\nRUN echo one > /one\nCMD cat /one\n")
    code, events, err = finished(start("run", "--json"))
    try:
        assert (code, err) == (0, "")
        look = "import sys; from stepper.cli.main import main; main(['run'])"
        asked_for = ("debugger.conditions", "debugger.console", "debugger.step_facts", "dockerfile.shell")
        unwanted = {"docker", "textual", *(f"stepper.{name}" for name in asked_for)}
        look += f"; print({unwanted!r} & set(sys.modules))"
        environment = {**os.environ, "DOCKER_HOST": connection.endpoint.url}
        done = subprocess.run(
            [sys.executable, "-c", look], cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        assert "2 of 2 steps from the cache" in done.stdout
        assert done.stdout.splitlines()[-1] == "set()"
    finally:
        remove_images(connection, events, base_image(connection))


def test_a_failing_step_is_exit_code_1_with_its_place_and_output(start: Process, folder: Path) -> None:
    (folder / "Dockerfile").write_text("FROM busybox\nRUN echo oh no && exit 7\n")
    process = start("run")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "    2 ✖ RUN echo oh no && exit 7" in out
    assert err.splitlines()[1].startswith("Dockerfile:2: ")
    assert "7" in err.splitlines()[1]
    assert "    oh no" in err


def test_ctrl_c_stops_a_step_at_once_and_leaves_no_container(
    connection: Connection, start: Process, folder: Path
) -> None:
    (folder / "Dockerfile").write_text("FROM busybox\nRUN echo started && sleep 600\n")
    process = start("run", "--json")
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "step.output":
            break
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert time.monotonic() - begun < 30
    failed = next(event for event in map(json.loads, out.splitlines()) if event["event"] == "step.failed")
    assert failed["interrupted"]
    assert "Traceback" not in err
    assert containers(connection) == []


def test_a_reader_that_goes_away_ends_the_run_quietly(connection: Connection, start: Process, folder: Path) -> None:
    (folder / "Dockerfile").write_text("FROM busybox\nRUN while true; do echo more; done\n")
    process = start("run")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 141
    assert containers(connection) == []


def test_an_engine_that_is_not_there_is_exit_code_3(start: Process, folder: Path) -> None:
    (folder / "Dockerfile").write_text("FROM busybox\n")
    process = start("run", "-H", f"unix://{folder}/none.sock")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (3, "")
    assert "none.sock" in err
    assert "Traceback" not in err


def test_engine_names_the_engine(start: Process, connection: Connection) -> None:
    process = start("engine")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert connection.endpoint.url in out
    assert "DOCKER_HOST" in out


def test_run_is_run_with_the_options_of_the_build(connection: Connection, start: Process, folder: Path) -> None:
    script = "grep -c '10.1.2.3.*db' /etc/hosts; df -k /dev/shm | tail -n 1; ulimit -n; ulimit -Hn"
    (folder / "Dockerfile").write_text(f"FROM busybox\nRUN {script} > /seen\nRUN cat /seen\nLABEL a=file b=file\n")
    arguments = (
        *("--add-host", "db:10.1.2.3", "--shm-size", "12m", "--ulimit", "nofile=123:456"),
        *("--label", "b=given", "--iidfile", "id"),
    )
    code, events, err = finished(start("run", "--json", *arguments))
    assert code == 0, err
    hosts, shm, soft, hard = "".join(event.get("text", "") for event in events).splitlines()
    assert (hosts, shm.split()[1], soft, hard) == ("1", str(12 * 1024), "123", "456")
    image = (folder / "id").read_text()
    assert image == events[-1]["image"]
    assert connection.client.sdk.images.get(image).labels == {"a": "file", "b": "given"}
    _, again, _ = finished(start("run", "--json", *arguments))
    assert [event["cached"] for event in again if event["event"] == "step.finished"][1:] == [True] * 3
    _, others, _ = finished(start("run", "--json", *arguments, "--add-host", "cache:10.1.2.4"))
    assert [event["cached"] for event in others if event["event"] == "step.finished"][1] is False
    remove_images(connection, [*events, *others], base_image(connection))


def test_a_dockerfile_on_standard_input_builds_on_additional_contexts(
    connection: Connection, start: Process, folder: Path
) -> None:
    extra = folder / "extra"
    (extra / "sub").mkdir(parents=True)
    (extra / "sub" / "kept").write_text("kept")
    (extra / "left").write_text("left")
    (extra / ".dockerignore").write_text("left\n.dockerignore\n")
    text = (
        "FROM extra AS base\nENV A=1\nFROM alpine\nCOPY --from=base / /base\nCOPY --from=extra sub/kept /copied\n"
        "RUN find /base; cat /copied\n"
    )
    contexts = ("--build-context", "extra=extra", "--build-context", "alpine=docker-image://busybox")
    process = start("run", "--json", *contexts, "-f", "-", ".")
    out, err = process.communicate(text, timeout=120)
    assert process.returncode == 0, err
    events = [json.loads(line) for line in out.splitlines()]
    printed = "".join(event.get("text", "") for event in events)
    assert sorted(printed.splitlines()) == ["/base", "/base/sub", "/base/sub/kept", "kept"]
    assert {event["file"] for event in events if "file" in event} == {"<stdin>"}
    remove_images(connection, events, base_image(connection))
