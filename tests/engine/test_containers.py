"""Who removes the container that holds a network, whatever else goes on."""

import threading
from typing import Any

import pytest

from stepper.engine.containers import Containers


class Holder:
    """A container that holds the network."""

    id = "holder"
    removed = False

    def remove(self) -> None:
        self.removed = True


def test_a_holder_that_is_discarded_while_its_network_goes_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody: Any = None
    containers = Containers(nobody, nobody, nobody, share_network=True)
    network = containers._networks.first
    holder: Any = Holder()
    network._holder = containers._live[holder.id] = holder
    dissolving = threading.Thread(target=containers._dissolve, args=(network,))

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
