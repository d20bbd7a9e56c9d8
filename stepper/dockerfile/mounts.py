"""What `RUN --mount` asks for: one frozen class for each type of mount, all options expanded and checked.

The options and their defaults are those of the Dockerfile reference,
https://docs.docker.com/reference/dockerfile/#run---mount. Targets are absolute and clean; a mode is permission bits.
Made by `stepper.dockerfile.mount_flags`.
"""

from enum import Enum

from stepper.dockerfile.origins import Origin
from stepper.frozen import frozen


class CacheSharing(Enum):
    """What happens when several steps use one cache at the same time; the value is how it is written."""

    SHARED = "shared"
    PRIVATE = "private"
    LOCKED = "locked"


@frozen
class BindMount:
    """`type=bind`: a file or directory of the build context (`origin` None), a stage, an image or another context.

    What is written to one that is `writable` is thrown away after the command.
    """

    target: str
    source: str = "/"
    origin: Origin | None = None
    writable: bool = False


@frozen
class CacheMount:
    """`type=cache`: a directory that is kept between builds, by `id`.

    A new one starts with the contents of `source` in `origin` (None: empty), or as an empty directory of this mode
    and owner.
    """

    target: str
    id: str
    sharing: CacheSharing = CacheSharing.SHARED
    source: str = "/"
    origin: Origin | None = None
    read_only: bool = False
    mode: int = 0o755
    uid: int = 0
    gid: int = 0


@frozen
class TmpfsMount:
    """`type=tmpfs`: a filesystem in memory; `size` is its limit in bytes, None for none."""

    target: str
    size: int | None = None


@frozen
class SecretMount:
    """`type=secret`: a secret by its id, as a file at `target`, as the environment variable `env`, or as both.

    One that is not `required` and not given is left out.
    """

    id: str
    target: str | None
    env: str | None = None
    required: bool = False
    mode: int = 0o400
    uid: int = 0
    gid: int = 0


@frozen
class SshMount:
    """`type=ssh`: the socket of an SSH agent by its id, at `target`; None for a place of its own.

    SSH_AUTH_SOCK names the first one of a step, unless ENV sets it. One that is not `required` and not given is left
    out.
    """

    id: str = "default"
    target: str | None = None
    required: bool = False
    mode: int = 0o600
    uid: int = 0
    gid: int = 0


Mount = BindMount | CacheMount | TmpfsMount | SecretMount | SshMount
