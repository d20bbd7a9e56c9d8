"""The Engine protocol: all that the debugger asks of a place where steps run.

The implementation on the Docker API is `stepper.engine.docker_engine`; tests of the debugger and the screen use a
scripted one.
"""

from collections.abc import Callable, Generator, Sequence
from typing import NamedTuple, Protocol

from stepper.engine.build_request import BuildRequest
from stepper.engine.copy_record import Check, CopyRecord, go_on
from stepper.engine.evidence import Evidence
from stepper.engine.step import (
    CommandRun,
    Failure,
    Kept,
    Outcome,
    Output,
    Progress,
    Snapshot,
    StandingRun,
    Step,
    StepId,
)
from stepper.frozen import frozen
from stepper.image.config import ImageConfig
from stepper.image.layer import Layer, Listing

Report = Callable[[Output | Progress], None]
"""Called from the thread that runs the step, or from one that reads its output; must return at once.

What it raises ends the step, and comes out of the method that it was given to.
"""


def unheard(_: Output | Progress) -> None:
    """A report that nobody waits for."""


@frozen
class EngineInfo:
    """What is known of the engine: `product` is `Docker` or `Podman`; `place` is `local`, or the host it runs on."""

    product: str
    version: str
    endpoint: str
    place: str
    platform: str
    """As `linux/amd64`."""
    storage: str
    """The image store: `overlay2`, `containerd`, ..."""
    origin: str = ""
    """How it was found: `-H`, `DOCKER_HOST`, a docker context, a usual socket."""
    cpus: int = 1
    """How many processors it has."""


@frozen
class BuiltImage:
    """The final image of a build. `size` is the size of all its layers in bytes."""

    id: str
    tags: tuple[str, ...]
    size: int


class Attempt(NamedTuple):
    """What a command did: what changed on disk, None where that is not known, and why it failed if it did."""

    layer: Layer | None
    failure: Failure | None
    seconds: float


class MountCache(NamedTuple):
    """A cache of `RUN --mount=type=cache` that is kept between builds: its id, its volume in the engine, its bytes.

    `size` is None where the engine does not tell.
    """

    id: str
    volume: str
    size: int | None = None


@frozen
class PruneReport:
    """What `prune` removed."""

    images: int
    containers: int
    volumes: int
    reclaimed: int
    """Bytes, as far as the engine tells."""
    caches: tuple[MountCache, ...] = ()
    """The caches of `RUN --mount=type=cache`; not counted in `volumes`."""


class StepUsage(NamedTuple):
    """What a running step's container uses.

    `at` is when that was, on the clock of `time.monotonic`; `cpu` the seconds of all cores so far, `memory` the bytes.
    """

    at: float
    cpu: float
    memory: int


class EnteredCommand(NamedTuple):
    """A command that a user entered in a shell, as it was typed, lines and all; secrets in it are starred out.

    `typed_into` tells that something was typed while it ran, `has_secret` that it named the value of a secret, and
    `has_alias` that one of its words was an alias of the shell.
    """

    text: str
    exit_code: int | None
    typed_into: bool = False
    has_secret: bool = False
    has_alias: bool = False


@frozen
class EndedShell:
    """What is known of a shell that has ended.

    `container` is the id of the one that is kept with what the shell did, until `Engine.release_shell`; None where
    there is none. `why_not` is why that is not what a RUN of all its commands would have done, "" where it is. `no_run`
    is why no RUN of them can be run where the shell was, "" where one can.
    """

    commands: tuple[EnteredCommand, ...] = ()
    is_bash: bool = False
    container: str | None = None
    why_not: str = ""
    no_run: str = ""


class ShellSession(Protocol):
    """A running interactive shell whose terminal is in the engine. The caller relays the bytes."""

    @property
    def notes(self) -> Sequence[str]:
        """What the user is to know of it, each in one line: what is mounted, whose shell it is, its history."""

    @property
    def has_prompted(self) -> bool:
        """Whether it came as far as a prompt, as far as that is known: one that could not be used did not."""

    def fileno(self) -> int:
        """The descriptor to wait on for output."""

    def read(self) -> bytes:
        """What the shell wrote, up to some 64 KiB; b"" once it has ended."""

    def write(self, data: bytes) -> None:
        """Send what the user typed; waits for nothing, and is no error for a shell that has ended."""

    def resize(self, rows: int, columns: int) -> None:
        """Tell the shell's terminal its new size."""

    def close(self) -> int | None:
        """End the session and clean up what was made for it; the exit code where it is known."""

    @property
    def ended(self) -> EndedShell:
        """What was entered in it, once it is closed. One in a step that runs tells nothing."""


class SteppedRun(Protocol):
    """A RUN that stops before each command of its script; where that cannot be split it runs to its end at once.

    While it waits, `Engine.open_running_shell` enters its container. One thread uses it; `Engine.interrupt` ends it as
    a failure while it runs, and lets it wait while it waits. Every method raises `EngineError` when the engine itself
    fails.
    """

    @property
    def next(self) -> int | None:
        """The number of the command that the shell waits before; None once the RUN has ended."""

    @property
    def outcome(self) -> Outcome | None:
        """What came of the RUN, as `Engine.execute` gives it, once it has ended."""

    @property
    def commands(self) -> tuple[CommandRun, ...]:
        """The commands that have ended, in order."""

    def advance(self, *, to_end: bool = False) -> None:
        """Let the shell go on, and return when it waits before the next command or the RUN has ended."""

    def changes(self) -> Layer:
        """What the RUN has changed on disk so far."""

    def standing(self) -> StandingRun:
        """The state in which it waits: its own container, for the engine's `listing` and `archive`."""

    def copy(self) -> StandingRun:
        """A copy of that state in a container of its own, which has the RUN's mounts as far as both can have them.

        What is done there the RUN does not see. It stays until `Engine.release`.
        """

    def stop(self) -> Outcome:
        """End it as a failure, which keeps its container."""


class Engine(Protocol):
    """Runs steps and keeps their snapshots. One thread uses it, but for these:

    Several threads may call `base`, `image_size` and `execute` at the same time, each for another step. Two steps with
    the same inputs then are run once where the step cache may be used. No step sees the ports, the processes or the
    files of another; what they share on purpose is the volumes of `RUN --mount=type=cache`, as their `sharing` says.

    While it runs steps, another may call `listing` and `archive` for the states of other steps.

    From any thread may come `interrupt`, and what is for a step that runs: `open_running_shell`, `pause`, `unpause`,
    `usage`, `count_changes`.

    Every method raises `EngineError` when the engine itself fails, `EngineUnavailable` when the connection is lost.
    """

    @property
    def info(self) -> EngineInfo:
        """What is known of the engine."""

    def base(self, reference: str, *, platform: str | None = None, pull: bool = False, report: Report) -> Snapshot:
        """The snapshot of an image by its name, pulled where it is missing or `pull` asks for it.

        Raises `EngineError` with a message for the user when it cannot be had.
        """

    def find_base(self, reference: str, *, platform: str | None = None) -> Snapshot | None:
        """The snapshot of an image that is in the engine, for this platform; None for one that has to be pulled.

        Raises `EngineError` for a name that no image can have.
        """

    def image_size(self, snapshot: Snapshot) -> int:
        """Bytes of all layers of a snapshot's image; 0 for scratch."""

    def execute(self, step: Step, on: Snapshot, *, report: Report, use_cache: bool = True) -> Outcome:
        """Run one step (all but FROM) on a snapshot. A step that fails is an Outcome, not an exception.

        What Stepper cannot do raises `DockerfileError` with the line before anything runs. With `use_cache` a step that
        was run before on the same snapshot with the same inputs is taken from the step cache, with `cached` set.
        """

    def find(self, key: str) -> Kept:
        """Whether a step with the `key` of an earlier outcome would come from the step cache. Takes a millisecond."""

    def step_into(self, step: Step, on: Snapshot, *, report: Report) -> SteppedRun:
        """Run a RUN that stops before each command of its script; returns when it waits before the first.

        It is not taken from the step cache; what comes of it goes there, as that of the same RUN run as a whole.
        """

    def build(self, request: BuildRequest, *, report: Report) -> Outcome:
        """Let the engine's own builder build a whole file, for a frontend that Stepper does not know.

        What it has against the file is a failure without a container. The snapshot's configuration is the image's; its
        layer is None: what each of the builder's steps changed is not known. Raises `EngineError` where the engine has
        no builder that runs frontends.
        """

    def get_ready(self) -> None:
        """Load what running a step takes, so that the first one does not wait for it."""

    def prepare(self, on: Snapshot) -> None:
        """A hint that the next step will likely run on this snapshot: returns at once, may start a container ahead."""

    def rest(self) -> None:
        """A hint that no command is likely to be run soon: returns at once, may let go of what only commands need."""

    def finish(self, snapshot: Snapshot, *, tags: tuple[str, ...], report: Report) -> BuiltImage:
        """Make the final image, with exactly the snapshot's configuration and history, and tag it."""

    def listing(self, state: Snapshot | Failure | StandingRun) -> Listing:
        """The whole filesystem of a state."""

    def archive(self, state: Snapshot | Failure | StandingRun, path: str) -> Generator[bytes, None, None]:
        """A path of a state and all below it as a tar stream, the names relative to its directory; links stay links.

        Raises `EngineError` where there is nothing at the path.
        """

    def evidence(self, failure: Failure) -> Evidence:
        """What the engine and the kernel noted about the container that a failure kept."""

    def copied(self, step: Step, on: Snapshot, *, check: Check = go_on) -> CopyRecord:
        """What a COPY or ADD copies into a snapshot, by the files that are there now: nothing is run or fetched.

        What is wrong with it is in the record. The operation has to be a `CopyOperation`, and the source at hand.
        What `check` raises goes through.
        """

    def open_shell(
        self, state: Snapshot | Failure, *, step: Step | None, config: ImageConfig, size: tuple[int, int]
    ) -> ShellSession:
        """An interactive shell in a state, with the environment, user and working directory of `config`.

        `step` adds its build arguments to the environment, and of a RUN also its mounts, its network and its command,
        which waits in the shell's history. `size` is (rows, columns). A snapshot gets a container of its own that is
        removed on close; a failure's container stays.
        """

    def open_running_shell(self, step: StepId, *, size: tuple[int, int]) -> ShellSession:
        """An interactive shell in the container of a RUN that runs, which goes on meanwhile; from any thread.

        A paused step stands still all the same. The shell ends with the step. What came of a step that was entered is
        not kept in the step cache. Raises `UsageError` where the step is in no container.
        """

    def adopt_shell(self, shell: EndedShell, step: Step, on: Snapshot) -> str:
        """Make what a shell in a snapshot did the outcome of a RUN of its commands on that, and let go of the shell.

        Nothing is run: whoever runs the step in this session gets it as from the step cache. Gives "" then, and else
        in words why it cannot be: then the step is to be run.
        """

    def release_shell(self, shell: EndedShell) -> None:
        """Remove what is kept of a shell. May be called twice."""

    def pause(self) -> None:
        """Have the engine pause the containers of all RUN steps that run; from any thread.

        Raises `UsageError` where there are none.
        """

    def unpause(self) -> None:
        """Let them go on; from any thread."""

    def usage(self, step: StepId) -> StepUsage | None:
        """What the container of a running RUN uses now; None for a step that is in none. From any thread."""

    def count_changes(self, step: StepId) -> int | None:
        """How many paths a running RUN has added or changed so far, None where that is not known. From any thread.

        Looks at every file of the container: some milliseconds of a core for each thousand.
        """

    def attempt(self, state: Failure | StandingRun, step: Step, config: ImageConfig, *, report: Report) -> Attempt:
        """Run the command of a RUN in the container that a failure kept, or in the copy of a RUN that stands.

        It has the mounts that are there.
        """

    def release(self, state: Failure | StandingRun) -> None:
        """Remove the container that a failure kept, or the copy of a RUN that stands."""

    def interrupt(self) -> None:
        """Stop all that `execute`, `base`, `find_base`, `build`, `finish` or `attempt` do now, from any thread.

        The steps fail with `interrupted`. A RUN that waits before one of its commands goes on to wait.
        """

    def mount_caches(self) -> Sequence[MountCache]:
        """The caches of `RUN --mount=type=cache` that are in this engine, sorted by id: what `prune` would remove."""

    def prune(self) -> PruneReport:
        """Remove all that Stepper keeps in this engine: snapshots, containers, caches, the toolbox, the step cache."""

    def close(self) -> None:
        """Remove all containers of this session and let go of the engine. Snapshots stay."""
