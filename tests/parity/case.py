"""What a parity case is: a Dockerfile with its build context, the options of its build, and what is to come of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from stepper.dockerfile.frontends import frontend_of, goes_to_builder
from stepper.dockerfile.parser import parse
from stepper.engine.step import DEFAULT_SETTINGS, RunSettings
from stepper.errors import DockerfileError
from tests.parity.trees import Tree
from tests.remote_site import Commit, Page


@dataclass(frozen=True)
class Fails:
    """Where a build fails: the line of the instruction (None for no line), and the exit code of its command.

    The exit code is None where no command was run.
    """

    line: int | None
    exit_code: int | None = None


@dataclass(frozen=True)
class Case:
    """One build, with the options of `docker build` that change the result.

    `ignored` are the files that the ignore file keeps out: the docker command, not BuildKit, leaves them out of what is
    sent (recorded from docker 28.2). `stands_for` is for what the Dockerfile reference describes and the engine's own
    frontend does not know yet: a Dockerfile that it knows, and that has to give the same image. `pages` and
    `repositories` are what a web server has for the build, at `http://SITE`.
    """

    name: str
    dockerfile: str
    tree: Tree = field(default_factory=dict)
    target: str | None = None
    build_args: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    platform: str | None = None
    settings: RunSettings = DEFAULT_SETTINGS
    dockerfile_path: str = "Dockerfile"
    ignored: tuple[str, ...] = ()
    stands_for: str | None = None
    fails: Fails | None = None
    pages: Mapping[str, Page] = field(default_factory=dict)
    repositories: Mapping[str, Sequence[Commit]] = field(default_factory=dict)

    @property
    def needs_buildkit(self) -> bool:
        """Whether Stepper has it done by the engine's own builder, in part or as a whole.

        Nothing else needs one: Stepper itself does every kind of mount and `COPY --link`, on any engine.
        """
        frontend = frontend_of(self.dockerfile, self.build_args)
        if frontend is not None and not frontend.reads_dockerfiles:
            return True
        try:
            stages = parse(self.dockerfile.encode()).stages
        except DockerfileError:
            return False
        return any(goes_to_builder(instruction) for stage in stages for instruction in stage.instructions)
