"""Commits behind the stop: a step's changes can be seen while the engine still makes its image.

A commit takes some ten milliseconds for a small layer, and many seconds for one of 100,000 files.
"""

import itertools
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from stepper.engine.commit import commit
from stepper.engine.containers import Containers, Removable
from stepper.engine.step import Snapshot
from stepper.errors import EngineError, EngineUnavailable
from stepper.image.config import ImageConfig

if TYPE_CHECKING:
    import docker

_CHECK_SECONDS = 0.1


class PendingSnapshot(Snapshot):
    """A snapshot whose image may still be in the making: whoever asks for `image` waits for it.

    Raises `EngineError` there when the engine could not make it. `key` stands for the image meanwhile.
    """

    key: str

    def __init__(self, image: "Future[str]", config: ImageConfig, key: str) -> None:
        object.__setattr__(self, "_image", image)
        object.__setattr__(self, "config", config)
        object.__setattr__(self, "key", key)

    @property
    def image(self) -> str | None:
        """The id of the image, once there is one."""
        made: Future[str] = object.__getattribute__(self, "_image")
        return made.result()

    @property
    def is_made(self) -> bool:
        """Whether `image` is there without waiting."""
        made: Future[str] = object.__getattribute__(self, "_image")
        return made.done()

    @property
    def has_failed(self) -> bool:
        """Whether there never will be an image."""
        made: Future[str] = object.__getattribute__(self, "_image")
        return made.done() and made.exception() is not None

    def with_config(self, config: ImageConfig) -> "PendingSnapshot":
        """The snapshot of the same image with another configuration."""
        return PendingSnapshot(object.__getattribute__(self, "_image"), config, self.key)

    def wait(self, check: Callable[[], None]) -> None:
        """Wait for the image. `check` is called meanwhile, and may raise to stop."""
        made: Future[str] = object.__getattribute__(self, "_image")
        while not made.done():
            check()
            try:
                made.result(_CHECK_SECONDS)
            except TimeoutError:
                continue
        made.result()

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Snapshot) and (self.image, self.config) == (other.image, other.config)

    def __hash__(self) -> int:
        return hash(self.key)


class Commits:
    """Makes the images of one session's snapshots, one after another. `mark` is every snapshot's comment."""

    def __init__(self, client: "docker.DockerClient", containers: Containers, mark: str) -> None:
        self._client = client
        self._containers = containers
        self._mark = mark
        self._worker = ThreadPoolExecutor(1, "commit")
        self._numbers = itertools.count(1)

    def start(
        self,
        container: Removable,
        config: ImageConfig,
        place: str,
        *,
        made: Callable[[str], None],
        after: Callable[[str], None],
    ) -> PendingSnapshot:
        """Begin to commit a container, which is then discarded.

        `made` is called with the image's id before anybody else learns it, `after` when everybody can. `place` is that
        of the step, for messages.
        """
        image: Future[str] = Future()

        def work() -> None:
            try:
                found = commit(self._client, container.id, config, mark=self._mark)
                made(found)
            except EngineUnavailable as error:
                image.set_exception(error)
            except EngineError as error:
                image.set_exception(EngineError(f"{place}: {error.message}", hint=error.hint))
            else:
                image.set_result(found)
                after(found)
            finally:
                self._containers.discard(container)

        self._worker.submit(work)
        return PendingSnapshot(image, config, f"pending-{next(self._numbers)}")

    def wait(self) -> None:
        """Wait until all is committed that was begun."""
        self._worker.submit(lambda: None).result()

    def close(self) -> None:
        """Wait until all is committed; nothing can be begun any more."""
        self._worker.shutdown(wait=True)
