"""The engine's own builder: whole builds by frontends that Stepper does not know."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepper.engine.api_requests import inspect_image
from stepper.engine.build_request import BuildRequest
from stepper.engine.builder import Builder, BuildResult
from stepper.engine.client import EngineClient
from stepper.engine.connect import Connection
from stepper.engine.engine_info import PODMAN
from stepper.engine.interruption import Interruption
from stepper.engine.step import ContextSource, ExtraHost, Output, Progress, RunSettings, Ulimit
from stepper.errors import EngineError
from tests.custom_frontend.image import FRONTEND, make_frontend
from tests.engine.conftest import Printed, silent

pytestmark = pytest.mark.engine

_SYNTAX = f"# syntax={FRONTEND}\n"


@pytest.fixture
def interruption() -> Interruption:
    return Interruption()


@pytest.fixture
def builder(client: EngineClient, interruption: Interruption) -> Builder:
    return Builder(client, "Docker", interruption)


@pytest.fixture(scope="module")
def _frontend(engine: Connection) -> Iterator[None]:
    make_frontend(engine.client)
    yield
    engine.client.sdk.images.remove(FRONTEND, force=True)


def _image(client: EngineClient, result: BuildResult) -> dict[str, object]:
    assert result.failure is None, result.failure
    assert result.image is not None
    found: dict[str, object] = inspect_image(client, result.image)["Config"]
    return found


@pytest.mark.usefixtures("_frontend")
def test_another_frontend_builds_its_own_language(client: EngineClient, builder: Builder, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("from the context\n")
    (tmp_path / "recipe.txt").write_text(text := _SYNTAX + "start busybox\nset A b\nkeep kept\ndo cat kept\n")
    printed = Printed()
    request = BuildRequest(text.encode(), ContextSource(tmp_path), "recipe.txt", labels={"made": "here"}, no_cache=True)
    config = _image(client, builder.build(request, printed))
    assert "from the context\n" in printed.stdout.decode()
    assert "RUN cat kept\n" in printed.stdout.decode()
    assert "A=b" in str(config["Env"])
    assert config["Labels"] == {"made": "here"}


@pytest.mark.usefixtures("_frontend")
def test_what_the_frontend_has_against_the_file_is_a_failure(builder: Builder) -> None:
    failure = builder.build(BuildRequest(f"{_SYNTAX}start busybox\njump\n".encode()), silent).failure
    assert failure is not None
    assert failure.message == "line 3: nobody knows how to jump"
    assert failure.exit_code is None


def test_a_command_that_fails_has_its_exit_code_and_the_place(builder: Builder) -> None:
    printed = Printed()
    failure = builder.build(BuildRequest(b"FROM busybox\nRUN echo no >&2; exit 7\n"), printed).failure
    assert failure is not None
    assert failure.exit_code == 7
    assert failure.hint == "It failed at [2/2] RUN echo no >&2; exit 7"
    assert printed.stderr == b"no\n"


def test_a_frontend_that_cannot_be_had_is_a_failure_with_its_name(builder: Builder) -> None:
    failure = builder.build(BuildRequest(b"# syntax=registry.invalid/no/frontend:1\n"), silent).failure
    assert failure is not None
    assert "registry.invalid" in failure.message
    assert failure.hint is not None
    assert "credentials" in failure.hint


def test_the_options_of_the_build_reach_the_builder(client: EngineClient, builder: Builder) -> None:
    text = (
        "ARG BASE\nFROM $BASE AS first\nARG A\nRUN echo $A; cat /etc/hosts; ulimit -n; df /dev/shm; ls /sys/class/net\n"
        "FROM scratch\nCOPY --from=first /nothing /\n"
    )
    printed = Printed()
    request = BuildRequest(
        text.encode(),
        build_args={"BASE": "busybox", "A": "given"},
        target="first",
        settings=RunSettings("none", (ExtraHost("db", "10.0.0.5"),), 5 << 20, (Ulimit("nofile", 100, 200),)),
        no_cache=True,
    )
    _image(client, builder.build(request, printed))
    told = printed.stdout.decode()
    assert "given\n" in told
    assert "10.0.0.5\tdb" in told
    assert "\n100\n" in told
    assert " 5120 " in told
    assert "eth0" not in told


def test_the_context_is_sent_without_what_is_ignored(builder: Builder, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    printed = Printed()
    request = BuildRequest(b"FROM busybox\nCOPY . /c\nRUN ls /c\n", ContextSource(tmp_path, "b"), no_cache=True)
    assert builder.build(request, printed).failure is None
    assert printed.stdout.decode().endswith("Dockerfile\na\n=> exporting to image\n")


def test_it_can_be_interrupted(builder: Builder, interruption: Interruption) -> None:
    started = threading.Event()

    def report(item: Output | Progress) -> None:
        if isinstance(item, Output) and b"begun" in item.data:
            started.set()

    def interrupt() -> None:
        assert started.wait(60)
        interruption.interrupt()

    thread = threading.Thread(target=interrupt)
    thread.start()
    begun = time.monotonic()
    request = BuildRequest(b"FROM busybox\nRUN echo begun; sleep 300\n", no_cache=True)
    failure = builder.build(request, report).failure
    thread.join()
    assert failure is not None
    assert failure.interrupted
    assert time.monotonic() - begun < 120


def test_it_can_be_interrupted_while_the_context_is_sent(
    builder: Builder, interruption: Interruption, tmp_path: Path
) -> None:
    (tmp_path / "large").write_bytes(bytes(20_000_000))

    def report(item: Output | Progress) -> None:
        if isinstance(item, Progress) and "context" in item.text:
            interruption.interrupt()

    failure = builder.build(BuildRequest(b"FROM busybox\n", ContextSource(tmp_path)), report).failure
    assert failure is not None
    assert failure.interrupted


def test_an_unreadable_context_is_a_message(builder: Builder, tmp_path: Path) -> None:
    source = ContextSource(tmp_path / "gone")
    with pytest.raises(EngineError, match="build context"):
        builder.build(BuildRequest(b"FROM busybox\n", source), silent)


def test_podman_has_no_such_builder(client: EngineClient, interruption: Interruption) -> None:
    with pytest.raises(EngineError, match="Podman") as raised:
        Builder(client, PODMAN, interruption).build(BuildRequest(b"FROM busybox\n"), silent)
    assert raised.value.hint is not None
