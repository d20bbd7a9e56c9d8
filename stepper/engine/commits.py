"""Commits behind the stop: a step's changes can be seen while the engine still makes its image.

A commit takes some ten milliseconds for a small layer, and many seconds for one of 100,000 files.
"""

import contextlib
import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

from stepper.engine.client import EngineClient
from stepper.engine.commit import commit
from stepper.engine.containers import Containers, Removable
from stepper.engine.step import Snapshot
from stepper.errors import EngineError, EngineUnavailable
from stepper.image.config import ImageConfig

_CHECK_SECONDS = 0.1
_CLOSE_SECONDS = 10


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
    def identity(self) -> str | None:
        """The key, also once there is an image."""
        return self.key

    @property
    def made_image(self) -> str | None:
        """The id of the image where it is there without waiting."""
        return self.image if self.is_made and not self.has_failed else None

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
        if not isinstance(other, Snapshot) or self.config != other.config:
            return False
        if self.key == other.identity:
            return True
        # The image of one in the making is a new one, so it is none that is known. Nobody who compares has to wait.
        made = self.made_image
        return made is not None and made == other.made_image

    __hash__ = Snapshot.__hash__

    def __repr__(self) -> str:
        # Nobody who prints it has to wait, or to hear that there will be no image.
        return f"PendingSnapshot(key={self.key!r}, made_image={self.made_image!r}, config={self.config!r})"


class Commits:
    """Makes the images of one session's snapshots, one after another. `mark` is every snapshot's comment."""

    def __init__(self, client: EngineClient, containers: Containers, mark: str) -> None:
        self._client = client
        self._containers = containers
        self._mark = mark
        self._numbers = itertools.count(1)
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        # A daemon, unlike the threads of an executor: nobody who leaves has to wait for a very large layer.
        self._worker = threading.Thread(target=self._work, name="commit", daemon=True)
        self._worker.start()

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
            except Exception as error:
                # Whoever waits for the image has to hear of it, whatever it is.
                image.set_exception(EngineError(f"{place}: could not commit the step's layer: {error!r}"))
            else:
                image.set_result(found)
                # It goes into the cache, and the cache never stops a build.
                with contextlib.suppress(Exception):
                    after(found)
            finally:
                self._containers.discard(container)

        self._queue.put(work)
        return PendingSnapshot(image, config, f"pending-{next(self._numbers)}")

    def wait(self) -> None:
        """Wait until all is committed that was begun."""
        done = threading.Event()
        self._queue.put(done.set)
        done.wait()

    def close(self) -> None:
        """Wait until all is committed, but not for ever; nothing can be begun any more."""
        self._queue.put(None)
        self._worker.join(_CLOSE_SECONDS)

    def _work(self) -> None:
        while (work := self._queue.get()) is not None:
            work()
