"""What a RUN does in a container on the snapshot before it, up to the commit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from stepper.dockerfile.operations import RunOperation
from stepper.engine.api_errors import engine_errors
from stepper.engine.client import EngineClient
from stepper.engine.containers import Containers
from stepper.engine.directory_times import DirectoryTimes
from stepper.engine.engine_info import PODMAN, product_of
from stepper.engine.interruption import Interruption, StoppedError
from stepper.engine.listings import Listings
from stepper.engine.mounts.failure import MountError
from stepper.engine.mounts.hostname import HOSTNAME, names_hostname
from stepper.engine.mounts.mounting import Mounting
from stepper.engine.mounts.sources import Files
from stepper.engine.mounts.step_mounts import StepMounts
from stepper.engine.performed import Performed
from stepper.engine.protocol import Report
from stepper.engine.run_step import run_in
from stepper.engine.running_steps import RunningSteps
from stepper.engine.step import Failure, Output, RunSettings, Snapshot, Step
from stepper.engine.stops import Stops
from stepper.engine.unlisted_files import Exists, image_with
from stepper.errors import EngineError


class RunWork:
    """Does the work of RUN in one engine. The caller discards the container; that of a failed one it keeps."""

    def __init__(
        self,
        client: EngineClient,
        containers: Containers,
        listings: Listings,
        interruption: Interruption,
        image_of: Callable[[Snapshot], str],
        mounting: Mounting,
        running: RunningSteps,
        exists: Exists,
        times: DirectoryTimes,
    ) -> None:
        self._client = client
        self._containers = containers
        self._listings = listings
        self._interruption = interruption
        self._image_of = image_of
        self._mounting = mounting
        self._running = running
        self._exists = exists
        self._times = times

    def run(
        self,
        step: Step,
        operation: RunOperation,
        on: Snapshot,
        files: Sequence[Files | None],
        report: Report,
        stops: Stops | None = None,
    ) -> Performed:
        """RUN; `files` says for each of its mounts where its files are. With `stops` it stops before each command."""
        if operation.insecure and not step.access.insecure:
            hint = "Allow it with --allow security.insecure."
            return Performed(failure=Failure("security.insecure is not allowed", hint))
        image = self._image_of(on)
        try:
            hostname = self._hostname_image(operation, on)
            with self._mounting.ready(image, operation.mounts, files, step.access, report, hostname=hostname) as mounts:
                return self._run(image, mounts, step, operation, on, report, stops)
        except MountError as error:
            return Performed(failure=Failure(error.message, error.hint, exit_code=error.exit_code))
        except StoppedError:
            return Performed(failure=Failure("interrupted", interrupted=True))

    def _hostname_image(self, operation: RunOperation, on: Snapshot) -> str | None:
        """The image that has the /etc/hostname that a RUN is to see; None where it does not ask for it."""
        if on.image is None or not names_hostname(operation):
            return None
        # On the containerd image store, the snapshots of later steps have the engine's file in its place.
        return image_with(self._listings, self._exists, on.image, HOSTNAME)

    def _run(
        self,
        image: str,
        mounts: StepMounts,
        step: Step,
        operation: RunOperation,
        on: Snapshot,
        report: Report,
        stops: Stops | None,
    ) -> Performed:
        host_config = host_config_of(step, operation, mounts)
        if operation.script_file is not None and product_of(self._client.version) == PODMAN:
            # Podman 4 lets no file in /dev be executed.
            folder = operation.script_file.path.rpartition("/")[0]
            host_config = {**(host_config or {}), "Tmpfs": {folder: "exec,mode=755"}}
        try:
            container = self._containers.take(image, settings_of(step, operation), host_config=host_config)
        except EngineError as error:
            if operation.insecure:
                message = f"the engine does not start a container with all privileges: {error.message}"
                return Performed(failure=Failure(message, "RUN --security=insecure needs one."))
            raise mounts.refused(error) from error
        try:
            with self._running.during(step, container, on.config) as running:
                running.stops = stops
                self._times.set_in(container, on.image)
                result = run_in(
                    self._client,
                    running,
                    operation,
                    lambda: self._listings.of(on.image, container),
                    mounts,
                    on_output=lambda data, stderr: report(Output(data, stderr)),
                    interruption=self._interruption,
                    stops=stops,
                )
        except EngineError:
            self._containers.discard(container)
            self._check_connection()
            raise
        except BaseException:
            self._containers.discard(container)
            raise
        failure = result.failure
        if failure is not None:
            failure = replace(failure, container=container.id)
            container.hold(mounts.agents)
        waited = stops.waited if stops is not None else 0.0
        return Performed(
            result.layer,
            container,
            failure,
            paused=running.paused_seconds + waited,
            entered=running.entered,
            commands=result.commands,
        )

    def _check_connection(self) -> None:
        """Raise `EngineUnavailable` when the engine is gone: that is why the step's container is."""
        with engine_errors("run the step"):
            self._client.request("GET", "/_ping")


def host_config_of(step: Step, operation: RunOperation, mounts: StepMounts) -> Mapping[str, Any] | None:
    """What the container of a RUN needs besides its settings (see `StepContainer.start`): for mounts and privileges."""
    if not (operation.insecure and step.access.insecure):
        return mounts.host_config
    return {**(mounts.host_config or {}), "Privileged": True}


def settings_of(step: Step, operation: RunOperation) -> RunSettings:
    """How a RUN is run: as the whole build asks for, but with the network mode of its own flag."""
    network = operation.network or step.settings.network
    return replace(step.settings, network=None if network == "default" else network)
