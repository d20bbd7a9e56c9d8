"""Files out of a state, as the engine archives them: of a snapshot, or of a container in which a step failed."""

import contextlib
import threading
from collections.abc import Callable, Generator

from stepper.engine.containers import Containers
from stepper.engine.still_container import StillContainer


class StateFiles:
    """Reads files of snapshots. The container that was read from last is kept for the next look."""

    def __init__(self, containers: Containers) -> None:
        self._containers = containers
        self._lock = threading.Lock()
        self._last: StillContainer | None = None

    def archive(self, image: Callable[[], str], path: str) -> Generator[bytes, None, None]:
        """A path of an image and all below it as a tar stream, the names relative to its directory.

        Raises `EngineError` where there is nothing.
        """
        with contextlib.closing(self._container(image()).get_archive(path)) as chunks:
            yield from chunks

    def _container(self, image: str) -> StillContainer:
        with self._lock:
            last = self._last
            if last is not None and last.image == image and self._containers.find(last.id) is last:
                return last
            self._last = self._containers.still(image)
        if last is not None:
            self._containers.discard(last)
        return self._last
