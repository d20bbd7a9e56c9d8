"""What the engine's own builder is asked for: a whole build, by a frontend that Stepper does not know."""

from collections.abc import Mapping
from dataclasses import field

from stepper.engine.step import DEFAULT_SETTINGS, ContextSource, RunSettings
from stepper.frozen import frozen


@frozen
class BuildRequest:
    """One build by the engine's builder; the options are those of `docker build`.

    `file` is the content of the file that the frontend reads, which need not be a Dockerfile, and `name` what it is
    called in the build context.
    """

    file: bytes
    context: ContextSource | None = None
    """None: there is nothing but the file."""
    name: str = "Dockerfile"
    build_args: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    target: str | None = None
    platform: str | None = None
    settings: RunSettings = DEFAULT_SETTINGS
    no_cache: bool = False
    pull: bool = False
