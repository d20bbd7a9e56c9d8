"""The values of the options of `docker build`, read and checked as the docker command does. All raise `UsageError`."""

import ipaddress
import re
from collections.abc import Mapping, Sequence

from stepper.dockerfile.platforms import parse_platform
from stepper.dockerfile.sizes import size_in_bytes
from stepper.engine.step import ExtraHost, Ulimit
from stepper.errors import UsageError
from stepper.text import printable

_HOST_GATEWAY = "host-gateway"
_LIMITS = (
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
    "rttime", "sigpending", "stack",
)  # fmt: skip
_NUMBER = re.compile(r"-1|[0-9]+")
_DEFAULT_PLATFORM = "DOCKER_DEFAULT_PLATFORM"


def extra_hosts(written: Sequence[str]) -> tuple[ExtraHost, ...]:
    """`--add-host NAME:ADDRESS` or `NAME=ADDRESS`, several with commas between."""
    return tuple(_extra_host(part) for each in written for part in each.split(","))


def _extra_host(written: str) -> ExtraHost:
    name, equals, address = written.partition("=")
    if not equals:
        name, equals, address = written.partition(":")
    if not equals or not name or ":" in name or any(character.isspace() for character in name):
        raise UsageError(
            f"--add-host {printable(written)} is no name with an address",
            hint="Write it as --add-host NAME:ADDRESS, as db:10.0.0.5, or NAME:host-gateway for the engine's machine.",
        )
    if address == _HOST_GATEWAY:
        return ExtraHost(name, address)
    if address.startswith("[") and address.endswith("]"):
        address = address[1:-1]
    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise UsageError(
            f"--add-host {printable(written)}: {printable(address) or 'nothing'} is no IP address",
            hint="Write it as 10.0.0.5 or fd00::5, or host-gateway for the engine's machine.",
        ) from None
    return ExtraHost(name, address)


def shm_size(written: str | None) -> int | None:
    """`--shm-size SIZE` in bytes: a number with b, k, m or g behind it, in units of 1024."""
    if written is None:
        return None
    try:
        return size_in_bytes(written.strip())
    except ValueError:
        raise UsageError(
            f"--shm-size {printable(written)} is no size", hint="Write it as 64m, 1g or a number of bytes."
        ) from None


def ulimits(written: Sequence[str]) -> tuple[Ulimit, ...]:
    """`--ulimit NAME=SOFT[:HARD]`; of several with one name the last counts."""
    found = {limit.name: limit for limit in map(_ulimit, written)}
    return tuple(found[name] for name in sorted(found))


def _ulimit(written: str) -> Ulimit:
    name, _, values = written.partition("=")
    soft, colon, hard = values.partition(":")
    if not _NUMBER.fullmatch(soft) or not _NUMBER.fullmatch(hard if colon else soft):
        raise UsageError(
            f"--ulimit {printable(written)} is no limit",
            hint="Write it as NAME=SOFT or NAME=SOFT:HARD, as nofile=1024:2048.",
        )
    if name not in _LIMITS:
        raise UsageError(
            f"--ulimit {printable(written)}: there is no limit {printable(name)}",
            hint=f"There are {', '.join(_LIMITS)}.",
        )
    limit = Ulimit(name, int(soft), int(hard if colon else soft))
    if limit.hard != -1 and (limit.soft > limit.hard or limit.soft == -1):
        raise UsageError(f"--ulimit {printable(written)}: the soft limit is above the hard one")
    return limit


def labels(written: Sequence[str]) -> dict[str, str]:
    """`--label NAME=VALUE`, or a mere name for an empty value."""
    found: dict[str, str] = {}
    for each in written:
        name, _, value = each.partition("=")
        if not name:
            raise UsageError(f"--label {printable(each)} has no name", hint="Write it as --label NAME=VALUE.")
        found[name] = value
    return found


def platform(written: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """`--platform`, else DOCKER_DEFAULT_PLATFORM, in full; None for the engine's own."""
    names = list(names_of(written))
    option = "--platform"
    if not names:
        option = _DEFAULT_PLATFORM
        names = list(names_of([environment.get(_DEFAULT_PLATFORM, "")]))
    if len(names) > 1:
        raise UsageError(
            f"{option} {printable(','.join(names))}: Stepper builds for one platform at a time",
            hint="Name one of them with --platform.",
        )
    if not names or names[0] == "local":
        return None
    try:
        return str(parse_platform(names[0]))
    except ValueError as error:
        raise UsageError(f"{option}: {printable(str(error))}") from None


def names_of(written: Sequence[str]) -> tuple[str, ...]:
    """The names of an option that takes several with commas between, as `--no-cache-filter STAGE[,STAGE]`."""
    return tuple(name.strip() for each in written for name in each.split(",") if name.strip())
