"""A step and what comes of it: the values that pass between the debugger and the engine."""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stepper.dockerfile.model import Instruction
from stepper.engine.access import NO_ACCESS, BuildAccess
from stepper.frozen import frozen
from stepper.image.config import ImageConfig
from stepper.image.layer import EMPTY_LAYER, Layer

if TYPE_CHECKING:
    from stepper.dockerfile.operations import Operation
    from stepper.dockerfile.shell.commands import Command


class StepId(NamedTuple):
    """The place of a step in the build; ids sort in the order in which the steps stand.

    `ordinal` counts the stage's instructions, its FROM being 0; `trigger` is 0 for an instruction of the Dockerfile and
    counts from 1 for the ONBUILD triggers that a base image adds, which stand under the FROM (`ordinal` 0).
    """

    stage: int
    ordinal: int
    trigger: int = 0


@frozen
class Snapshot:
    """The immutable state after a step: an image in the engine plus the image configuration.

    `image` is the id of an image in the engine, or None for the empty filesystem of `scratch`. A step that changes
    only the configuration gives a snapshot with the same `image` and another `config`.
    """

    image: str | None
    config: ImageConfig

    @property
    def identity(self) -> str | None:
        """What tells its files from those of others at once, also while its image is in the making."""
        return self.image

    @property
    def made_image(self) -> str | None:
        """`image`, but None where it is in the making, or could not be made: nobody waits for it."""
        return self.image

    def with_config(self, config: ImageConfig) -> "Snapshot":
        """The snapshot of the same image with another configuration."""
        return Snapshot(self.image, config)

    def __hash__(self) -> int:
        # The image of one in the making is not known yet, and equal snapshots have equal hashes.
        return hash(self.config)


@frozen
class ContextSource:
    """The build context: its folder, and the text of the ignore file that counts for this Dockerfile ("" for none)."""

    folder: Path
    ignore: str = ""


class Ulimit(NamedTuple):
    """A limit of a process, by its name without `RLIMIT_`; -1 is unlimited."""

    name: str
    soft: int
    hard: int


class ExtraHost(NamedTuple):
    """A line of `/etc/hosts`. `address` is an IP address or `host-gateway`, the engine's own."""

    name: str
    address: str


@frozen
class RunSettings:
    """How the commands of RUN are run, for a whole build.

    `network` is None for the engine's default, `shm_size` the bytes of `/dev/shm`, None for the engine's default.
    """

    network: str | None = None
    extra_hosts: tuple[ExtraHost, ...] = ()
    shm_size: int | None = None
    ulimits: tuple[Ulimit, ...] = ()


DEFAULT_SETTINGS = RunSettings()
"""Everything as the engine has it by default."""


@frozen
class Step:
    """One instruction as it will be run in this build: arguments expanded, all that it reads at hand."""

    id: StepId
    file: str
    """The Dockerfile's name, for messages."""
    instruction: Instruction
    operation: "Operation"
    environment: Mapping[str, str] = field(default_factory=dict)
    """RUN: ENV and the build arguments that are in scope; where both have a name, the later instruction counts."""
    proxies: frozenset[str] = frozenset()
    """RUN: the names in its environment that only the command line's proxies set: no result depends on them."""
    source: "Snapshot | ContextSource | None" = None
    """COPY and ADD: where the sources are. For `--from` an image it is that image's snapshot."""
    settings: RunSettings = DEFAULT_SETTINGS
    """RUN: what the whole build asks for; RUN's own `--network` goes first."""
    mount_sources: "tuple[Snapshot | ContextSource | None, ...]" = ()
    """RUN: where the files of each of the operation's mounts are, in the same order; None for a mount without any."""
    access: BuildAccess = NO_ACCESS
    """RUN: the secrets, SSH agents and privileges that its mounts and flags may name."""
    source_date: int | None = None
    """The time that the image's history has for it, in seconds (`SOURCE_DATE_EPOCH`); None for that of its running."""

    @property
    def place(self) -> str:
        """`Dockerfile:12`, for messages."""
        return f"{self.file}:{self.instruction.line}"


class CommandRun(NamedTuple):
    """One command of a RUN's script that has run. `output` says which bytes of the RUN's output are its own."""

    number: int
    """Which of the script's commands it is, from 0."""
    command: "Command"
    text: str
    """As it is written."""
    exit_code: int | None
    """None while it runs."""
    seconds: float
    output: tuple[int, int]


@frozen
class Failure:
    """Why a step failed, and the container that holds the state in which it did.

    `message` is one line for people. `exit_code` is None where nothing was run (a COPY whose source is missing).
    `container` is the engine's id of the container that is kept for shells and changes until `Engine.release`; None
    where there is none, then the state is that of the snapshot before. `interrupted` tells a step that the user
    stopped.
    """

    message: str
    hint: str | None = None
    exit_code: int | None = None
    container: str | None = None
    interrupted: bool = False
    command: str | None = None
    """RUN: which command of a script with several failed, on one line and shortened."""
    line: int | None = None
    """Where that stands in the Dockerfile."""


@frozen
class StandingRun:
    """The state of a RUN that stands before one of its commands, in its own `container` or in a copy of that.

    `folder`, `environment` and `variables` are those of its shell: where it is, what it exports, and its other
    variables, as far as they can be read. Secrets are not among them. `notes` tell what of the RUN's is missing.
    """

    container: str
    folder: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()


class Kept(Enum):
    """Whether the step cache has what a step gave."""

    THERE = "there"
    GONE = "gone"
    """The step is known, and its snapshot is no longer in the engine."""
    UNKNOWN = "unknown"


@frozen
class Outcome:
    """What came of a step: exactly one of `snapshot` and `failure` is set.

    `layer` is what the step changed on disk, also when it failed. It is None for FROM, whose filesystem is
    `Engine.listing` of the snapshot. `size` is the bytes the step adds to the image (for FROM the size of the base
    image).
    """

    snapshot: Snapshot | None
    layer: Layer | None = EMPTY_LAYER
    size: int = 0
    seconds: float = 0.0
    cached: bool = False
    failure: Failure | None = None
    commands: tuple[CommandRun, ...] = ()
    """RUN: the commands of its script that ran, in order; none where it was run as a whole, or came from the cache."""
    entered: bool = False
    """RUN: whether a shell was opened in it while it ran: then its changes may not be its own doing alone."""
    key: str = ""
    """What the step cache knows it by: the same for the same work on the same state. Empty for what is not kept there,
    and for a step that failed before all that it reads was known."""
    kept: Kept = Kept.UNKNOWN
    """Whether the cache had it, where it was looked for."""
    versions: tuple[str, ...] = ()
    """ADD: what tells the content of each remote source from any other, in order: its digest, or the commit."""


class Output(NamedTuple):
    """Bytes that a running step printed."""

    data: bytes
    stderr: bool = False


class Progress(NamedTuple):
    """How far something slow has come: a pull, an upload. `current` and `total` are bytes, None where not known."""

    text: str
    current: int | None = None
    total: int | None = None
