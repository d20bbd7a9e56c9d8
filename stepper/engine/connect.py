"""Finds the engine as the docker command does, and opens it."""

import errno
import os
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stepper.engine.api_errors import is_engine_error
from stepper.engine.client import EngineClient
from stepper.engine.endpoints import Endpoint, Surroundings, chosen_endpoint, usual_endpoints
from stepper.engine.protocol import Engine
from stepper.engine.relays import PodmanService, Relay, SshRelay
from stepper.errors import EngineUnavailable
from stepper.folders import cache_folder

if TYPE_CHECKING:
    from stepper.engine.docker_engine import DockerEngine

_HOW_TO_START = (
    "Start one (`sudo systemctl start docker`, Docker Desktop, `colima start`, `podman system service`), "
    "or name one with -H or DOCKER_HOST."
)


@dataclass
class Connection:
    """An open client to an engine, and what has to be closed after it."""

    client: EngineClient
    endpoint: Endpoint
    relay: Relay | None = field(default=None)

    def close(self) -> None:
        """Let go of the engine; ends the relay."""
        self.client.close()
        if self.relay is not None:
            self.relay.close()


def open_engine(host: str | None = None) -> Engine:
    """The engine of `-H` (`host`), of the environment or of this machine, ready to run steps.

    Raises `EngineUnavailable`, whose message lists what was tried, when none can be reached.
    """
    # What it takes to use an engine is loaded while the engine answers.
    threading.Thread(target=_load_engine, name="load", daemon=True).start()
    connection = connect(host)
    try:
        return _load_engine()(
            connection.client,
            cache=cache_folder(),
            endpoint=connection.endpoint.url,
            place=connection.endpoint.place,
            origin=connection.endpoint.origin,
            on_close=connection.close,
        )
    except BaseException:
        connection.close()
        raise


def _load_engine() -> "type[DockerEngine]":
    from stepper.engine.docker_engine import DockerEngine

    return DockerEngine


def connect(host: str | None = None, around: Surroundings | None = None) -> Connection:
    """Reach the engine that the user named, else the first that answers, else podman by starting its service.

    Raises `EngineUnavailable`.
    """
    around = around or Surroundings(os.environ, Path.home(), os.getuid())
    chosen = chosen_endpoint(host, around)
    if chosen is not None:
        return _open_chosen(chosen)
    tried: list[str] = []
    for endpoint in usual_endpoints(around):
        try:
            return _open(endpoint)
        except EngineUnavailable as error:
            tried.append(f"{endpoint.url} ({endpoint.origin}): {error.message}")
    return _open_podman(tried)


def _open_chosen(endpoint: Endpoint) -> Connection:
    try:
        return _open(endpoint)
    except EngineUnavailable as error:
        message = f"no engine answers at {endpoint.url} (from {endpoint.origin}): {error.message}"
        raise EngineUnavailable(message, hint=error.hint or _HOW_TO_START) from error


def _open_podman(tried: list[str]) -> Connection:
    if shutil.which("podman") is None:
        tried.append("podman: not installed")
    else:
        try:
            service = PodmanService()
            service.wait_until_ready()
            return _open(Endpoint(service.url, "podman, started by Stepper"), service)
        except EngineUnavailable as error:
            tried.append(error.message)
    denied = any("permission denied" in line for line in tried)
    hint = "Your user may not use Docker's socket: add it to the `docker` group, or use sudo. " if denied else ""
    lines = "".join(f"\n  {line}" for line in tried)
    raise EngineUnavailable(f"no Docker engine can be reached. Tried:{lines}", hint=hint + _HOW_TO_START)


def _open(endpoint: Endpoint, relay: Relay | None = None) -> Connection:
    """Open one endpoint; the message of `EngineUnavailable` is the bare reason."""
    if endpoint.socket is not None:
        _check_socket(endpoint.socket)
    ssh: SshRelay | None = None
    if endpoint.url.startswith("ssh://"):
        relay = ssh = SshRelay(endpoint.url)
    try:
        url = relay.url if relay is not None else endpoint.url
        # Each connection over ssh takes a while; the SDK keeps those that it has.
        client = EngineClient(url, certificates=endpoint.certificates, direct=ssh is None and url.startswith("unix://"))
    except Exception as error:
        if not isinstance(error, ValueError) and not is_engine_error(error):
            raise
        reason = (ssh.complaint() if ssh is not None else "") or _reason(error)
        if relay is not None:
            relay.close()
        raise EngineUnavailable(reason) from error
    return Connection(client, endpoint, relay)


def _check_socket(path: Path) -> None:
    """Tell a missing or a forbidden socket at once, without the cost of loading the SDK."""
    try:
        if not path.is_socket():
            raise EngineUnavailable("no such socket" if not path.exists() else "not a socket")
    except PermissionError:
        raise EngineUnavailable("permission denied") from None
    if not os.access(path, os.R_OK | os.W_OK):
        raise EngineUnavailable("permission denied")


def _reason(error: BaseException) -> str:
    """The innermost cause in a few words; the SDK wraps it several times."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno in _REASONS:
            return _REASONS[cause.errno]
    text = str(error).removeprefix("Error while fetching server API version: ")
    return text or type(error).__name__


_REASONS = {
    errno.ENOENT: "no such socket",
    errno.EACCES: "permission denied",
    errno.ECONNREFUSED: "connection refused",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "the network is unreachable",
}


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, BaseException) and cause not in found:
            found.append(cause)
            waiting.extend([cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args])
    return found
