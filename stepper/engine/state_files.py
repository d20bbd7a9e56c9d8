"""Files out of a state, as the engine archives them: of a snapshot, or of a container in which a step failed."""

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator

from stepper.engine.containers import Containers
from stepper.engine.still_container import StillContainer


class StateFiles:
    """Reads files of snapshots, from any thread. The container that was read from last is kept for the next look."""

    def __init__(self, containers: Containers) -> None:
        self._containers = containers
        self._lock = threading.Lock()
        self._last: StillContainer | None = None
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
            before, container = self._last, self._container(image)
            self._readers[container.id] += 1
            if before is not None and before is not container:
                self._discard_unread(before)
        try:
            yield container
        finally:
            with self._lock:
                self._readers[container.id] -= 1
                if container is not self._last:
                    self._discard_unread(container)

    def _container(self, image: str) -> StillContainer:
        last = self._last
        if last is None or last.image != image or self._containers.find(last.id) is not last:
            self._last = last = self._containers.still(image)
        return last

    def _discard_unread(self, container: StillContainer) -> None:
        if not self._readers[container.id]:
            del self._readers[container.id]
            self._containers.discard(container)
