"""The values of secrets, read when a step needs them."""

import os

from stepper.dockerfile.mounts import SecretMount
from stepper.engine.access import BuildAccess, Secret
from stepper.engine.mounts.failure import MountError

MAX_BYTES = 500 * 1024
"""The most that BuildKit takes, too."""


def read_secret(mount: SecretMount, access: BuildAccess) -> bytes | None:
    """The value of the secret that a mount names, None where it is not given and need not be. Raises `MountError`."""
    secret = access.secrets.get(mount.id)
    value = _value(mount.id, secret) if secret is not None else None
    if value is None and mount.required:
        raise MountError(
            f"secret {mount.id}: not found", hint=f"Give it with --secret id={mount.id},src=FILE or ,env=VARIABLE."
        )
    if value is not None and len(value) > MAX_BYTES:
        raise MountError(f"secret {mount.id} is too big: the most is {MAX_BYTES} bytes")
    return value


def _value(name: str, secret: Secret) -> bytes | None:
    if secret.file is None:
        return os.environb.get(os.fsencode(secret.variable or ""))
    try:
        with secret.file.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise MountError(f"secret {name}: {secret.file}: {error.strerror}") from error
