"""From the `--mount` flags of a RUN to the mounts that they ask for."""

import posixpath
from collections.abc import Callable, Mapping

from stepper.dockerfile.graph import mount_source
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Instruction
from stepper.dockerfile.mount_options import MountOptions, MountType, read_options
from stepper.dockerfile.mounts import BindMount, CacheMount, CacheSharing, Mount, SecretMount, SshMount, TmpfsMount
from stepper.dockerfile.origins import Origin
from stepper.dockerfile.place import Place

_SECRETS = "/run/secrets"
_DEFAULT_AGENT = "default"


def resolve_mounts(instruction: Instruction, place: Place) -> tuple[Mount, ...]:
    """The mounts of a RUN, in the order in which they are written. Raises `MalformedError` or `ExpansionError`."""
    found: list[Mount] = []
    for flag in instruction.flags:
        if flag.name == "mount":
            options = read_options(flag.value or "", place.expanded)
            found.append(_MAKERS[options.type](options, place))
    return tuple(found)


def _bind(options: MountOptions, place: Place) -> BindMount:
    return BindMount(
        target=_target(options, place),
        source=_absolute(options.source),
        origin=_origin(options, place),
        writable=options.read_only is False,
    )


def _cache(options: MountOptions, place: Place) -> CacheMount:
    """As in BuildKit, mode and owner make an empty directory, and count only where no source in `from` is named."""
    mount = CacheMount(
        target=_target(options, place),
        id=options.id or _clean(options.target),
        sharing=options.sharing or CacheSharing.SHARED,
        source=_absolute(options.source),
        origin=_origin(options, place),
        read_only=options.read_only is True,
    )
    if mount.source != "/" or (options.mode is None and options.uid is None and options.gid is None):
        return mount
    return CacheMount(
        target=mount.target,
        id=mount.id,
        sharing=mount.sharing,
        read_only=mount.read_only,
        mode=mount.mode if options.mode is None else options.mode,
        uid=options.uid or 0,
        gid=options.gid or 0,
    )


def _tmpfs(options: MountOptions, place: Place) -> TmpfsMount:
    return TmpfsMount(_target(options, place), options.size or None)


def _secret(options: MountOptions, place: Place) -> SecretMount:
    secret = options.source or options.id or _base_name(options.target)
    target: str | None = _absolute(options.target) if options.target else None
    if target is None and options.env is None:
        target = f"{_SECRETS}/{_base_name(secret)}"
    return SecretMount(
        id=secret,
        target=target,
        env=options.env or None,
        required=options.required,
        mode=0o400 if options.mode is None else options.mode,
        uid=options.uid or 0,
        gid=options.gid or 0,
    )


def _ssh(options: MountOptions, place: Place) -> SshMount:
    if options.source:
        raise MalformedError("ssh does not support source", hint="Name an agent by its id.", word="source")
    return SshMount(
        id=options.id or _DEFAULT_AGENT,
        target=_absolute(options.target) if options.target else None,
        required=options.required,
        mode=0o600 if options.mode is None else options.mode,
        uid=options.uid or 0,
        gid=options.gid or 0,
    )


_MAKERS: Mapping[MountType, Callable[[MountOptions, Place], Mount]] = {
    MountType.BIND: _bind,
    MountType.CACHE: _cache,
    MountType.TMPFS: _tmpfs,
    MountType.SECRET: _secret,
    MountType.SSH: _ssh,
}


def _origin(options: MountOptions, place: Place) -> Origin | None:
    if not options.from_name:
        return None
    try:
        return mount_source(options.from_name, place.dockerfile, place.stage, place.scope.contexts)
    except MalformedError as error:
        raise MalformedError(error.message, hint=error.hint, word=f"from={options.from_name}") from error


def _target(options: MountOptions, place: Place) -> str:
    """Where it is mounted. One that is relative stands in the working directory."""
    path = options.target
    if not path.startswith("/"):
        path = posixpath.join("/", place.config.working_dir, path)
    path = _absolute(path)
    if path == "/":
        raise MalformedError(
            'invalid mount target "/"',
            hint=f"Give the {options.type.value} mount a target other than the root, as target=/mnt.",
            word=f"target={options.target}" if options.target else f"type={options.type.value}",
        )
    return path


def _absolute(path: str) -> str:
    """The path from the root, clean."""
    # POSIX keeps two slashes at the start, Go and the kernel do not.
    return "/" + posixpath.normpath("/" + path).lstrip("/")


def _clean(path: str) -> str:
    """The path without needless parts, relative if it was."""
    return _absolute(path) if path.startswith("/") else posixpath.normpath(path)


def _base_name(path: str) -> str:
    return posixpath.basename(path.rstrip("/")) or "/"
