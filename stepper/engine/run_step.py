"""RUN: the command in its container, and what it changed."""

import shlex
from collections.abc import Callable, Iterable
from typing import NamedTuple

from stepper.dockerfile.operations import RunOperation
from stepper.engine.client import EngineClient
from stepper.engine.command import Command, CommandRefusedError, RunningCommand, end_processes, make_directory
from stepper.engine.command_runs import CommandRuns
from stepper.engine.configuration import shell_of
from stepper.engine.directory_times import set_times
from stepper.engine.engine_changes import engine_changes
from stepper.engine.interruption import Interruption, Stopping
from stepper.engine.mounts.failure import MountError
from stepper.engine.mounts.hostname import HOSTNAME
from stepper.engine.mounts.step_mounts import StepMounts
from stepper.engine.running_steps import RunningStep
from stepper.engine.step import CommandRun, Failure
from stepper.engine.step_container import StepContainer
from stepper.engine.stops import Stops
from stepper.engine.walk import can_walk, clock, entry_of, read_targets, walk
from stepper.engine.worker import OnOutput
from stepper.image.config import ImageConfig
from stepper.image.diff import diff, with_targets
from stepper.image.entry import EntryKind
from stepper.image.layer import Layer, Listing

_NOT_STARTED = (126, 127, 128)
"""What engines give as the exit code of a command that they could not start."""
_NOT_STARTED_BY_PODMAN = (125, b": OCI runtime error")
"""Podman's exit code where a command's working directory is none, and what it says then."""
_NOT_STARTED_IN_BUILDKIT = 1
_NO_SUCH_USER = ("unable to find user ", "unable to find group ")
_ENGINES_WORDS = (b"OCI runtime exec failed: ", b"unable to find user ", b"unable to find group ", b"Error: ")


class RunResult(NamedTuple):
    """What a RUN did: its layer, why it failed (without a container) if it did, and the commands that ran."""

    layer: Layer
    failure: Failure | None
    commands: tuple[CommandRun, ...] = ()


def run_in(
    client: EngineClient,
    running: RunningStep,
    operation: RunOperation,
    before: Callable[[], Listing],
    mounts: StepMounts,
    *,
    on_output: OnOutput,
    interruption: Interruption,
    stops: Stops | None = None,
) -> RunResult:
    """Run a RUN in a fresh container on the snapshot before it; `before` gives the files of that.

    When it fails its `mounts` stay, for whoever looks into the container. With `stops` its shell waits before each
    command.
    """
    step, container, config = running.step, running.container, running.config
    walks = can_walk(container.worker)
    files = before() if walks else {}
    since = clock(container.worker) if walks else 0
    make_directory(container, config.working_dir)
    if mounts.show_hostname(container):
        own = entry_of(container.worker, HOSTNAME)
        files = {path: entry for path, entry in files.items() if path != HOSTNAME}
        if own is not None:
            files[HOSTNAME] = own
        # That the engine's file went is none of the command's changes.
        folder = files.get("/etc")
        set_times(container.worker, {"/etc": folder} if folder is not None else {})
        since = clock(container.worker)
    commands: tuple[CommandRun, ...] = ()
    try:
        mounts.enter(container)
    except MountError as error:
        failure: Failure | None = Failure(error.message, error.hint, exit_code=error.exit_code)
    else:
        if mounts.lines:
            # What was made for the mounts is none of the command's changes.
            if mounts.made_points:
                set_times(container.worker, {})
            since = clock(container.worker)
            make_directory(container, config.working_dir)
        running.since = since if container.worker.busybox is not None else None
        environment = {**mounts.variables, **step.environment}
        command = Command(
            argv_in(container, operation, config), environment, config.user, config.working_dir, mounts.secrets
        )
        runs = CommandRuns(operation, config)
        if stops is not None:
            stops.enter(container, runs, lambda: changes(container, files, since, quiet=mounts.left_in))
        stopping = interruption.stopping if stops is None else stops.stopping
        code, failure = run_command(runs.start(client, container, command), runs.listen(on_output), stopping)
        runs.end(code)
        commands = runs.runs
        running.is_over = True
        if running.entered:
            # A shell that came into the container after the command's processes were ended is too late for it.
            end_processes(container)
        if stops is not None:
            stops.leave()
    if failure is None:
        mounts.leave(container)
    layer = changes(container, files, since, quiet=mounts.left_in) if walks else engine_changes(client, container.id)
    return RunResult(without_sockets(layer) if failure is None else layer, failure, commands)


def changes(container: StepContainer, before: Listing, since: int, *, quiet: Iterable[str] = ()) -> Layer:
    """What changed in a container since a time (see `walk.clock`).

    The directories in `quiet` were touched by Stepper: of one that was not there before that says nothing.
    """
    found = walk(container.worker)
    entries = found.entries
    for path in quiet:
        if path in entries and path not in before:
            entries[path] = entries[path]._replace(ctime_ns=0)
    layer = diff(before, entries, since_ns=since, engine=found.engine)
    links = [
        change.path for change in layer.changes if change.after is not None and change.after.kind is EntryKind.SYMLINK
    ]
    return with_targets(layer, read_targets(container.worker, links))


def without_sockets(layer: Layer) -> Layer:
    """What of a layer is in an image: layers hold no sockets."""
    kept = tuple(each for each in layer.changes if each.after is None or each.after.kind is not EntryKind.SOCKET)
    return layer if len(kept) == len(layer.changes) else Layer(kept)


def argv_in(container: StepContainer, operation: RunOperation, config: ImageConfig) -> tuple[str, ...]:
    """The words of a RUN's command; a heredoc with an interpreter line is put into the container for it."""
    if operation.argv is not None:
        return operation.argv
    script = operation.script or ""
    file = operation.script_file
    if file is not None:
        folder = shlex.quote(file.path.rpartition("/")[0])
        path = shlex.quote(file.path)
        write = f"printf %s {shlex.quote(file.content)} >{path}"
        container.worker.run(f"${{b:+$b}} mkdir -p {folder} && {write} && ${{b:+$b}} chmod 755 {path}")
        script = file.path
    return (*shell_of(config), script)


class _Output:
    """Passes a command's output on, but for what the engine says itself about a command that it could not start.

    Engines write that where the command's output would come: it is held back until more comes or the command ends.
    """

    def __init__(self, on_output: OnOutput) -> None:
        self.held = b""
        self._on_output = on_output
        self._is_first = True

    def __call__(self, data: bytes, stderr: bool) -> None:
        if (self._is_first or self.held) and data.startswith(_ENGINES_WORDS):
            self.held += data
        else:
            self.let_go()
            self._on_output(data, stderr)
        self._is_first = False

    def let_go(self) -> None:
        """Pass on what was held back: it was the command's own."""
        if self.held:
            self._on_output(self.held, False)
            self.held = b""


def run_command(command: RunningCommand, on_output: OnOutput, stopping: Stopping) -> tuple[int | None, Failure | None]:
    """Run a command: its exit code, None where it was never started, and why it failed, if it did."""
    output = _Output(on_output)
    try:
        with stopping(command.kill):
            code = command.run(output)
    except CommandRefusedError as error:
        if command.killed:
            return None, Failure("interrupted", interrupted=True)
        return None, Failure(f"the command could not be started: {error.message}")
    # Of a command that is killed while it is being started the engine says that it could not be.
    if not command.killed and output.held and (code in _NOT_STARTED or _is_refused_by_podman(code, output.held)):
        reason = _reason(output.held)
        # BuildKit finds out about the user before there is a command to have an exit code.
        exit_code = None if reason.startswith(_NO_SUCH_USER) else _NOT_STARTED_IN_BUILDKIT
        return None, Failure(f"the command could not be started: {reason}", exit_code=exit_code)
    output.let_go()
    if command.killed:
        return code, Failure("interrupted", exit_code=code, interrupted=True)
    return code, Failure(f"the command ended with exit code {code}", exit_code=code) if code else None


def _is_refused_by_podman(code: int, said: bytes) -> bool:
    exit_code, words = _NOT_STARTED_BY_PODMAN
    return code == exit_code and words in said


def _reason(message: bytes) -> str:
    """The last and telling part of what the container runtime says."""
    text = message.decode("utf-8", "replace").strip().partition("\n")[0].removesuffix(": unknown")
    marker = "unable to start container process: "
    return text.partition(marker)[2] or text
