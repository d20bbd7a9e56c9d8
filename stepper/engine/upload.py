"""What a step sends into its container: members put together into few archives, streamed, with their progress told."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from stepper.engine.archive_writer import directories, in_chunks
from stepper.engine.copy_plan import Planned, Target
from stepper.engine.protocol import Report
from stepper.engine.step import Progress
from stepper.engine.still_container import StillContainer
from stepper.image.archive import END

_REPORT_BYTES = 8 << 20


class Upload:
    """The archives for one container. `target` knows what the container's filesystem will be like."""

    def __init__(self, container: StillContainer, target: Target, *, report: Report, check: Callable[[], None]) -> None:
        self.target = target
        self._container = container
        self._report = report
        self._check = check
        self._members: list[Iterable[bytes]] = []
        self._total = 0
        self._sent = 0
        self._reported = 0

    def add(self, planned: Iterable[Planned], members: Iterable[bytes]) -> None:
        """Send these members with the next archive; they are made when it goes out."""
        self._total += sum(file.entry.size for file in planned)
        self._members.append(members)

    def flush(self) -> None:
        """Send what waits: directories first, so that everything after them finds its place."""
        waiting, self._members = self._members, []
        first = list(directories(self.target))
        if waiting or first:
            self._put("/", chain(first, *waiting, (END,)))

    def send(self, folder: str, members: Iterable[bytes]) -> None:
        """Send one archive by itself, after all that waits; its names are relative to a directory of the container."""
        self.flush()
        self._put(folder, members)

    def sent(self, size: int) -> None:
        """Count content that went out. Raises what `check` raises."""
        self._check()
        self._sent += size
        if self._sent - self._reported >= _REPORT_BYTES:
            self._reported = self._sent
            self._report(Progress("copying files", self._sent, max(self._total, self._sent)))

    def _put(self, folder: str, members: Iterable[bytes]) -> None:
        self._check()
        chunks = in_chunks(members)
        first = next(chunks, b"")
        second = next(chunks, None)
        # A small archive goes out in one piece; the engine takes it in as a body of known length.
        self._container.put_archive(folder, first if second is None else _all(first, second, chunks))


def _all(first: bytes, second: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield second
    yield from rest
