"""What a step does in a container on the snapshot before it, up to the commit."""

from collections.abc import Callable
from functools import partial

from stepper.dockerfile.operations import CopyOperation, WorkdirOperation
from stepper.engine.containers import Containers
from stepper.engine.context import BuildContext
from stepper.engine.copy_digest import Reading, input_digest, read_digest
from stepper.engine.copy_error import CopyError
from stepper.engine.copying import SnapshotFiles, copy, has_directory, make_working_directory
from stepper.engine.directory_times import DirectoryTimes
from stepper.engine.interruption import Interruption, StoppedError
from stepper.engine.listings import Listings
from stepper.engine.performed import Performed
from stepper.engine.protocol import Report
from stepper.engine.remote.fetch_error import FetchError
from stepper.engine.remote.remote_sources import RemoteSources, local_part
from stepper.engine.step import Failure, Snapshot, Step
from stepper.engine.unlisted_files import UnlistedOf
from stepper.image.layer import Layer

ImageOf = Callable[[Snapshot], str]
"""The image to make containers of for a snapshot."""


class StepWork:
    """Does the work of COPY, ADD and WORKDIR in one engine.

    The caller discards the container. `can_link` tells an engine whose BuildKit does
    what `COPY --link` asks for.
    """

    def __init__(
        self,
        containers: Containers,
        listings: Listings,
        interruption: Interruption,
        image_of: ImageOf,
        remote: RemoteSources,
        unlisted: UnlistedOf,
        times: DirectoryTimes,
        *,
        can_link: bool,
    ) -> None:
        self._containers = containers
        self._listings = listings
        self._interruption = interruption
        self._image_of = image_of
        self._remote = remote
        self._unlisted = unlisted
        self._times = times
        self._can_link = can_link

    def copy_inputs(self, step: Step, operation: CopyOperation, report: Report) -> list[object]:
        """What tells that which a COPY or ADD reads from anything else.

        Raises `CopyError` and `FetchError` where something is missing, `StoppedError` when the user stops it.
        """
        if isinstance(step.source, Snapshot):
            return [step.source.image]
        assert step.source is not None, "a COPY has a source"
        local = input_digest(local_part(operation), step.source)
        return [local, *self._remote.keys(operation, step.access, report)]

    def copy(self, step: Step, operation: CopyOperation, on: Snapshot, report: Report) -> Performed:
        """COPY and ADD."""
        source = step.source
        assert source is not None, "a COPY has a source"
        try:
            read: SnapshotFiles | list[Reading]
            local: list[Reading] = []
            if isinstance(source, Snapshot):
                read = self._files(source)
            else:
                parts = self._remote.parts(operation, source, step.access, report)
                read = [Reading(part.operation, BuildContext(part.source), part.whole) for part in parts]
                local = [reading for reading, part in zip(read, parts, strict=True) if part.source is source]
        except FetchError as error:
            return Performed(failure=Failure(error.message, error.hint))
        except StoppedError:
            return Performed(failure=Failure("interrupted", interrupted=True))
        try:
            into = self._into(on)
            performed = self._finished(
                into,
                lambda: copy(
                    operation,
                    read,
                    into,
                    working_dir=on.config.working_dir,
                    can_link=self._can_link,
                    report=report,
                    check=self._interruption.check,
                ),
            )
            return performed._replace(read=_read(local)) if performed.container is not None and local else performed
        finally:
            if isinstance(read, SnapshotFiles):
                self._containers.discard(read.container)

    def make_directory(
        self, operation: WorkdirOperation, on: Snapshot, report: Report, source_date: int | None
    ) -> Performed:
        """WORKDIR. `source_date` is the time of the directory, in seconds; None for now."""
        if has_directory(operation.path, self._listings.of(on.image)):
            return Performed()
        into = self._into(on)
        return self._finished(
            into,
            lambda: make_working_directory(
                operation.path, on.config.user, into, report=report, source_date=source_date
            ),
        )

    def _finished(self, into: SnapshotFiles, write: Callable[[], Layer]) -> Performed:
        """Write into a container, which is only of use when that succeeds."""
        try:
            return Performed(write(), into.container)
        except StoppedError:
            failure = Failure("interrupted", interrupted=True)
        except CopyError as error:
            failure = Failure(error.message, error.hint)
        except BaseException:
            self._containers.discard(into.container)
            raise
        self._containers.discard(into.container)
        return Performed(failure=failure)

    def _into(self, snapshot: Snapshot) -> SnapshotFiles:
        """The files to write into."""
        into = self._files(snapshot)
        try:
            self._times.set_in_still(into.container, snapshot.image)
        except BaseException:
            self._containers.discard(into.container)
            raise
        return into

    def _files(self, snapshot: Snapshot) -> SnapshotFiles:
        container = self._containers.still(self._image_of(snapshot))
        return SnapshotFiles(self._listings.of(snapshot.image), container, partial(self._unlisted, container))


def _read(local: list[Reading]) -> str:
    """The digest of what was sent; one that no step is looked up by where a file went away meanwhile."""
    try:
        return read_digest(local)
    except CopyError:
        return ""
