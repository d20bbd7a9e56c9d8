"""What the engine and the kernel note about the container of a failed step."""

import pytest

from stepper.engine.client import EngineClient
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.evidence_of import evidence_of
from tests.engine.conftest import base, run, silent

pytestmark = pytest.mark.engine
LIMIT = 40 << 20


def test_a_command_that_fails_by_itself_was_not_out_of_memory(stepper: DockerEngine) -> None:
    failure = stepper.execute(run("exit 3"), base(stepper), report=silent).failure
    assert failure is not None
    evidence = stepper.evidence(failure)
    assert evidence.memory_kills == 0
    assert evidence.has_route
    assert evidence.disk_size
    assert evidence.disk_free is not None
    assert evidence.name_servers


def test_a_step_without_a_network_has_no_route(stepper: DockerEngine) -> None:
    failure = stepper.execute(run("exit 3", network="none"), base(stepper), report=silent).failure
    assert failure is not None
    assert stepper.evidence(failure).has_route is False


def test_what_the_kernel_killed_for_lack_of_memory_is_counted(stepper: DockerEngine, client: EngineClient) -> None:
    image = base(stepper).image
    assert image is not None
    limits = {"Memory": LIMIT, "MemorySwap": LIMIT}
    container = stepper._containers.take(image, host_config=limits)  # Steps have no limit of memory.
    try:
        assert container.worker.run("$b tail /dev/zero").code == 137
        evidence = evidence_of(client, container)
        assert evidence.memory_kills == 1
        assert evidence.memory_limit == LIMIT
    finally:
        stepper._containers.discard(container)
