"""Every container that was started is removed, whatever else goes on."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from stepper.engine.containers import Containers
from stepper.engine.shared_network import SharedNetwork
from stepper.engine.step import RunSettings
from stepper.engine.step_container import StepContainer
from stepper.errors import EngineError


class Removed:
    """A container that notes its removal."""

    id = "container"
    removed = False

    def remove(self) -> None:
        self.removed = True


@pytest.fixture
def containers() -> Containers:
    """Those of a session without an engine."""
    nobody: Any = None
    names: Any = SimpleNamespace(new=lambda: "name")
    toolbox: Any = SimpleNamespace(volume=None)
    return Containers(nobody, names, lambda _: toolbox, share_network=True)


def test_a_holder_that_is_discarded_while_its_network_goes_is_removed(
    containers: Containers, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = containers._networks.first
    holder: Any = Removed()
    network._holder = containers._live[holder.id] = holder
    dissolving = threading.Thread(target=containers.let_networks_go)

    def holds(container: object) -> bool:
        """It does when it is asked, and then no more."""
        dissolving.start()
        # It may be over or wait for the discard, as it likes.
        dissolving.join(0.2)
        return container is holder

    monkeypatch.setattr(containers._networks, "holds", holds)
    containers.discard(holder)
    dissolving.join()
    containers.close()
    assert holder.removed


def test_a_container_that_ends_as_it_enters_its_network_is_removed(
    containers: Containers, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = Removed()
    monkeypatch.setattr(StepContainer, "start", lambda *_, **__: container)

    def enter(*_: object, **__: object) -> None:
        raise EngineError("the step's container has ended")

    monkeypatch.setattr(containers._networks.first, "enter", enter)
    with pytest.raises(EngineError, match="has ended"):
        containers.take("image")
    assert containers.find(container.id) is None
    containers.close()
    assert container.removed


def test_a_network_stays_while_a_container_is_on_its_way_into_it(
    containers: Containers, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = containers._networks.first
    holder: Any = Removed()
    network._holder = holder
    containers._idle_holders.append(holder)

    def start(*_: object, settings: RunSettings, **__: object) -> Removed:
        assert settings.network == f"container:{holder.id}"
        return Removed()

    def joined(settings: RunSettings) -> RunSettings:
        """The network is let go once it was chosen."""
        found = SharedNetwork.joined(network, settings)
        containers.let_networks_go()
        assert containers._removals == []
        return found

    monkeypatch.setattr(StepContainer, "start", start)
    monkeypatch.setattr(network, "joined", joined)
    monkeypatch.setattr(network, "enter", lambda *_, **__: None)
    containers.take("image")
    assert network.holds(holder)
    containers.close()
    assert holder.removed


def test_a_network_stays_when_a_container_cannot_be_started_without_it_either(
    containers: Containers, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = containers._networks.first
    holder: Any = Removed()
    network._holder = holder

    def start(*_: object, **__: object) -> Removed:
        raise EngineError("no such image")

    monkeypatch.setattr(StepContainer, "start", start)
    with pytest.raises(EngineError, match="no such image"):
        containers.take("image")
    assert network.holds(holder)
    containers.close()
