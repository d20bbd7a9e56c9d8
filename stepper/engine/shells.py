"""Opens shells in every state that a step can be in: before and after it, as it failed, and while it runs."""

import contextlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from stepper.dockerfile.operations import RunOperation
from stepper.engine.client import EngineClient
from stepper.engine.command import end_processes
from stepper.engine.containers import Containers
from stepper.engine.mounts.failure import MountError
from stepper.engine.mounts.mounting import Mounting
from stepper.engine.mounts.sources import Files
from stepper.engine.mounts.step_mounts import StepMounts
from stepper.engine.protocol import Report, unheard
from stepper.engine.run_work import host_config_of, settings_of
from stepper.engine.running_steps import RunningStep, RunningSteps
from stepper.engine.shell import Shell
from stepper.engine.shell_setup import shell_setup
from stepper.engine.step import RunSettings, Snapshot, Step, StepId
from stepper.engine.step_container import StepContainer
from stepper.errors import StepperError
from stepper.image.config import ImageConfig

FilesOfMounts = Callable[[Step, Snapshot, Report], Sequence[Files | None]]
"""Where the files of each of a RUN's mounts are; raises `MountError`."""

_MARK = "STEPPER_SHELL"
"""A variable by which the processes of a shell are told from those of the step that it is in."""


class Shells:
    """Opens the shells of one session."""

    def __init__(
        self,
        client: EngineClient,
        containers: Containers,
        mounting: Mounting,
        running: RunningSteps,
        image_of: Callable[[Snapshot], str],
        files_of_mounts: FilesOfMounts,
    ) -> None:
        self._client = client
        self._containers = containers
        self._mounting = mounting
        self._running = running
        self._image_of = image_of
        self._files_of_mounts = files_of_mounts

    def in_failed(
        self, container: StepContainer, step: Step | None, config: ImageConfig, size: tuple[int, int]
    ) -> Shell:
        """A shell in the container of a failed step, which stays; what the shell left running in it is ended."""
        return self._open(container, step, config, size, partial(end_processes, container))

    def in_snapshot(
        self, snapshot: Snapshot, step: Step | None, settings: RunSettings, config: ImageConfig, size: tuple[int, int]
    ) -> Shell:
        """A shell in a container of its own, which has what a RUN mounts; `settings` are for what is no RUN."""
        image = self._image_of(snapshot)
        notes: tuple[str, ...] = ()
        operation = step.operation if step is not None else None
        if step is None or not isinstance(operation, RunOperation):
            container = self._containers.take(image, settings)
        else:
            try:
                container = self._with_mounts(image, snapshot, step, operation)
            except MountError as error:
                notes = (f"without the step's mounts: {error.message}",)
                container = self._containers.take(image, settings_of(step, operation))
        return self._open(container, step, config, size, partial(self._containers.discard, container), notes)

    def in_running(self, step: StepId, size: tuple[int, int]) -> Shell:
        """A shell in the container of a step that runs, which goes on, or stands still if it is paused."""
        running = self._running.find(step)
        mark = secrets.token_hex(8)
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._running.held(running))
            stack.callback(self._end_shell, running, mark)
            container = running.container
            setup = shell_setup(
                container, lambda script: self._running.run_in(container, script)[0], running.step, running.config
            )
            command = replace(setup.command, environment={**setup.command.environment, _MARK: mark})
            goes_on = "the step is paused, and stands still" if running.paused_at is not None else "the step runs on"
            notes = (f"{goes_on}; what you change here goes into its layer; the shell ends with it", *setup.notes)
            running.entered = True
            setup = replace(setup, command=command, notes=notes)
            return Shell(self._client, container.id, setup, size, stack.pop_all().close)

    def _with_mounts(self, image: str, snapshot: Snapshot, step: Step, operation: RunOperation) -> StepContainer:
        """A container with the mounts of a RUN, which are had until it is removed. Raises `MountError`."""
        with contextlib.ExitStack() as stack:
            # The terminal belongs to the shell: nobody hears of progress.
            files = self._files_of_mounts(step, snapshot, unheard)
            ready = self._mounting.ready(image, operation.mounts, files, step.access, unheard)
            mounts: StepMounts = stack.enter_context(ready)
            host_config = host_config_of(step, operation, mounts)
            container = self._containers.take(image, settings_of(step, operation), host_config=host_config)
            try:
                mounts.enter(container)
            except StepperError:
                self._containers.discard(container)
                raise
            container.hold(stack)
        return container

    def _open(
        self,
        container: StepContainer,
        step: Step | None,
        config: ImageConfig,
        size: tuple[int, int],
        on_close: Callable[[], None],
        notes: tuple[str, ...] = (),
    ) -> Shell:
        """`on_close` is also called when that fails."""
        try:
            setup = shell_setup(container, lambda script: container.worker.run(script).stdout.decode(), step, config)
            setup = replace(setup, notes=(*notes, *setup.notes))
            return Shell(self._client, container.id, setup, size, on_close)
        except BaseException:
            on_close()
            raise

    def _end_shell(self, running: RunningStep, mark: str) -> None:
        """End what a shell left in a step that runs; the step's own processes live on. It may have ended meanwhile."""
        script = f"""for p in /proc/[0-9]*; do
  $b grep -qs '{_MARK}={mark}' $p/environ && kill -9 ${{p#/proc/}}
done 2>/dev/null"""
        with contextlib.suppress(StepperError):
            self._running.run_in(running.container, script)
