"""The Engine protocol on the Docker API. It only puts the parts together; each of them is a module of its own."""

import contextlib
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from stepper.dockerfile.operations import CopyOperation
from stepper.engine.agent_socket import agent_places
from stepper.engine.base_images import BaseImages
from stepper.engine.build_request import BuildRequest
from stepper.engine.builder import Builder
from stepper.engine.builder_run import BuilderRun
from stepper.engine.client import EngineClient
from stepper.engine.commits import Commits, PendingSnapshot
from stepper.engine.containers import Containers
from stepper.engine.copy_record import Check, CopyRecord, go_on
from stepper.engine.copy_records import CopyRecords
from stepper.engine.directory_times import DirectoryTimes
from stepper.engine.engine_info import CONTAINERD, PODMAN, ask_engine
from stepper.engine.evidence import Evidence
from stepper.engine.finish import finish
from stepper.engine.heard import heard
from stepper.engine.image_loader import ImageLoader
from stepper.engine.interruption import Interruption, StoppedError
from stepper.engine.leftovers import SessionNames, remove_leftovers
from stepper.engine.listings import Listings, container_listing
from stepper.engine.mount_points import MountPoints
from stepper.engine.mounts.caches import CacheVolumes
from stepper.engine.mounts.image_files import ImageFiles, mounts_images_in
from stepper.engine.mounts.mounter import Mounter
from stepper.engine.mounts.mounting import Mounting
from stepper.engine.own_files import FilesOfImages
from stepper.engine.protocol import (
    Attempt,
    BuiltImage,
    EndedShell,
    EngineInfo,
    MountCache,
    PruneReport,
    Report,
    ShellSession,
    SteppedRun,
    StepUsage,
)
from stepper.engine.prune import prune
from stepper.engine.remote.remote_sources import RemoteSources
from stepper.engine.remote.workspace import remove_abandoned
from stepper.engine.run_work import RunWork
from stepper.engine.running_steps import RunningSteps
from stepper.engine.session_toolbox import SessionToolbox
from stepper.engine.state_files import StateFiles
from stepper.engine.step import DEFAULT_SETTINGS, Failure, Kept, Outcome, Snapshot, StandingRun, Step, StepId
from stepper.engine.step_cache import StepCache
from stepper.engine.step_container import StepContainer
from stepper.engine.step_runner import StepRunner
from stepper.engine.step_work import StepWork
from stepper.engine.still_container import archive_of
from stepper.engine.unlisted_files import unlisted_files
from stepper.engine.whole_builds import WholeBuilds
from stepper.errors import EngineError, StepperError
from stepper.image.config import ImageConfig
from stepper.image.layer import Listing

if TYPE_CHECKING:
    from stepper.engine.kept_shells import KeptShells
    from stepper.engine.run_containers import RunContainers
    from stepper.engine.shells import Shells
    from stepper.engine.stops import Stops


class DockerEngine:
    """An engine that speaks the Docker API: see `stepper.engine.protocol.Engine` for what its methods mean.

    `cache` is the folder for the step cache; `toolbox_image` names the image that the toolbox is taken from; `on_close`
    is called at the end, to close the connection.
    """

    def __init__(
        self,
        client: EngineClient,
        *,
        cache: Path,
        endpoint: str = "",
        place: str = "local",
        origin: str = "",
        toolbox_image: str | None = None,
        on_close: Callable[[], None] | None = None,
    ) -> None:
        facts = ask_engine(client, endpoint=endpoint, place=place)
        self._client = client
        self._info = replace(facts.info, origin=origin)
        is_here = place == "local" and endpoint.startswith("unix://")
        self._socket = Path(endpoint.removeprefix("unix://")) if is_here else None
        """Where the engine listens, if on this machine."""
        self._on_close = on_close
        self._settings = DEFAULT_SETTINGS
        self._names = SessionNames(cache)
        self._cache = StepCache(cache, facts.identity)
        self._mount_caches = CacheVolumes(client, cache, engine=facts.identity, owner=self._names.owner)
        self._interruption = Interruption()
        self._remote = RemoteSources(self._interruption.check, cache)
        self._loader = ImageLoader(
            client,
            storage=facts.info.storage,
            mark=self._names.mark,
            cache=self._cache,
            check=self._interruption.check,
        )
        self._toolbox = SessionToolbox(
            client,
            self._names.new,
            lambda image, report: self._bases.pull(image, report=report),
            image=toolbox_image,
        )
        self._containers = Containers(
            client,
            self._names,
            self._toolbox.find,
            share_network=facts.info.product != PODMAN,
            cpus=facts.info.cpus,
        )
        self._running = RunningSteps(client)
        self._commits = Commits(client, self._containers, self._names.mark)
        self._assemble()
        self._leftovers = threading.Thread(target=self._remove_leftovers, name="leftovers", daemon=True)
        self._leftovers.start()

    def _assemble(self) -> None:
        """Make the parts that remember what is in the engine."""
        self._toolbox.forget()
        self._kept_shells: KeptShells | None = None
        self._bases = BaseImages(self._client, self._info.product, self._loader, self._interruption)
        builder = Builder(self._client, self._info.product, self._interruption)
        self._whole_builds = WholeBuilds(builder, self._bases, self._cache.add_image)
        self._listings = Listings(self._cache, self._containers.running)
        image_of, exists = self._bases.image_of, self._bases.exists
        mounts_images = mounts_images_in(self._client, self._info.product)
        files = FilesOfImages(self._containers, mounts_images=mounts_images)
        mount_points = MountPoints(
            self._containers, files, self._listings, self._cache, exists, alone=self._info.product != PODMAN
        )
        unlisted = partial(unlisted_files, mount_points, files, self._listings, exists)
        can_link = self._info.storage == CONTAINERD
        times = DirectoryTimes(self._listings, forgets=self._info.storage == CONTAINERD)
        work = StepWork(
            self._containers,
            self._listings,
            self._interruption,
            image_of,
            self._remote,
            unlisted,
            times,
            can_link=can_link,
        )
        self._copies = CopyRecords(self._containers, self._listings, image_of, unlisted, can_link=can_link)
        self._files = StateFiles(self._containers)
        self._mounter = Mounter(self._client, self._containers)
        self._image_files = ImageFiles(
            self._client, self._containers, self._names, self._interruption, mounts_images=mounts_images
        )
        self._mounting = Mounting(
            self._mounter,
            self._mount_caches,
            self._image_files,
            self._interruption,
            socket=self._socket,
        )
        runs = RunWork(
            self._client,
            self._containers,
            self._listings,
            self._interruption,
            image_of,
            self._mounting,
            self._running,
            exists,
            times,
        )
        builder_run = BuilderRun(
            self._client, builder, self._loader, self._containers, self._listings, self._names.new()
        )
        self._steps = StepRunner(
            self._containers,
            self._listings,
            self._cache,
            runs,
            builder_run,
            work,
            self._commits,
            self._interruption,
            mount_points,
            exists=exists,
        )

    @property
    def info(self) -> EngineInfo:
        """What is known of the engine."""
        return self._info

    def base(self, reference: str, *, platform: str | None = None, pull: bool = False, report: Report) -> Snapshot:
        """The snapshot of an image, pulled where it has to be."""
        with self._interruption.working(), heard(report) as tell:
            return self._bases.snapshot(reference, platform=platform, pull=pull, report=tell)

    def find_base(self, reference: str, *, platform: str | None = None) -> Snapshot | None:
        """The snapshot of an image that is in the engine."""
        with self._interruption.working():
            return self._bases.find(reference, platform=platform)

    def image_size(self, snapshot: Snapshot) -> int:
        """Bytes of all layers of a snapshot's image."""
        return 0 if snapshot.image is None else self._bases.size(snapshot.image)

    def execute(
        self, step: Step, on: Snapshot, *, report: Report, use_cache: bool = True, stops: "Stops | None" = None
    ) -> Outcome:
        """Run one step on a snapshot. With `stops` a RUN stops before each of its commands."""
        self._settings = step.settings
        with (
            self._interruption.working(),
            heard(report) as tell,
            self._containers.own_network(),
            self._toolbox.telling(tell),
        ):
            return self._steps.run(step, on, tell, use_cache=use_cache, stops=stops)

    def find(self, key: str) -> Kept:
        """Whether a step would come from the step cache."""
        return self._steps.find(key)

    def step_into(self, step: Step, on: Snapshot, *, report: Report) -> SteppedRun:
        """Run a RUN that stops before each command of its script."""
        from stepper.engine.stepped_run import EngineSteppedRun
        from stepper.engine.stops import Stops

        stops = Stops(self._interruption)
        run = partial(self.execute, step, on, report=report, use_cache=False, stops=stops)

        def copy(standing: StandingRun) -> StandingRun:
            with self._interruption.working():
                copied = self._run_containers().copy(standing, step, on)
                try:
                    self._interruption.check()
                except StoppedError:
                    self.release(copied)
                    raise
                return copied

        return EngineSteppedRun(run, stops, self.unpause, copy)

    def build(self, request: BuildRequest, *, report: Report) -> Outcome:
        """Let the engine's own builder build a whole file."""
        with self._interruption.working(), heard(report) as tell:
            return self._whole_builds.build(request, tell)

    def get_ready(self) -> None:
        """Load what running a step takes."""
        self._client.load()

    def prepare(self, on: Snapshot) -> None:
        """Start the container for the next step ahead, and know its files."""
        self._containers.prepare(
            on,
            partial(self._bases.image_of, on),
            self._settings,
            then=lambda container: self._listings.of(on.image, container),
        )

    def rest(self) -> None:
        """Take down what commands share, which takes long, while other work goes on."""
        self._containers.let_networks_go()

    def finish(self, snapshot: Snapshot, *, tags: tuple[str, ...], report: Report) -> BuiltImage:
        """Make and tag the final image."""
        with self._interruption.working():
            image = self._whole_builds.image_of(snapshot)
            if image is None:
                image = self._loader.with_config(snapshot.image, snapshot.config)
            self._interruption.check()
        return finish(self._client, self._info.product, image, snapshot.config, tags)

    def listing(self, state: Snapshot | Failure | StandingRun) -> Listing:
        """The whole filesystem of a state."""
        if isinstance(state, Snapshot):
            if isinstance(state, PendingSnapshot) and not state.is_made and self._listings.knows(state.key):
                return self._listings.of(state.key)
            return self._listings.of(state.image)
        return container_listing(self._container_of(state))

    def archive(self, state: Snapshot | Failure | StandingRun, path: str) -> Generator[bytes, None, None]:
        """A path of a state and all below it as a tar stream."""
        if isinstance(state, StandingRun):
            from stepper.engine.archive_inside import archive_inside

            return archive_inside(self._client, self._container_of(state), path)
        if isinstance(state, Failure):
            return archive_of(self._client, self._container_of(state).id, path)
        return self._files.archive(partial(self._bases.image_of, state), path)

    def evidence(self, failure: Failure) -> Evidence:
        """What was noted about a failed step's container."""
        from stepper.engine.evidence_of import evidence_of

        return evidence_of(self._client, self._container_of(failure))

    def copied(self, step: Step, on: Snapshot, *, check: Check = go_on) -> CopyRecord:
        """What a COPY or ADD copies into a snapshot."""
        assert isinstance(step.operation, CopyOperation), "only COPY and ADD copy"
        return self._copies.of(step, step.operation, on, check)

    def open_shell(
        self, state: Snapshot | Failure, *, step: Step | None, config: ImageConfig, size: tuple[int, int]
    ) -> ShellSession:
        """An interactive shell in a state."""
        with self._interruption.working():
            if isinstance(state, Failure):
                return self._shells().in_failed(self._container_of(state), step, config, size)
            return self._shells().in_snapshot(state, step, self._settings, config, size)

    def adopt_shell(self, shell: EndedShell, step: Step, on: Snapshot) -> str:
        """Make what a shell did the outcome of a RUN in this session."""
        return self._kept().adopt(shell, step, on)

    def release_shell(self, shell: EndedShell) -> None:
        """Remove what is kept of a shell."""
        self._kept().release(shell)

    def open_running_shell(self, step: StepId, *, size: tuple[int, int]) -> ShellSession:
        """An interactive shell in a step that runs, from any thread."""
        return self._shells().in_running(step, size)

    def pause(self) -> None:
        """Pause the steps that run, from any thread."""
        self._running.pause()

    def unpause(self) -> None:
        """Let them go on, from any thread."""
        self._running.unpause()

    def usage(self, step: StepId) -> StepUsage | None:
        """What a running step's container uses, from any thread."""
        return self._running.usage(step)

    def count_changes(self, step: StepId) -> int | None:
        """How many paths a running step changed so far, from any thread."""
        return self._running.count_changes(step)

    def attempt(self, state: Failure | StandingRun, step: Step, config: ImageConfig, *, report: Report) -> Attempt:
        """Run a command in a failed step's container, or in the copy of a RUN that stands."""
        from stepper.engine.attempts import attempt

        with self._interruption.working(), heard(report) as tell:
            return attempt(self._client, self._container_of(state), step, config, tell, self._interruption)

    def release(self, state: Failure | StandingRun) -> None:
        """Remove the container that a failure kept, or a copy."""
        container = self._containers.find(state.container) if state.container is not None else None
        if container is not None:
            self._containers.discard(container)

    def interrupt(self) -> None:
        """Stop what runs, from any thread. What is paused cannot be stopped."""
        self._running.unpause()
        self._interruption.interrupt()

    def mount_caches(self) -> Sequence[MountCache]:
        """The caches of `RUN --mount=type=cache` in this engine."""
        return self._mount_caches.all()

    def prune(self) -> PruneReport:
        """Remove everything that Stepper keeps in this engine."""
        self._leftovers.join()
        self._commits.wait()
        self._mounter.settle()
        own = self._containers.clear()
        self._remote.forget()
        self._image_files.close()
        report = prune(self._client, self._names, self._cache)
        self._assemble()
        caches = self._mount_caches.remove_all()
        reclaimed = report.reclaimed + sum(each.size or 0 for each in caches)
        return replace(report, containers=report.containers + own, reclaimed=reclaimed, caches=tuple(caches))

    def close(self) -> None:
        """Remove all containers of this session and let go of the engine."""
        try:
            self._leftovers.join()
            self._commits.close()
            self._mounter.settle()
            self._containers.close()
            self._image_files.close()
        finally:
            self._remote.close()
            self._names.close()
            self._cache.close()
            if self._on_close is not None:
                self._on_close()

    def _shells(self) -> "Shells":
        # Not before one is opened: nothing else needs it.
        from stepper.engine.shells import Shells

        return Shells(
            self._client,
            self._containers,
            self._running,
            self._bases.image_of,
            self._run_containers(),
            self._kept(),
        )

    def _kept(self) -> "KeptShells":
        from stepper.engine.kept_shells import KeptShells

        if self._kept_shells is None:
            self._kept_shells = KeptShells(self._containers, self._listings, self._steps.adopt)
        return self._kept_shells

    def _run_containers(self) -> "RunContainers":
        from stepper.engine.run_containers import RunContainers

        return RunContainers(
            self._client, self._containers, self._mounting, self._steps.files_of_mounts, self._names.mark
        )

    def _container_of(self, state: Failure | StandingRun) -> StepContainer:
        container = self._containers.find(state.container) if state.container is not None else None
        if not isinstance(container, StepContainer):
            raise EngineError("the step has no container any more")
        return container

    def _remove_leftovers(self) -> None:
        # What cannot be removed now is found again at the next start.
        with contextlib.suppress(StepperError, OSError):
            remove_abandoned(*agent_places(self._socket))
            remove_leftovers(self._client, self._names)
