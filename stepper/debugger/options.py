"""What a build is asked for: the options of `docker build` that Stepper knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class BuildOptions:
    """One build. `dockerfile` is the file's path, `context` the folder that COPY reads from."""

    context: Path
    dockerfile: Path
    tags: tuple[str, ...] = ()
    target: str | None = None
    """A stage's name or index; None for the last stage."""
    build_args: Mapping[str, str] = field(default_factory=dict)
    network: str | None = None
    no_cache: bool = False
    pull: bool = False
    until: str | None = None
    """Headless: stop before this line, or after this stage."""
