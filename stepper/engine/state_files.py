"""Files out of a state, as the engine archives them: of a snapshot, or of a container in which a step failed."""

import contextlib
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Generator, Iterator

from stepper.engine.containers import Containers
from stepper.engine.still_container import StillContainer

_KEPT = 2


class StateFiles:
    """Reads files of snapshots, from any thread. The containers that were read from last, before and after
    a step perhaps, are kept for the next look."""

    def __init__(self, containers: Containers) -> None:
        self._containers = containers
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, StillContainer] = OrderedDict()
        """By their images."""
        self._readers: Counter[str] = Counter()
        """How many read from a container, by its id."""

    def archive(self, image: Callable[[], str], path: str) -> Generator[bytes, None, None]:
        """A path of an image and all below it as a tar stream, the names relative to its directory.

        Raises `EngineError` where there is nothing.
        """
        with self._reading(image()) as container, contextlib.closing(container.get_archive(path)) as chunks:
            yield from chunks

    @contextlib.contextmanager
    def _reading(self, image: str) -> Iterator[StillContainer]:
        """A container on an image, which stays as long as somebody reads from it."""
        with self._lock:
            container = self._container(image)
            self._readers[container.id] += 1
            while len(self._kept) > _KEPT:
                self._discard_unread(self._kept.popitem(last=False)[1])
        try:
            yield container
        finally:
            with self._lock:
                self._readers[container.id] -= 1
                if self._kept.get(image) is not container:
                    self._discard_unread(container)

    def _container(self, image: str) -> StillContainer:
        container = self._kept.get(image)
        if container is None or self._containers.find(container.id) is not container:
            container = self._kept[image] = self._containers.still(image)
        self._kept.move_to_end(image)
        return container

    def _discard_unread(self, container: StillContainer) -> None:
        if not self._readers[container.id]:
            del self._readers[container.id]
            self._containers.discard(container)
