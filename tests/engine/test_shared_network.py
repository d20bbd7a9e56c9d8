"""The network that the containers of a session share."""

import pytest

from stepper.engine.client import EngineClient
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import Snapshot
from tests.engine.conftest import Printed, base, execute, run, succeed

pytestmark = pytest.mark.engine
SPACE = "readlink /proc/self/ns/net"


def printed(stepper: DockerEngine, on: Snapshot, script: str, network: str | None = None) -> str:
    found = Printed()
    succeed(stepper.execute(run(script, network=network), on, report=found, use_cache=False))
    return found.stdout.decode().strip()


def test_steps_share_a_network(stepper: DockerEngine) -> None:
    on = base(stepper)
    assert printed(stepper, on, SPACE) == printed(stepper, on, SPACE)


def test_a_step_with_a_network_mode_of_its_own_has_another(stepper: DockerEngine) -> None:
    on = base(stepper)
    shared = printed(stepper, on, SPACE)
    assert printed(stepper, on, SPACE, network="none") != shared
    assert printed(stepper, on, SPACE, network="host") != shared


def test_what_a_step_wrote_into_hosts_is_gone_in_the_next(stepper: DockerEngine) -> None:
    on = base(stepper)
    files = "cat /etc/hosts /etc/resolv.conf"
    before = printed(stepper, on, files)
    printed(stepper, on, "echo 1.2.3.4 mine >>/etc/hosts; echo >/etc/resolv.conf")
    assert printed(stepper, on, files) == before
    assert "buildkitsandbox" in before


def test_the_host_name_is_the_same_in_every_step(stepper: DockerEngine) -> None:
    on = base(stepper)
    assert [printed(stepper, on, "hostname") for _ in range(2)] == ["buildkitsandbox"] * 2


def test_steps_go_on_when_somebody_ends_the_holder(stepper: DockerEngine, client: EngineClient) -> None:
    on = base(stepper)
    printed(stepper, on, "true")
    stepper._commits.wait()
    [holder] = stepper._containers._idle_holders
    client.api.kill(holder.id)
    client.api.wait(holder.id, condition="removed")
    assert printed(stepper, on, "echo on") == "on"
    assert printed(stepper, on, SPACE) == printed(stepper, on, SPACE)


def test_the_holder_is_removed_in_the_end(stepper: DockerEngine, client: EngineClient) -> None:
    succeed(execute(stepper, base(stepper), "true"))
    stepper._containers.clear()
    assert client.api.containers(all=True, filters={"name": f"stepper-{stepper._names.owner}"}) == []


def test_the_holder_goes_once_no_command_is_to_be_run_and_a_later_one_has_a_network_again(
    stepper: DockerEngine,
) -> None:
    made = succeed(execute(stepper, base(stepper), "touch /one"))
    stepper._commits.wait()
    assert len(stepper._containers._idle_holders) == 1
    stepper.rest()
    assert stepper._containers._idle_holders == []
    devices = printed(stepper, made, "cat /proc/net/dev")
    assert devices.count(":") > 1, "more than the loopback"


def test_the_network_stays_while_a_failed_step_s_container_is_kept(stepper: DockerEngine) -> None:
    on = base(stepper)
    succeed(execute(stepper, on, "touch /one"))
    stepper._commits.wait()
    assert execute(stepper, on, "exit 1").failure is not None
    stepper.rest()
    assert len(stepper._containers._idle_holders) == 1
