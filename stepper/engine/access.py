"""What a build may use besides its files: secrets, SSH agents, and privileges.

Only where a secret is to be found stands here. Its value is read when a step needs it, goes into that step's container
and nowhere else: not into a layer, the step cache, a log or a file.
"""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from stepper.frozen import frozen


@frozen
class Secret:
    """A secret of `--secret`: a file's content, or the value of one of Stepper's environment variables."""

    file: Path | None = None
    variable: str | None = None


@frozen
class SshAccess:
    """An agent of `--ssh`: the socket of one that runs, or the private keys that one is to have."""

    socket: Path | None = None
    keys: tuple[Path, ...] = ()


@frozen
class BuildAccess:
    """Secrets and agents by their ids. `insecure` allows `RUN --security=insecure` (`--allow security.insecure`).

    `host_network` allows `RUN --network=host` (`--allow network.host`).
    """

    secrets: Mapping[str, Secret] = field(default_factory=dict)
    ssh: Mapping[str, SshAccess] = field(default_factory=dict)
    insecure: bool = False
    host_network: bool = False


NO_ACCESS = BuildAccess()
"""Neither secrets nor agents nor privileges."""
