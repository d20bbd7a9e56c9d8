"""What an instruction asks for once its arguments are expanded: one frozen class for each kind of instruction.

Made by `stepper.dockerfile.resolve`; run by the engine.
"""

from stepper.dockerfile.model import Heredoc, Instruction
from stepper.dockerfile.mounts import Mount
from stepper.frozen import frozen

SCRIPT_FOLDER = "/dev/pipes"
"""Where BuildKit puts the heredoc with an interpreter line that a RUN is to execute."""


@frozen
class FromOperation:
    """FROM: one of `image` (a reference), `stage` (an index) and `context` (a folder's name), or none (`scratch`)."""

    image: str | None = None
    stage: int | None = None
    platform: str | None = None
    context: str | None = None


@frozen
class BuildOperation:
    """A whole file that the engine's own builder builds: its content, for the frontend that reads it."""

    frontend: str
    data: bytes


@frozen
class RunOperation:
    """RUN: `argv` is the exec form, `script` the shell form; exactly one is set.

    The shell form runs as SHELL's words followed by the script; its heredocs are part of the script (BuildKit leaves
    them to the shell), except that a RUN that is nothing but one heredoc runs the heredoc's body, by its own
    interpreter line when it has one: see `script_file`. `name` is the command as `docker history` shows it, with the
    build arguments and SHELL in front: `|1 VERSION=2 /bin/sh -c make`; without `RUN` and `# buildkit`.
    """

    argv: tuple[str, ...] | None
    script: str | None
    name: str
    heredocs: tuple[Heredoc, ...] = ()
    network: str | None = None
    """`--network`: `none` or `host`; None where the build's own network mode counts."""
    mounts: tuple[Mount, ...] = ()
    """`--mount`, in the order in which they are mounted: as they are written."""
    insecure: bool = False
    """`--security=insecure`: with all privileges."""
    devices: tuple[str, ...] = ()
    """`--device`, as written. The engine's own builder carries out a RUN with devices."""
    frontend: str = ""
    """The frontend that the engine's builder is to read such a RUN with, "" for its own."""

    @property
    def script_file(self) -> "InlineFile | None":
        """The file that has to be there while the command runs, mode 0755, for a heredoc with an interpreter line.

        SHELL's words then run its path instead of `script`, which is its content.
        """
        if self.script is None or len(self.heredocs) != 1 or not self.script.startswith("#!"):
            return None
        if self.script != self.heredocs[0].body:
            return None
        return InlineFile(f"{SCRIPT_FOLDER}/{self.heredocs[0].name}", self.script)


@frozen
class InlineFile:
    """A file out of a heredoc: `content` is the body, expanded where it has to be.

    `path` is the heredoc's name, for a RUN's script file the absolute path.
    """

    path: str
    content: str


@frozen
class CopyOperation:
    """COPY or ADD. `sources` and `destination` are expanded; `destination` keeps its final slash.

    `from_stage`, `from_image` or `from_context` (an additional build context, by name) is set for `--from`; with none
    the sources are in the build context; those of ADD may be URLs and Git repositories (see
    `stepper.dockerfile.sources`). `chown` and `chmod` are the flags' expanded values. With `unpack` local tar archives
    are unpacked, with `unpack_remote` those of a URL. `link` writes without regard to what is there, `parents` keeps
    the directories of the sources, `exclude` are patterns as in an ignore file. `checksum` is what a URL's file or a
    Git repository's commit has to have. With `keep_git_dir` a repository's `.git` comes along; it is None where the
    flag is not given, and the repository's URL may say it.
    """

    sources: tuple[str, ...]
    destination: str
    from_stage: int | None = None
    from_image: str | None = None
    chown: str | None = None
    chmod: str | None = None
    inline_files: tuple[InlineFile, ...] = ()
    unpack: bool = False
    from_context: str | None = None
    unpack_remote: bool = False
    link: bool = False
    parents: bool = False
    exclude: tuple[str, ...] = ()
    checksum: str | None = None
    keep_git_dir: bool | None = None
    is_add: bool = False
    """Which of the two it is, for the history."""


@frozen
class WorkdirOperation:
    """WORKDIR: an absolute path; a relative one is already joined to the working directory before, and cleaned."""

    path: str


@frozen
class EnvOperation:
    """ENV: the pairs in order."""

    pairs: tuple[tuple[str, str], ...]


@frozen
class ArgOperation:
    """ARG: names with the value they have from here on, None for one without a value."""

    pairs: tuple[tuple[str, str | None], ...]


@frozen
class LabelOperation:
    """LABEL: the pairs in order."""

    pairs: tuple[tuple[str, str], ...]


@frozen
class CmdOperation:
    """CMD: `argv` is the exec form, `script` the shell form; exactly one is set."""

    argv: tuple[str, ...] | None
    script: str | None


@frozen
class EntrypointOperation:
    """ENTRYPOINT: `argv` is the exec form, `script` the shell form; exactly one is set."""

    argv: tuple[str, ...] | None
    script: str | None


@frozen
class UserOperation:
    """USER: as written, expanded."""

    user: str


@frozen
class ExposeOperation:
    """EXPOSE: ports as `8080/tcp`, ranges written out."""

    ports: tuple[str, ...]


@frozen
class VolumeOperation:
    """VOLUME: the paths."""

    paths: tuple[str, ...]


@frozen
class StopSignalOperation:
    """STOPSIGNAL: the signal as written."""

    signal: str


@frozen
class HealthcheckOperation:
    """HEALTHCHECK: `test` as in the Docker API (`("NONE",)`, `("CMD", ...)`, `("CMD-SHELL", ...)`).

    Durations are in nanoseconds; 0 means not given.
    """

    test: tuple[str, ...]
    interval: int = 0
    timeout: int = 0
    start_period: int = 0
    start_interval: int = 0
    retries: int = 0


@frozen
class ShellOperation:
    """SHELL: its words."""

    argv: tuple[str, ...]


@frozen
class OnbuildOperation:
    """ONBUILD: the trigger's text as it is stored in the image configuration."""

    text: str
    trigger: Instruction


@frozen
class MaintainerOperation:
    """MAINTAINER: the author."""

    author: str


ConfigOperation = (
    EnvOperation
    | ArgOperation
    | LabelOperation
    | CmdOperation
    | EntrypointOperation
    | UserOperation
    | ExposeOperation
    | VolumeOperation
    | StopSignalOperation
    | HealthcheckOperation
    | ShellOperation
    | OnbuildOperation
    | MaintainerOperation
)
"""What changes the configuration only and never needs a container."""

Operation = FromOperation | BuildOperation | RunOperation | CopyOperation | WorkdirOperation | ConfigOperation
