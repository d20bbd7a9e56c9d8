"""Opens shells in every state that a step can be in: before and after it, as it failed, and while it runs."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from stepper.dockerfile.operations import RunOperation
from stepper.engine.beside_worker import end_marked, new_mark
from stepper.engine.client import EngineClient
from stepper.engine.command import end_processes
from stepper.engine.containers import Containers
from stepper.engine.kept_shells import KeptShells
from stepper.engine.run_containers import RunContainers
from stepper.engine.running_steps import RunningSteps
from stepper.engine.shell import Shell
from stepper.engine.shell_setup import shell_setup
from stepper.engine.step import RunSettings, Snapshot, Step, StepId
from stepper.engine.step_container import StepContainer
from stepper.errors import StepperError, UsageError
from stepper.image.config import ImageConfig


class Shells:
    """Opens the shells of one session."""

    def __init__(
        self,
        client: EngineClient,
        containers: Containers,
        running: RunningSteps,
        image_of: Callable[[Snapshot], str],
        runs: RunContainers,
        kept: KeptShells,
    ) -> None:
        self._client = client
        self._containers = containers
        self._running = running
        self._image_of = image_of
        self._runs = runs
        self._kept = kept

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
            container, notes = self._runs.on_image(image, snapshot, step, operation)
        on_close = partial(self._kept.close, container)
        return self._open(container, step, config, size, on_close, notes, on=snapshot)

    def in_running(self, step: StepId, size: tuple[int, int]) -> Shell:
        """A shell in the container of a step that runs, which goes on, or stands still if it is paused."""
        running = self._running.find(step)
        mark = new_mark()
        undo = contextlib.ExitStack()
        with _undone_on_failure(undo.close):
            undo.enter_context(self._running.held(running))
            container, step_as_run, config = running.container, running.step, running.config
            # The step's own processes live on.
            undo.callback(end_marked, self._client, container, mark)
            standing = running.standing
            if standing is not None:
                step_as_run = replace(step_as_run, environment={})
                config = replace(config, env=tuple(standing.environment.items()), working_dir=standing.folder)
            setup = shell_setup(
                container, lambda script: self._running.run_in(container, script)[0], step_as_run, config
            )
            command = replace(setup.command, environment={**setup.command.environment, **mark})
            goes_on = "the step is paused, and stands still" if running.paused_at is not None else "the step runs on"
            if standing is not None:
                goes_on = "the step waits before its next command"
            notes = (f"{goes_on}; what you change here goes into its layer; the shell ends with it", *setup.notes)
            self._running.enter(running)
            setup = replace(setup, command=command, notes=notes)
            shell = Shell(self._client, container.id, setup, size, undo.close)
            try:
                # One that is too late changes what is looked at already, or is in no layer any more.
                self._running.check(running)
            except UsageError:
                # That the step has ended is why its container may be gone.
                with contextlib.suppress(StepperError):
                    shell.close()
                raise
            return shell

    def _open(
        self,
        container: StepContainer,
        step: Step | None,
        config: ImageConfig,
        size: tuple[int, int],
        on_close: Callable[[], None],
        notes: tuple[str, ...] = (),
        *,
        on: Snapshot | None = None,
    ) -> Shell:
        """`on_close` is also called when that fails. `on` is the snapshot where the container is the shell's own."""
        with _undone_on_failure(on_close):
            setup = shell_setup(container, lambda script: container.worker.run(script).stdout.decode(), step, config)
            setup = replace(setup, notes=(*notes, *setup.notes))
            end = self._kept.ending(container, setup, step, on)
            return Shell(self._client, container.id, setup, size, on_close, end)


@contextlib.contextmanager
def _undone_on_failure(undo: Callable[[], None]) -> Iterator[None]:
    """Have `undo` called where the block fails. An error in it does not hide why the block failed."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(StepperError):
            undo()
        raise
