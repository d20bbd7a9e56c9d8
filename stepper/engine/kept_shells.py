"""Shells that have ended, whose containers are kept: what one did can become the outcome of a RUN of its commands."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import replace

from stepper.dockerfile.mounts import SecretMount
from stepper.dockerfile.operations import RunOperation
from stepper.engine.command import end_processes
from stepper.engine.containers import Containers
from stepper.engine.entered import Recorder, read_records, uses_alias
from stepper.engine.listings import Listings
from stepper.engine.mounts.failure import MountError
from stepper.engine.mounts.hostname import names_hostname
from stepper.engine.mounts.secret_values import read_secret
from stepper.engine.performed import Performed
from stepper.engine.protocol import EndedShell, EnteredCommand
from stepper.engine.run_step import changes, without_sockets
from stepper.engine.shell_setup import RECORDS, ShellSetup
from stepper.engine.step import Outcome, Snapshot, Step
from stepper.engine.step_container import StepContainer
from stepper.engine.walk import can_walk, clock
from stepper.frozen import frozen

Adopt = Callable[[Step, Snapshot, Performed], Outcome]
"""Makes what was done the outcome of a step; a failed outcome where that cannot be."""
_LEAST_SECRET = 3
"""A shorter value stands in too much for that to mean anything."""
_LEAST_LINE = 8
"""The same for a line of a secret that has several, as a key or a file of settings: it may be entered alone."""


@frozen
class _Kept:
    """The container of a shell that has ended, and in what it was opened."""

    container: StepContainer
    snapshot: Snapshot
    step: Step | None
    setup: ShellSetup
    since: int


class KeptShells:
    """The shells of one session that have ended. `adopt` is for a RUN that was done by hand."""

    def __init__(self, containers: Containers, listings: Listings, adopt: Adopt) -> None:
        self._containers = containers
        self._listings = listings
        self._adopt = adopt
        self._kept: dict[str, _Kept] = {}

    def ending(
        self, container: StepContainer, setup: ShellSetup, step: Step | None, on: Snapshot | None
    ) -> Callable[[Recorder], EndedShell]:
        """To be called before a shell starts: what finds out what came of it, once it has ended.

        `on` is the snapshot in which the shell was opened, where its container is to be kept, None where it stays
        anyway.
        """
        walks = can_walk(container.worker)
        since = clock(container.worker) if walks else 0

        def end(recorder: Recorder) -> EndedShell:
            told = read_records(container.worker.run(f"${{b:+$b}} cat {RECORDS}").stdout)
            found, is_sure = recorder.commands(told.records)
            commands = _starred(_with_aliases(found, told.aliases), _secrets_of(step, container))
            if not commands:
                return EndedShell()
            why_not = setup.why_not
            if not told.is_as_given:
                why_not = "its startup files changed the environment"
            elif not is_sure:
                why_not = "not all that was entered is known for sure"
            elif not walks:
                why_not = "its changes cannot be told without a toolbox"
            if on is None:
                why_not = "it was in a failed step's container"
                return EndedShell(commands, setup.is_bash, None, why_not, setup.no_run)
            end_processes(container)
            self._kept[container.id] = _Kept(container, on, step, setup, since)
            return EndedShell(commands, setup.is_bash, container.id, why_not, setup.no_run)

        return end

    def close(self, container: StepContainer) -> None:
        """A shell is closed: its container goes, unless it is kept."""
        if container.id not in self._kept:
            self._containers.discard(container)

    def adopt(self, shell: EndedShell, step: Step, on: Snapshot) -> str:
        """Make what a shell did the outcome of a RUN; "" then, else why that cannot be."""
        kept = self._kept.get(shell.container or "")
        operation = step.operation
        if kept is None or not isinstance(operation, RunOperation):
            return shell.why_not or "its state is gone"
        why_not = shell.why_not or _difference(kept, step, operation, on)
        try:
            why_not = why_not or self._why_not_adopted(kept, step, on)
        except BaseException:
            self.release(shell)
            raise
        if why_not:
            self.release(shell)
        else:
            del self._kept[kept.container.id]
        return why_not

    def release(self, shell: EndedShell) -> None:
        """Remove what is kept of a shell."""
        kept = self._kept.pop(shell.container or "", None)
        if kept is not None:
            self._containers.discard(kept.container)

    def _why_not_adopted(self, kept: _Kept, step: Step, on: Snapshot) -> str:
        """Have it adopted; "" then, else why it is not."""
        quiet = kept.container.unmount()
        layer = without_sockets(changes(kept.container, self._listings.of(on.image), kept.since, quiet=quiet))
        if not layer.changes:
            return "it changed nothing on disk"
        outcome = self._adopt(step, on, Performed(layer, kept.container, entered=True, by_hand=True))
        return outcome.failure.message if outcome.failure is not None else ""


def _difference(kept: _Kept, step: Step, operation: RunOperation, on: Snapshot) -> str:
    """In what a RUN would have differed from a shell, "" where in nothing."""
    of_shell = kept.step.operation if kept.step is not None else None
    had: tuple[object, ...] = ((), None, False)
    if isinstance(of_shell, RunOperation):
        had = (of_shell.mounts, of_shell.network, of_shell.insecure)
    command = kept.setup.command
    if kept.snapshot != on:
        return "the state before it is another one by now"
    if (operation.mounts, operation.network, operation.insecure) != had:
        return "its mounts or its network were not those of a RUN here"
    if operation.mounts and kept.step is not None and kept.step.mount_sources != step.mount_sources:
        return "what it mounted is another by now"
    if operation.mounts and not kept.container.mounted.places:
        return "its mounts could not be made"
    environment = {**kept.container.mounted.variables, **step.environment}
    if kept.setup.environment != replace(command, environment=environment).variables:
        return "its variables were not those of a RUN here"
    if (command.user, command.working_dir) != (on.config.user, on.config.working_dir or "/"):
        return "its user or its directory was not that of a RUN here"
    return "a RUN that names /etc/hostname sees another one" if names_hostname(operation) else ""


def _with_aliases(commands: Iterable[EnteredCommand], aliases: frozenset[str]) -> list[EnteredCommand]:
    return [each._replace(has_alias=uses_alias(each.text, aliases)) for each in commands]


def _secrets_of(step: Step | None, container: StepContainer) -> list[str]:
    """The values of all secrets that the shell had, and the lines of each."""
    values = [*container.mounted.secrets.values()]
    if step is not None and isinstance(step.operation, RunOperation):
        for mount in step.operation.mounts:
            if isinstance(mount, SecretMount):
                with contextlib.suppress(MountError):
                    values.append((read_secret(mount, step.access) or b"").decode("utf-8", "replace"))
    values = [value.strip() for value in values]
    lines = [line.strip() for value in values for line in value.splitlines()]
    return [
        *(value for value in values if len(value) >= _LEAST_SECRET),
        *(line for line in lines if len(line) >= _LEAST_LINE),
    ]


def _starred(commands: Iterable[EnteredCommand], values: Iterable[str]) -> tuple[EnteredCommand, ...]:
    """The commands without the values of secrets."""
    values = sorted(values, key=len, reverse=True)
    found = []
    for command in commands:
        text = command.text
        for value in values:
            text = text.replace(value, "***")
        found.append(command._replace(text=text, has_secret=text != command.text))
    return tuple(found)
