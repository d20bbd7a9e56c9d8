"""Containers in which somebody looks at the states of a RUN: they have its mounts, and are not the one it runs in."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from stepper.dockerfile.mounts import CacheMount, CacheSharing, TmpfsMount
from stepper.dockerfile.operations import RunOperation
from stepper.engine.api_requests import discard_image
from stepper.engine.client import EngineClient
from stepper.engine.commit import commit
from stepper.engine.containers import Containers
from stepper.engine.mounts.failure import MountError
from stepper.engine.mounts.mounting import Mounting
from stepper.engine.mounts.sources import Files, with_sources
from stepper.engine.mounts.step_mounts import StepMounts
from stepper.engine.protocol import Report, unheard
from stepper.engine.run_work import host_config_of, settings_of
from stepper.engine.step import Snapshot, StandingRun, Step
from stepper.engine.step_container import StepContainer
from stepper.errors import StepperError

FilesOfMounts = Callable[[Step, Snapshot, Report], Sequence[Files | None]]
"""Where the files of each of a RUN's mounts are; raises `MountError`."""


class RunContainers:
    """Makes them for one session. `mark` is the comment of the images that are made for copies."""

    def __init__(
        self,
        client: EngineClient,
        containers: Containers,
        mounting: Mounting,
        files_of_mounts: FilesOfMounts,
        mark: str,
    ) -> None:
        self._client = client
        self._containers = containers
        self._mounting = mounting
        self._files_of_mounts = files_of_mounts
        self._mark = mark

    def on_image(
        self, image: str, on: Snapshot, step: Step, operation: RunOperation
    ) -> tuple[StepContainer, tuple[str, ...]]:
        """A container on an image for a RUN that starts with the snapshot `on`, and notes about what it does without.

        The caller discards it; until then the mounts are had.
        """
        try:
            return self._with_mounts(image, on, step, operation), ()
        except MountError as error:
            note = f"without the step's mounts: {error.message}"
            return self._containers.take(image, settings_of(step, operation)), (note,)

    def copy(self, standing: StandingRun, step: Step, on: Snapshot) -> StandingRun:
        """A copy of a RUN that stands, in a container of its own, which the caller discards.

        It has the RUN's mounts but for those that are the RUN's alone.
        """
        assert isinstance(step.operation, RunOperation), "only a RUN stands"
        pairs = with_sources(step, step.operation)
        shared = [pair for pair in pairs if not _is_its_own(pair[0])]
        operation = replace(step.operation, mounts=tuple(mount for mount, _ in shared))
        step = replace(step, operation=operation, mount_sources=tuple(source for _, source in shared))
        notes = [
            f"without the cache {mount.target}, which the RUN has to itself" for mount, _ in pairs if _is_its_own(mount)
        ]
        notes += [
            f"{mount.target} is empty: a tmpfs is not copied" for mount, _ in shared if isinstance(mount, TmpfsMount)
        ]
        image = commit(self._client, standing.container, on.config, mark=self._mark)
        with contextlib.ExitStack() as stack:
            stack.callback(discard_image, self._client, image)
            container, more = self.on_image(image, on, step, operation)
            # When the container is gone; its own mounts are held by it as well.
            container.hold(stack)
        return replace(standing, container=container.id, notes=(*standing.notes, *notes, *more))

    def _with_mounts(self, image: str, on: Snapshot, step: Step, operation: RunOperation) -> StepContainer:
        """A container with the mounts of a RUN, which are had until it is removed. Raises `MountError`."""
        with contextlib.ExitStack() as stack:
            # The terminal belongs to somebody else: nobody hears of progress.
            files = self._files_of_mounts(step, on, unheard)
            ready = self._mounting.ready(image, operation.mounts, files, step.access, unheard)
            mounts: StepMounts = stack.enter_context(ready)
            host_config = host_config_of(step, operation, mounts)
            container = self._containers.take(image, settings_of(step, operation), host_config=host_config)
            try:
                mounts.enter(container)
            except StepperError:
                self._containers.discard(container)
                raise
            container.unmount = partial(_unmount, mounts, container)
            container.hold(stack)
        return container


def _unmount(mounts: StepMounts, container: StepContainer) -> set[str]:
    mounts.leave(container)
    return mounts.left_in


def _is_its_own(mount: object) -> bool:
    return isinstance(mount, CacheMount) and mount.sharing is not CacheSharing.SHARED
