"""What a build's own secrets are used for while fetching: they go to the server they are meant for, nowhere else.

The ids are BuildKit's: `GIT_AUTH_TOKEN` and `GIT_AUTH_HEADER` for repositories, `HTTP_AUTH_TOKEN_<host>` and
`HTTP_AUTH_HEADER_<host>` for URLs. See https://docs.docker.com/build/building/secrets/.
"""

import base64
from collections.abc import Callable
from urllib.parse import urlsplit

from stepper.dockerfile.mounts import SecretMount
from stepper.engine.access import BuildAccess
from stepper.engine.mounts.failure import MountError
from stepper.engine.mounts.secret_values import read_secret
from stepper.engine.remote.fetch_error import FetchError

ReadSecret = Callable[[str], bytes | None]
"""The value of a secret by its id, None where there is none."""


def secrets_of(access: BuildAccess) -> ReadSecret:
    """Reads the secrets of a build; raises `FetchError` where that cannot be done."""

    def read(name: str) -> bytes | None:
        try:
            return read_secret(SecretMount(name, None), access)
        except MountError as error:
            raise FetchError(error.message, hint=error.hint) from error

    return read


def url_authorization(url: str, read: ReadSecret) -> str | None:
    """The header that a server wants, by the build's secrets."""
    host = urlsplit(url).hostname or ""
    token = read(f"HTTP_AUTH_TOKEN_{host}")
    if token is not None:
        return f"Bearer {_text(token)}"
    header = read(f"HTTP_AUTH_HEADER_{host}")
    return None if header is None else _text(header)


def git_authorization(repository: str, read: ReadSecret) -> str | None:
    """The header that a repository's server wants, by the build's secrets; those for its host go first."""
    host = urlsplit(repository).netloc.rpartition("@")[2] if "://" in repository else ""
    for suffix in (f".{host}", ""):
        header = read(f"GIT_AUTH_HEADER{suffix}")
        if header is not None:
            return _text(header)
        token = read(f"GIT_AUTH_TOKEN{suffix}")
        if token is not None:
            return "basic " + base64.b64encode(b"x-access-token:" + token).decode("ascii")
    return None


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")
