"""One network for the containers of a session, as BuildKit has a pool of them for its commands.

To make and take down a network is a third of what it costs to start and remove a container. So the first container that
asks for the default network stays until the end, as the holder of that network, and the others join it. What a step
wrote into `/etc/hosts` and `/etc/resolv.conf`, which come with the network, is undone for the next one.
"""

import contextlib
import shlex
import threading
from collections.abc import Iterator
from dataclasses import replace

from stepper.engine.step import RunSettings
from stepper.engine.step_container import StepContainer

_FILES = ("/etc/hosts", "/etc/resolv.conf")


class SharedNetworks:
    """The networks of a session: one, and more while steps run side by side, which must not see each other's ports.

    May be used from any thread.
    """

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._lock = threading.Lock()
        self.first = SharedNetwork(enabled=enabled)
        self._all = [self.first]
        self._used: list[SharedNetwork] = []
        self._of_thread = threading.local()

    @property
    def own(self) -> "SharedNetwork":
        """The one for containers that this thread starts."""
        network: SharedNetwork = getattr(self._of_thread, "network", self.first)
        return network

    @contextlib.contextmanager
    def owned(self) -> Iterator[None]:
        """Give this thread a network that no other thread has during such a block."""
        with self._lock:
            free = [network for network in self._all if network not in self._used]
            if not free:
                free = [SharedNetwork(enabled=self._enabled)]
                self._all += free
            self._used.append(free[0])
        self._of_thread.network = free[0]
        try:
            yield
        finally:
            del self._of_thread.network
            with self._lock:
                self._used.remove(free[0])

    def holds(self, container: object) -> bool:
        """Whether a container has to stay for others."""
        return any(network.holds(container) for network in self._all)

    def all(self) -> "list[SharedNetwork]":
        """Every one of them."""
        with self._lock:
            return list(self._all)


class SharedNetwork:
    """Who holds the network. May be used from any thread.

    `enabled` is False where containers get networks of their own: Podman gives one that joins another's network the
    host name of neither.
    """

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._lock = threading.Lock()
        self._holder: StepContainer | None = None
        self._restore = ""

    def joined(self, settings: RunSettings) -> RunSettings:
        """The settings with the shared network in place of the default one, where there is a holder."""
        holder = self._holder
        if holder is None or not _is_default(settings):
            return settings
        return replace(settings, network=f"container:{holder.id}")

    def enter(self, container: StepContainer, settings: RunSettings, *, may_hold: bool = True) -> None:
        """Take note of a container that was started with these settings and in which nothing was run yet.

        It becomes the holder if there is none and it may. In one that joined what steps before wrote is undone.
        """
        if settings.network is not None:
            if settings.network.startswith("container:"):
                container.worker.run(self._restore)
            return
        with self._lock:
            if may_hold and self._enabled and self._holder is None and _is_default(settings):
                self._restore = _restoring(container)
                self._holder = container

    def holds(self, container: object) -> bool:
        """Whether a container has to stay for the others."""
        return container is self._holder

    def dissolve(self) -> StepContainer | None:
        """End the sharing; the container that need not stay any longer."""
        with self._lock:
            holder, self._holder = self._holder, None
        return holder


def _is_default(settings: RunSettings) -> bool:
    return settings.network is None and not settings.extra_hosts


def _restoring(container: StepContainer) -> str:
    """The script that gives the network's files the contents that they have now."""
    lines = []
    for file in _FILES:
        found = container.worker.run(f"$b cat {file}")
        if found.code == 0 and found.stdout:
            text = found.stdout.decode("utf-8", "surrogateescape")
            lines.append(f"printf %s {shlex.quote(text)} >{file}")
    return "\n".join(lines) or ":"
