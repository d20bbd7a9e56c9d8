"""The toolbox of one session: looked for once, by whichever step needs it first."""

import contextlib
import threading
from collections.abc import Callable, Iterator

from stepper.engine.client import EngineClient
from stepper.engine.protocol import Report, unheard
from stepper.engine.toolbox import Toolbox, find_toolbox


class SessionToolbox:
    """Finds the engine's toolbox and remembers it. May be used from any thread.

    `new_name` names helper containers; `image` is the image that the busybox is taken from, None for the default ones;
    `pull` fetches an image and reports how far it has come.
    """

    def __init__(
        self,
        client: EngineClient,
        new_name: Callable[[], str],
        pull: Callable[[str, Report], None],
        *,
        image: str | None,
    ) -> None:
        self._client = client
        self._new_name = new_name
        self._pull = pull
        self._image = image
        self._lock = threading.Lock()
        self._found: Toolbox | None = None
        self._reports: list[Report] = [unheard]
        """The last one hears of a pull, whoever began that."""

    @contextlib.contextmanager
    def telling(self, report: Report) -> Iterator[None]:
        """Have a step hear of a pull during the block."""
        self._reports.append(report)
        try:
            yield
        finally:
            self._reports.remove(report)

    def find(self, rebuild: bool) -> Toolbox:
        """The toolbox; `rebuild` makes it again, for a volume that is not complete. Raises `EngineError`."""
        with self._lock:
            if self._found is None or rebuild:
                self._found = find_toolbox(
                    self._client,
                    self._new_name,
                    image=self._image,
                    pull=lambda image: self._pull(image, lambda item: self._reports[-1](item)),
                    rebuild=rebuild,
                )
            return self._found

    def forget(self) -> None:
        """Look for it anew the next time."""
        self._found = None
