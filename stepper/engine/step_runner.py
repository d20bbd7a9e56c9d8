"""Runs one step on a snapshot: from the step cache, or by doing its work and committing what came of it."""

import dataclasses
import time
from collections.abc import Callable

from stepper.dockerfile.mounts import Mount
from stepper.dockerfile.operations import CopyOperation, FromOperation, Operation, RunOperation, WorkdirOperation
from stepper.engine.builder_run import BuilderRun
from stepper.engine.commits import Commits, PendingSnapshot
from stepper.engine.configuration import apply, now, shell_of, time_text, without_layer
from stepper.engine.containers import Containers
from stepper.engine.copy_error import CopyError
from stepper.engine.interruption import Interruption, StoppedError
from stepper.engine.listings import Listings
from stepper.engine.mount_points import MountPoints
from stepper.engine.mounts.failure import MountError
from stepper.engine.mounts.sources import Files, copy_of, inputs_of, source_of, with_sources
from stepper.engine.performed import Performed
from stepper.engine.protocol import Report, unheard
from stepper.engine.remote.fetch_error import FetchError
from stepper.engine.run_work import RunWork, settings_of
from stepper.engine.same_steps import SameSteps
from stepper.engine.step import ContextSource, Failure, Kept, Outcome, Snapshot, Step
from stepper.engine.step_cache import CachedStep, StepCache, digest
from stepper.engine.step_work import StepWork
from stepper.engine.stops import Stops
from stepper.frozen import frozen
from stepper.image.config import ImageConfig
from stepper.image.config_json import docker_config
from stepper.image.layer import EMPTY_LAYER, Layer
from stepper.image.stored import dump_layer, load_layer


@frozen
class Execution:
    """One step that is being run."""

    step: Step
    on: Snapshot
    report: Report
    use_cache: bool
    begun: float
    stops: Stops | None = None
    """RUN: where it stops before each of its commands."""

    @property
    def created(self) -> str | None:
        """The time that the step's entry in the history is to have; None for now."""
        return None if self.step.source_date is None else time_text(self.step.source_date)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self.begun


class StepRunner:
    """Runs steps in one engine. `exists` tells whether an image is still there."""

    def __init__(
        self,
        containers: Containers,
        listings: Listings,
        cache: StepCache,
        runs: RunWork,
        builder: BuilderRun,
        work: StepWork,
        commits: Commits,
        interruption: Interruption,
        mount_points: MountPoints,
        exists: Callable[[str], bool],
    ) -> None:
        self._containers = containers
        self._listings = listings
        self._cache = cache
        self._runs = runs
        self._builder = builder
        self._work = work
        self._commits = commits
        self._interruption = interruption
        self._mount_points = mount_points
        self._exists = exists
        self._same = SameSteps()
        self._pending: dict[str, Outcome] = {}
        """What was run and is not in the cache yet, by its key there."""

    def run(self, step: Step, on: Snapshot, report: Report, *, use_cache: bool, stops: Stops | None = None) -> Outcome:
        """Run a step other than FROM. A failed RUN keeps its container, which the failure names.

        With `stops` a RUN stops before each of its commands.
        """
        try:
            for snapshot in (on, step.source, *step.mount_sources):
                if isinstance(snapshot, PendingSnapshot):
                    snapshot.wait(self._interruption.check)
        except StoppedError:
            return Outcome(None, failure=Failure("interrupted", interrupted=True))
        execution = Execution(step, on, report, use_cache, time.monotonic(), stops)
        operation = step.operation
        if isinstance(operation, FromOperation):
            raise TypeError("FROM is not run on a snapshot")
        if isinstance(operation, RunOperation):
            return self._run(execution, operation)
        if isinstance(operation, CopyOperation):
            return self._copy(execution, operation)
        if isinstance(operation, WorkdirOperation):
            inputs = [operation.path, on.config.user, step.source_date]
            return self._on_disk(
                execution, inputs, lambda: self._work.make_directory(operation, on, report, step.source_date)
            )
        return self._in_configuration(execution)

    def adopt(self, step: Step, on: Snapshot, performed: Performed) -> Outcome:
        """Take what somebody did by hand for what a RUN does on a snapshot, in this session."""
        assert isinstance(step.operation, RunOperation), "only what a RUN does can be done by hand"
        return self._run(Execution(step, on, unheard, False, time.monotonic()), step.operation, performed)

    def find(self, key: str) -> Kept:
        """Whether the step cache has what the step with this key gave. Nothing is forgotten that is not there."""
        known, kept = self._look_up(key)
        return Kept.THERE if known is None and key in self._pending else kept

    def files_of_mounts(self, step: Step, on: Snapshot, report: Report) -> list[Files | None]:
        """Where the files of each of a RUN's mounts are. Raises `MountError`, `StoppedError` when the user stops it."""
        assert isinstance(step.operation, RunOperation), "only RUN mounts"
        execution = Execution(step, on, report, True, time.monotonic())
        return [self._mounted_files(execution, *each) for each in with_sources(step, step.operation)]

    def _run(self, execution: Execution, operation: RunOperation, performed: Performed | None = None) -> Outcome:
        step, on = execution.step, execution.on
        try:
            files = self.files_of_mounts(step, on, execution.report)
        except StoppedError:
            return _failed(execution, Failure("interrupted", interrupted=True))
        except MountError as error:
            return _failed(execution, Failure(error.message, error.hint))
        file = operation.script_file
        inputs: list[object] = [
            operation.argv,
            operation.script,
            file.path if file is not None else None,
            shell_of(on.config),
            sorted((name, value) for name, value in step.environment.items() if name not in step.proxies),
            on.config.user,
            on.config.working_dir,
            dataclasses.asdict(settings_of(step, operation)),
        ]
        if operation.devices:
            inputs.append([operation.devices, operation.frontend])
        if operation.mounts or operation.insecure:
            inputs.append([operation.insecure, inputs_of(operation.mounts, files)])

        def perform() -> Performed:
            missing = self._mount_points.missing(on.image)
            done = performed
            if done is None and operation.devices:
                cached = execution.use_cache
                done = self._builder.run(step, operation, on, files, execution.report, use_cache=cached)
            elif done is None:
                done = self._runs.run(step, operation, on, files, execution.report, execution.stops)
            # What failed makes no snapshot.
            layer = self._mount_points.made(missing, done.layer) if done.failure is None else done.layer
            return done._replace(layer=layer)

        return self._on_disk(execution, inputs, perform)

    def _mounted_files(
        self, execution: Execution, mount: Mount, source: Snapshot | ContextSource | None
    ) -> Files | None:
        """Where the files of a mount are. What is in a build context is copied into an image. Raises `MountError`."""
        path = source_of(mount)
        if source is None or path is None:
            return None
        if isinstance(source, Snapshot):
            return Files(source.image, path)
        try:
            operation, place = copy_of(mount, source)
        except CopyError as error:
            raise MountError(error.message, hint=error.hint) from error
        step = dataclasses.replace(execution.step, operation=operation, source=source)
        on = execution.on.config
        scratch = Snapshot(None, ImageConfig(os=on.os, architecture=on.architecture, variant=on.variant))
        copied = self._copy(dataclasses.replace(execution, step=step, on=scratch, use_cache=True), operation)
        if copied.failure is not None and copied.failure.interrupted:
            raise StoppedError("stopped")
        if copied.failure is not None or copied.snapshot is None:
            message = copied.failure.message if copied.failure is not None else ""
            raise MountError(message, hint=copied.failure.hint if copied.failure is not None else None)
        if isinstance(copied.snapshot, PendingSnapshot):
            copied.snapshot.wait(self._interruption.check)
        return Files(copied.snapshot.image, place)

    def _copy(self, execution: Execution, operation: CopyOperation) -> Outcome:
        step, on, report = execution.step, execution.on, execution.report
        try:
            read = self._work.copy_inputs(step, operation, report)
        except StoppedError:
            return _failed(execution, Failure("interrupted", interrupted=True))
        except (CopyError, FetchError) as error:
            return _failed(execution, Failure(error.message, error.hint))

        def inputs(read: list[object]) -> list[object]:
            return [_plain(operation), *read, on.config.working_dir]

        outcome = self._on_disk(
            execution,
            inputs(read),
            lambda: self._work.copy(step, operation, on, report),
            inputs_of_read=lambda sent: inputs([sent, *read[1:]]),
        )
        versions = tuple(" ".join(map(str, each)) for each in read[1:] if isinstance(each, list))
        return dataclasses.replace(outcome, versions=versions) if versions else outcome

    def _in_configuration(self, execution: Execution) -> Outcome:
        """Only the configuration changes. The cache knows when, so that the same build gives the same image again."""
        operation, on = execution.step.operation, execution.on
        key = digest("configuration", on.image, docker_config(on.config), _plain(operation))
        known = self._cache.find(key) if execution.use_cache else None
        created = execution.created or (known.created if known is not None else now())
        if known is None:
            self._cache.store(key, CachedStep(on.image, on.image, False, created, 0.0, 0, None))
        snapshot = Snapshot(on.image, apply(operation, on.config, created=created))
        return Outcome(snapshot, seconds=execution.seconds, cached=known is not None)

    def _on_disk(
        self,
        execution: Execution,
        inputs: object,
        perform: Callable[[], Performed],
        *,
        inputs_of_read: Callable[[str], object] | None = None,
    ) -> Outcome:
        """A step that may change files. `inputs` is all that its result depends on besides the snapshot's files.

        A file of the build context may change before it is sent. So the result is kept under what `inputs_of_read`
        makes of the digest of what was sent.
        """
        on = execution.on
        key = digest(type(execution.step.operation).__name__, on.image, inputs)
        if not execution.use_cache:
            return self._kept(execution, key, inputs_of_read, perform())
        try:
            with self._same.alone(key, self._interruption.check):
                found, kept = self._pending_outcome(execution, key), Kept.THERE
                if found is None:
                    found, kept = self._cached_outcome(execution, key)
                if found is not None:
                    return dataclasses.replace(found, key=key, kept=kept)
                return dataclasses.replace(self._kept(execution, key, inputs_of_read, perform()), kept=kept)
        except StoppedError:
            return _failed(execution, Failure("interrupted", interrupted=True))

    def _kept(
        self, execution: Execution, key: str, inputs_of_read: Callable[[str], object] | None, performed: Performed
    ) -> Outcome:
        """The outcome of what a step did, kept for the next time."""
        execution = dataclasses.replace(execution, begun=execution.begun + performed.paused)
        if performed.read is not None and inputs_of_read is not None:
            key = digest(type(execution.step.operation).__name__, execution.on.image, inputs_of_read(performed.read))
        return dataclasses.replace(self._kept_as(execution, key, performed), key=key)

    def _kept_as(self, execution: Execution, key: str, performed: Performed) -> Outcome:
        on, layer = execution.on, performed.layer
        if performed.failure is not None:
            failed = _failed(execution, performed.failure)
            return dataclasses.replace(
                failed, layer=layer, size=layer.size, commands=performed.commands, entered=performed.entered
            )
        config = apply(execution.step.operation, on.config, created=execution.created)
        seconds = execution.seconds
        if performed.image is not None and layer.makes_image:
            snapshot = self._built(execution, performed.image, config, layer, key)
            return Outcome(snapshot, layer, layer.size, seconds)
        if performed.container is not None and layer.makes_image:
            snapshot = self._commit(execution, performed, config, key)
            outcome = Outcome(
                snapshot, layer, layer.size, seconds, commands=performed.commands, entered=performed.entered
            )
            if performed.by_hand or not performed.entered:
                self._pending[key] = outcome
            return outcome
        if performed.container is not None:
            self._containers.discard(performed.container)
        # What changed no file has the image of the snapshot before.
        if not performed.entered:
            stored = CachedStep(on.image, on.image, False, config.history[-1].created, seconds, 0, dump_layer(layer))
            self._cache.store(key, stored)
        after = Snapshot(on.image, without_layer(config))
        return Outcome(after, layer, layer.size, seconds, commands=performed.commands, entered=performed.entered)

    def _commit(self, execution: Execution, performed: Performed, config: ImageConfig, key: str) -> Snapshot:
        """The snapshot of a container that holds what a step did; its image is made behind the stop.

        What came of a step that somebody entered is for this build only.
        """
        parent, seconds, created = execution.on.image, execution.seconds, config.history[-1].created
        container, layer = performed.container, performed.layer
        assert container is not None, "there is something to commit"
        self._containers.rest(container)

        def store(image: str) -> None:
            if performed.entered:
                self._cache.add_image(image)
                return
            self._cache.store(key, CachedStep(image, parent, True, created, seconds, layer.size, dump_layer(layer)))

        snapshot = self._commits.start(
            container,
            config,
            execution.step.place,
            made=lambda image: self._listings.add(image, parent, layer),
            after=store,
        )
        self._listings.add(snapshot.key, parent, layer)
        return snapshot

    def _built(self, execution: Execution, image: str, config: ImageConfig, layer: Layer, key: str) -> Snapshot:
        """The snapshot of an image that the engine's own builder made."""
        parent, created = execution.on.image, config.history[-1].created
        stored = CachedStep(image, parent, True, created, execution.seconds, layer.size, dump_layer(layer))
        self._listings.add(image, parent, layer)
        self._cache.store(key, stored)
        return Snapshot(image, config)

    def _pending_outcome(self, execution: Execution, key: str) -> Outcome | None:
        """The outcome of a step that this session ran, and whose image may still be in the making."""
        outcome = self._pending.get(key)
        if outcome is None or not isinstance(outcome.snapshot, PendingSnapshot):
            return None
        made = outcome.snapshot.made_image
        # Whether there still is an image that the cache knows is found out with the cache, and once is enough.
        is_over = made is not None and (self._cache.find(key) is not None or not self._exists(made))
        if outcome.snapshot.has_failed or is_over:
            self._pending.pop(key, None)
            return None
        created = execution.created or outcome.snapshot.config.history[-1].created
        config = apply(execution.step.operation, execution.on.config, created=created)
        snapshot = outcome.snapshot.with_config(config)
        return dataclasses.replace(outcome, snapshot=snapshot, seconds=execution.seconds, cached=True, commands=())

    def _look_up(self, key: str) -> tuple[CachedStep | None, Kept]:
        known = self._cache.find(key)
        if known is None:
            return None, Kept.UNKNOWN
        return known, Kept.THERE if known.image is None or self._exists(known.image) else Kept.GONE

    def _cached_outcome(self, execution: Execution, key: str) -> tuple[Outcome | None, Kept]:
        """The outcome of a step from the cache, None when it is not there, damaged, or its image is gone."""
        known, kept = self._look_up(key)
        if known is None:
            return None, kept
        if kept is Kept.GONE:
            self._cache.forget(key)
            return None, kept
        config = apply(execution.step.operation, execution.on.config, created=execution.created or known.created)
        try:
            layer = EMPTY_LAYER if known.layer is None else load_layer(known.layer)
        except ValueError:
            self._cache.forget(key)
            return None, Kept.UNKNOWN
        if known.made_layer and known.image is not None:
            self._listings.add(known.image, execution.on.image, layer)
        else:
            config = without_layer(config)
        return Outcome(Snapshot(known.image, config), layer, known.size, execution.seconds, cached=True), kept


def _failed(execution: Execution, failure: Failure) -> Outcome:
    return Outcome(None, seconds=execution.seconds, failure=failure)


def _plain(operation: Operation) -> object:
    """An operation as values that JSON can hold."""
    return [type(operation).__name__, dataclasses.asdict(operation)]
