"""The image configuration as a value, to and from the JSON of the OCI image spec and the Docker API."""

from dataclasses import field

from stepper.frozen import frozen


@frozen
class Healthcheck:
    """How the engine checks a container; times are in nanoseconds as in the Docker API, 0 meaning the default."""

    test: tuple[str, ...]
    interval: int = 0
    timeout: int = 0
    start_period: int = 0
    start_interval: int = 0
    retries: int = 0


@frozen
class ImageConfig:
    """What an image says about the containers that run from it.

    Where order matters to a reader (`env`) it is kept. None and empty differ for `cmd`, `entrypoint` and `shell`: None
    is "not set". See https://github.com/opencontainers/image-spec/blob/main/config.md, and for
    `healthcheck`, `on_build` and `shell` the Docker image specification v1.3.
    """

    env: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    """Sorted by name."""
    user: str = ""
    working_dir: str = ""
    entrypoint: tuple[str, ...] | None = None
    cmd: tuple[str, ...] | None = None
    shell: tuple[str, ...] | None = None
    exposed_ports: tuple[str, ...] = ()
    """As `8080/tcp`, sorted."""
    volumes: tuple[str, ...] = ()
    """Sorted."""
    stop_signal: str = ""
    healthcheck: Healthcheck | None = None
    on_build: tuple[str, ...] = ()
    author: str = ""
    architecture: str = ""
    os: str = "linux"
    variant: str = ""
    args_escaped: bool = False
    """A field of Docker's that BuildKit sets with every CMD."""
    history: tuple["HistoryEntry", ...] = field(default=(), compare=False)
    cmd_in_stage: bool = field(default=False, compare=False)
    """Whether `cmd` was set in the present stage: ENTRYPOINT drops an inherited one. Not part of an image."""

    @property
    def environment(self) -> dict[str, str]:
        """`env` as a mapping."""
        return dict(self.env)


@frozen
class HistoryEntry:
    """One line of `docker history`; `empty_layer` for an instruction that made no layer. `created` is RFC 3339."""

    created: str
    created_by: str
    empty_layer: bool = False
    comment: str = ""
