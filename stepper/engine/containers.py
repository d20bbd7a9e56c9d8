"""The containers of one session: started when needed or ahead, removed in the background, all gone at the end."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, NamedTuple, Protocol, TypeVar

from stepper.engine.client import EngineClient
from stepper.engine.leftovers import SessionNames
from stepper.engine.shared_network import SharedNetwork, SharedNetworks
from stepper.engine.step import DEFAULT_SETTINGS, RunSettings
from stepper.engine.step_container import StepContainer
from stepper.engine.still_container import StillContainer
from stepper.engine.toolbox import MOUNT_POINT, Toolbox
from stepper.errors import EngineError, StepperError

FindToolbox = Callable[[bool], Toolbox]
"""Finds the engine's toolbox; the argument asks for it to be made again."""


class Removable(Protocol):
    """A container that can be removed."""

    id: str

    def remove(self) -> None:
        """Remove it; returns when it is gone."""


class _Prepared(NamedTuple):
    """A container that is being started ahead."""

    key: object
    image: Callable[[], str]
    settings: RunSettings
    container: Future[StepContainer]


C = TypeVar("C", bound=Removable)
_TURN_SECONDS = 0.5
"""So long a start or a removal waits for its turn: an engine may take long for one, and others need not suffer."""


class Containers:
    """Starts and removes containers for one engine. May be used from any thread.

    With `share_network` those with the default network share one (see `stepper.engine.shared_network`), but for those
    of steps that run side by side. `cpus` are the engine's: a start keeps more than one of them busy, so two at once
    would both take as long as one after the other, and removals get in the way of both.
    """

    def __init__(
        self,
        client: EngineClient,
        names: SessionNames,
        find_toolbox: FindToolbox,
        *,
        share_network: bool,
        cpus: int = 1,
    ) -> None:
        self._client = client
        self._names = names
        self._find_toolbox = find_toolbox
        self._lock = threading.Lock()
        self._starter = ThreadPoolExecutor(1, "container-start")
        self._remover = ThreadPoolExecutor(4, "container-remove")
        self._most_starts = max(1, cpus // 2)
        self._turn = threading.Condition()
        self._starting = 0
        """How many are being started now."""
        self._live: dict[str, Removable] = {}
        self._resting: set[str] = set()
        """Of those that live: the ids of those in which nothing runs any more."""
        self._removals: list[Future[None]] = []
        self._prepared: _Prepared | None = None
        self._networks = SharedNetworks(enabled=share_network)
        self._joining = 0
        """How many are on their way into a network: they have chosen one, and do not live yet."""
        self._idle_holders: list[Removable] = []
        """The holders of networks once their own work is done."""

    def own_network(self) -> contextlib.AbstractContextManager[None]:
        """For the thread of a step, while it runs: its containers share no network with those of other such threads."""
        return self._networks.owned()

    def take(
        self,
        image: str,
        settings: RunSettings = DEFAULT_SETTINGS,
        *,
        host_config: Mapping[str, Any] | None = None,
        needs_toolbox: bool = False,
    ) -> StepContainer:
        """A fresh container on an image for the caller to use and discard: the prepared one, or a new one.

        One with a `host_config` (see `StepContainer.start`) is always new. With `needs_toolbox` the shell of the image
        never serves in its place: `EngineError` is raised instead.
        """
        if host_config is not None:
            return self._start(image, settings, host_config, needs_toolbox=needs_toolbox)
        with self._lock:
            prepared = None
            # It is in the first network.
            if self._networks.own is self._networks.first:
                prepared, self._prepared = self._prepared, None
        if prepared is not None:
            with contextlib.suppress(StepperError):
                if prepared.settings == settings and prepared.image() == image:
                    return prepared.container.result()
            self._discard_when_started(prepared.container)
        return self._start(image, settings)

    def still(self, image: str) -> StillContainer:
        """A container on an image that is not started, for the caller to use and discard."""
        return self._keep(StillContainer(self._client, image=image, name=self._names.new()))

    @contextlib.contextmanager
    def running(self, image: str) -> Iterator[StepContainer]:
        """A container on an image for a moment."""
        container = self.take(image)
        try:
            yield container
        finally:
            self.discard(container)

    def prepare(
        self,
        key: object,
        image: Callable[[], str],
        settings: RunSettings = DEFAULT_SETTINGS,
        *,
        then: Callable[[StepContainer], object] | None = None,
    ) -> None:
        """Start a container ahead in the background; one at a time. `then` is called with it once it runs.

        `key` stands for the image: asking with the same object again changes nothing. `image` gives the image's id, and
        may take its time. What fails here fails again where it counts.
        """

        def start() -> StepContainer:
            container = self._start(image(), settings)
            if then is not None:
                with contextlib.suppress(StepperError):
                    then(container)
            return container

        with self._lock:
            superseded = self._prepared
            if superseded is not None and superseded.key is key and superseded.settings == settings:
                return
            self._prepared = _Prepared(key, image, settings, self._starter.submit(start))
        # Outside the lock: a container that has started already is discarded at once, which takes the lock.
        if superseded is not None:
            self._discard_when_started(superseded.container)

    def discard(self, container: Removable) -> None:
        """Remove a container in the background. May be called twice."""
        with self._lock:
            self._resting.discard(container.id)
            if self._live.pop(container.id, None) is None:
                return
            if self._networks.holds(container):
                self._idle_holders.append(container)
            else:
                self._remove(container)

    def find(self, container: str) -> Removable | None:
        """The container with this id, None when it was discarded."""
        return self._live.get(container)

    def rest(self, container: Removable) -> None:
        """Note that nothing runs in a container any more: it only has files that are needed until it is discarded."""
        with self._lock:
            self._resting.add(container.id)

    def let_networks_go(self) -> None:
        """Remove what only holds a network, unless something may use it now. One that is wanted later is made anew."""
        with self._lock:
            may_run = (key not in self._resting for key, each in self._live.items() if isinstance(each, StepContainer))
            if self._joining or self._prepared is not None or any(may_run):
                return
            # Who starts one now waits for the lock, and finds no network to join.
            for network in self._networks.all():
                self._dissolve(network)

    def clear(self) -> int:
        """Remove every container and wait until they are gone; how many there were."""
        with self._lock:
            prepared, self._prepared = self._prepared, None
        if prepared is not None:
            wait([prepared.container])
        with self._lock:
            left = [*self._live.values(), *self._idle_holders]
            for network in self._networks.all():
                self._dissolve(network)
        for container in left:
            self.discard(container)
        for removal in list(self._removals):
            removal.result()
        return len(left)

    def close(self) -> None:
        """Remove every container and wait until they are gone. Raises the first error there was."""
        self._starter.shutdown(wait=True)
        try:
            self.clear()
        finally:
            self._remover.shutdown(wait=True)

    def _start(
        self,
        image: str,
        settings: RunSettings,
        host_config: Mapping[str, Any] | None = None,
        *,
        needs_toolbox: bool = False,
    ) -> StepContainer:
        toolbox = self._toolbox(False, needs_toolbox)
        try:
            container = self._start_with(toolbox, image, settings, host_config)
        except EngineError as error:
            if toolbox.volume is None or MOUNT_POINT not in error.message:
                raise
            # The volume is there but what it should hold is not: somebody was stopped while filling it.
            container = self._start_with(self._toolbox(True, needs_toolbox), image, settings, host_config)
        return container

    def _toolbox(self, rebuild: bool, is_needed: bool) -> Toolbox:
        toolbox = self._find_toolbox(rebuild)
        if is_needed and toolbox.volume is None:
            raise EngineError("there is no toolbox to work with", hint="Get one: `docker pull busybox:musl`.")
        return toolbox

    def _start_with(
        self, toolbox: Toolbox, image: str, settings: RunSettings, host_config: Mapping[str, Any] | None
    ) -> StepContainer:
        network = self._networks.own
        with self._joining_one():
            joined = network.joined(settings)
            try:
                container = self._start_one(toolbox, image, joined, host_config)
            except EngineError:
                if joined == settings:
                    raise
                # Perhaps somebody ended the container that holds the network; then this one starts without it.
                joined = settings
                container = self._start_one(toolbox, image, joined, host_config)
                with self._lock:
                    self._dissolve(network)
        # The holder outlives its step, which what has privileges or holds a cache must not.
        try:
            network.enter(container, joined, may_hold=host_config is None)
        except BaseException:
            self.discard(container)
            raise
        return container

    @contextlib.contextmanager
    def _joining_one(self) -> Iterator[None]:
        with self._lock:
            self._joining += 1
        try:
            yield
        finally:
            with self._lock:
                self._joining -= 1

    def _start_one(
        self, toolbox: Toolbox, image: str, settings: RunSettings, host_config: Mapping[str, Any] | None
    ) -> StepContainer:
        with self._starting_one():
            return self._keep(
                StepContainer.start(
                    self._client,
                    image=image,
                    name=self._names.new(),
                    toolbox=toolbox,
                    settings=settings,
                    host_config=host_config,
                )
            )

    @contextlib.contextmanager
    def _starting_one(self) -> Iterator[None]:
        with self._turn:
            self._turn.wait_for(lambda: self._starting < self._most_starts, _TURN_SECONDS)
            self._starting += 1
        try:
            yield
        finally:
            with self._turn:
                self._starting -= 1
                self._turn.notify_all()

    def _dissolve(self, network: SharedNetwork) -> None:
        """End the sharing of a network; the caller holds the lock, as who discards its holder does."""
        holder = network.dissolve()
        if holder is not None and holder in self._idle_holders:
            self._idle_holders.remove(holder)
            self._remove(holder)

    def _remove(self, container: Removable) -> None:
        """Remove it in the background; the caller holds the lock. What failed is raised by `clear`."""
        self._removals = [each for each in self._removals if not each.done() or each.exception() is not None]
        self._removals.append(self._remover.submit(self._remove_behind, container))

    def _remove_behind(self, container: Removable) -> None:
        with self._turn:
            # Somebody waits for a start, and for a removal nobody does.
            self._turn.wait_for(lambda: not self._starting, _TURN_SECONDS)
        container.remove()

    def _keep(self, container: C) -> C:
        with self._lock:
            self._live[container.id] = container
        return container

    def _discard_when_started(self, future: Future[StepContainer]) -> None:
        def discard(done: Future[StepContainer]) -> None:
            if not done.cancelled() and done.exception() is None:
                self.discard(done.result())

        future.add_done_callback(discard)
