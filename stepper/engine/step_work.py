"""What a step does in a container on the snapshot before it, up to the commit."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from stepper.dockerfile.operations import CopyOperation, RunOperation, WorkdirOperation
from stepper.engine.api_errors import engine_errors
from stepper.engine.client import EngineClient
from stepper.engine.containers import Containers, Removable
from stepper.engine.copy_error import CopyError
from stepper.engine.copying import SnapshotFiles, copy, has_directory, make_working_directory
from stepper.engine.interruption import Interruption, StoppedError
from stepper.engine.listings import Listings
from stepper.engine.protocol import Report
from stepper.engine.run_step import run_in
from stepper.engine.step import ContextSource, Failure, Output, RunSettings, Snapshot, Step
from stepper.errors import EngineError
from stepper.image.layer import EMPTY_LAYER, Layer

ImageOf = Callable[[Snapshot], str]
"""The image to make containers of for a snapshot."""


class Performed(NamedTuple):
    """What a step did. `container` holds the result, None when nothing had to be done or nothing is left to see."""

    layer: Layer = EMPTY_LAYER
    container: Removable | None = None
    failure: Failure | None = None


class StepWork:
    """Does the work of RUN, COPY, ADD and WORKDIR in one engine.

    The caller discards the container; that of a failed RUN it keeps. `can_link` tells an engine whose BuildKit does
    what `COPY --link` asks for.
    """

    def __init__(
        self,
        client: EngineClient,
        containers: Containers,
        listings: Listings,
        interruption: Interruption,
        image_of: ImageOf,
        *,
        can_link: bool,
    ) -> None:
        self._client = client
        self._containers = containers
        self._listings = listings
        self._interruption = interruption
        self._image_of = image_of
        self._can_link = can_link

    def run(self, step: Step, operation: RunOperation, on: Snapshot, report: Report) -> Performed:
        """RUN."""
        container = self._containers.take(self._image_of(on), settings_of(step, operation))
        try:
            result = run_in(
                self._client,
                container,
                step,
                operation,
                on.config,
                lambda: self._listings.of(on.image, container),
                on_output=lambda data, stderr: report(Output(data, stderr)),
                interruption=self._interruption,
            )
        except EngineError:
            self._containers.discard(container)
            self._check_connection()
            raise
        except BaseException:
            self._containers.discard(container)
            raise
        failure = result.failure
        return Performed(
            result.layer, container, replace(failure, container=container.id) if failure is not None else None
        )

    def copy(
        self, operation: CopyOperation, source: Snapshot | ContextSource, on: Snapshot, report: Report
    ) -> Performed:
        """COPY and ADD."""
        read = self._files(source) if isinstance(source, Snapshot) else source
        try:
            into = self._files(on)
            return self._finished(
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
        finally:
            if isinstance(read, SnapshotFiles):
                self._containers.discard(read.container)

    def make_directory(self, operation: WorkdirOperation, on: Snapshot, report: Report) -> Performed:
        """WORKDIR."""
        if has_directory(operation.path, self._listings.of(on.image)):
            return Performed()
        into = self._files(on)
        return self._finished(into, lambda: make_working_directory(operation.path, on.config.user, into, report=report))

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

    def _check_connection(self) -> None:
        """Raise `EngineUnavailable` when the engine is gone: that is why the step's container is."""
        with engine_errors("run the step"):
            self._client.request("GET", "/_ping")

    def _files(self, snapshot: Snapshot) -> SnapshotFiles:
        return SnapshotFiles(self._listings.of(snapshot.image), self._containers.still(self._image_of(snapshot)))


def settings_of(step: Step, operation: RunOperation) -> RunSettings:
    """How a RUN is run: as the whole build asks for, but with the network mode of its own flag."""
    network = operation.network or step.settings.network
    return replace(step.settings, network=None if network == "default" else network)
