"""What the engine's own builder makes, as a snapshot."""

import pytest

from stepper.engine.api_requests import inspect_image, list_images
from stepper.engine.build_request import BuildRequest
from stepper.engine.client import EngineClient
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import Failure, Snapshot
from tests.engine.conftest import Printed, run, silent, succeed

pytestmark = pytest.mark.engine

_FILE = b"""\
FROM busybox
ENV A=1
LABEL own=file
RUN echo here > /made
VOLUME /data
ONBUILD RUN later
"""


def _build(stepper: DockerEngine, text: bytes = _FILE) -> Snapshot:
    outcome = stepper.build(BuildRequest(text, labels={"given": "too"}), report=silent)
    assert outcome.layer is None
    assert outcome.size > 1_000_000
    return succeed(outcome)


def test_its_configuration_and_files_are_known(stepper: DockerEngine) -> None:
    snapshot = _build(stepper)
    config = snapshot.config
    assert config.environment["A"] == "1"
    assert dict(config.labels) == {"given": "too", "own": "file"}
    assert (config.volumes, config.on_build) == (("/data",), ("RUN later",))
    assert config.history[-1].created_by == "VOLUME [/data]"
    assert stepper.listing(snapshot)["/made"].size == 5


def test_it_is_tagged_as_the_builder_made_it(stepper: DockerEngine, client: EngineClient) -> None:
    built = stepper.finish(_build(stepper), tags=("stepper-whole-build:test",), report=silent)
    try:
        found = inspect_image(client, "stepper-whole-build:test")
        assert found["Id"] == built.id
        assert found["Config"]["Volumes"] == {"/data": {}}
        assert found["Config"]["OnBuild"] == ["RUN later"]
    finally:
        client.request("DELETE", "/images/stepper-whole-build:test")


def test_steps_can_stand_on_it(stepper: DockerEngine) -> None:
    printed = Printed()
    succeed(stepper.execute(run("cat /made; mkdir /data; echo x > /data/x"), _build(stepper), report=printed))
    assert printed.stdout == b"here\n"


def test_a_failed_one_has_no_container(stepper: DockerEngine) -> None:
    outcome = stepper.build(BuildRequest(b"FROM busybox\nRUN exit 3\n"), report=silent)
    assert outcome.snapshot is None
    assert isinstance(outcome.failure, Failure)
    assert (outcome.failure.exit_code, outcome.failure.container) == (3, None)


def test_an_image_without_files_is_one_too(stepper: DockerEngine) -> None:
    outcome = stepper.build(BuildRequest(b"FROM scratch\nLABEL a=b\n"), report=silent)
    snapshot = succeed(outcome)
    assert (dict(snapshot.config.labels), outcome.size) == ({"a": "b"}, 0)
    assert [path for path in stepper.listing(snapshot) if path != "/"] == []


def test_prune_removes_what_nobody_named(stepper: DockerEngine, client: EngineClient) -> None:
    image = stepper.finish(_build(stepper, _FILE + b"ENV UNIQUE=prune\n"), tags=(), report=silent).id
    stepper.prune()
    assert image not in [each["Id"] for each in list_images(client)]
