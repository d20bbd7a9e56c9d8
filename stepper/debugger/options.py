"""What a build is asked for: the options of `docker build` that Stepper knows."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from stepper.dockerfile.grants import Grants
from stepper.dockerfile.graph import find_stage
from stepper.dockerfile.model import Dockerfile
from stepper.engine.access import NO_ACCESS, BuildAccess
from stepper.engine.step import DEFAULT_SETTINGS, RunSettings
from stepper.frozen import frozen


@frozen
class NamedContext:
    """What `--build-context` gives a name to: an image by its reference, or a folder; exactly one is set."""

    image: str | None = None
    folder: Path | None = None
    has_ignore_file: bool = True


def grants_of(access: BuildAccess, settings: RunSettings) -> Grants:
    """What the build's RUN may use. The host's network may be used by one as by all."""
    host_network = access.host_network or settings.network == "host"
    return Grants(access.secrets.keys(), access.ssh.keys(), access.insecure, host_network)


@frozen
class BuildOptions:
    """One build. `dockerfile` is the file's path, `context` the folder that COPY reads from."""

    context: Path
    dockerfile: Path
    dockerfile_name: str | None = None
    """What messages call the Dockerfile, where that is not its path."""
    is_own_file: bool = True
    """The Dockerfile is the user's file: it can be edited, is read again, and its breakpoints are kept."""
    has_ignore_file: bool = True
    """An ignore file counts; it does not in a context that docker leaves to the builder to fetch."""
    build_contexts: Mapping[str, NamedContext] = field(default_factory=dict)
    """The additional contexts, by name as `stepper.dockerfile.contexts.context_name` makes it."""
    tags: tuple[str, ...] = ()
    target: str | None = None
    """A stage's name or index; None for the last stage."""
    build_args: Mapping[str, str] = field(default_factory=dict)
    args_given_by: Mapping[str, str] = field(default_factory=dict)
    """Of those build arguments that no `--build-arg NAME=VALUE` gave a value: what did, in a few words."""
    run_settings: RunSettings = DEFAULT_SETTINGS
    access: BuildAccess = NO_ACCESS
    """The secrets, SSH agents and privileges that the build's RUN may use."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What the final image has besides its own LABELs, which these override."""
    platform: str | None = None
    """What is built for, as `linux/arm64`; None for the engine's own."""
    no_cache: bool = False
    no_cache_stages: tuple[str, ...] = ()
    """The stages, by name in any case of letters or by number, whose steps are run anew."""
    image_id_file: Path | None = None
    """Where the id of the target's image goes once it is built."""
    pull: bool = False
    dry_run: bool = False
    """Headless: tell what would run, and run nothing."""
    until: str | None = None
    """Headless: stop before this line, or after this stage."""

    @property
    def name(self) -> str:
        """What messages call the Dockerfile."""
        return self.dockerfile_name if self.dockerfile_name is not None else str(self.dockerfile)

    def runs_anew(self, stage: int, dockerfile: Dockerfile) -> bool:
        """Whether the user wants nothing of a stage from the cache."""
        if self.no_cache:
            return True
        if dockerfile.handed_over is not None:
            # The builder cannot be told which of its stages.
            return bool(self.no_cache_stages)
        return stage in (find_stage(dockerfile, name) for name in self.no_cache_stages)
