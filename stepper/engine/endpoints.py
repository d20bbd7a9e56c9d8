"""Which engines to try, and in which order: as the docker command does, then the sockets that engines usually have.

Nothing is connected here; `stepper.engine.connect` does that. The order of `-H`, `DOCKER_HOST`, `DOCKER_CONTEXT` and
the current context is the docker command's (https://docs.docker.com/engine/manage-resources/contexts/).
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from stepper.errors import EngineUnavailable
from stepper.frozen import frozen


@frozen
class Certificates:
    """The files of a TLS connection. `verify` asks for the server's certificate to be checked against `ca`."""

    ca: Path | None
    certificate: Path | None
    key: Path | None
    verify: bool = True


@frozen
class Endpoint:
    """One place where an engine may listen, and what made us look there."""

    url: str
    origin: str
    certificates: Certificates | None = None

    @property
    def socket(self) -> Path | None:
        """The path of a unix socket, None for anything else."""
        return Path(self.url.removeprefix("unix://")) if self.url.startswith("unix://") else None

    @property
    def place(self) -> str:
        """`local`, or the host that the engine runs on."""
        scheme, _, rest = self.url.partition("://")
        return "local" if scheme in ("unix", "npipe") else rest.rpartition("@")[2].partition(":")[0].strip("/")


@frozen
class Surroundings:
    """What of the user's machine decides where to look."""

    environment: Mapping[str, str]
    home: Path
    user_id: int

    @property
    def docker_config(self) -> Path:
        """The docker command's configuration folder."""
        return Path(self.environment.get("DOCKER_CONFIG") or self.home / ".docker")

    @property
    def runtime_folder(self) -> Path:
        """The user's folder for sockets."""
        return Path(self.environment.get("XDG_RUNTIME_DIR") or f"/run/user/{self.user_id}")


def chosen_endpoint(host: str | None, around: Surroundings) -> Endpoint | None:
    """The engine that the user named by `-H`, `DOCKER_HOST`, or a docker context; None when nothing is named.

    Raises `EngineUnavailable` when the named context does not exist or cannot be read.
    """
    environment = around.environment
    if host:
        return _named(host, "-H", around)
    if environment.get("DOCKER_HOST"):
        return _named(environment["DOCKER_HOST"], "DOCKER_HOST", around)
    if environment.get("DOCKER_CONTEXT"):
        return _context(environment["DOCKER_CONTEXT"], "DOCKER_CONTEXT", around)
    current = _current_context(around.docker_config / "config.json")
    return _context(current, "the current docker context", around) if current else None


def usual_endpoints(around: Surroundings) -> tuple[Endpoint, ...]:
    """The sockets that engines usually have, the likeliest first."""
    home, runtime = around.home, around.runtime_folder
    colima = Path(around.environment.get("COLIMA_HOME") or home / ".colima")
    places = (
        ("Docker", Path("/var/run/docker.sock")),
        ("rootless Docker", runtime / "docker.sock"),
        ("Docker Desktop", home / ".docker/run/docker.sock"),
        ("Docker Desktop", home / ".docker/desktop/docker.sock"),
        ("Colima", colima / "default/docker.sock"),
        ("OrbStack", home / ".orbstack/run/docker.sock"),
        ("Rancher Desktop", home / ".rd/docker.sock"),
        ("Podman", runtime / "podman/podman.sock"),
        ("Podman", Path("/run/podman/podman.sock")),
        ("Podman machine", home / ".local/share/containers/podman/machine/podman.sock"),
    )
    return tuple(Endpoint(f"unix://{path}", origin) for origin, path in places)


def _named(url: str, origin: str, around: Surroundings) -> Endpoint:
    certificates = _environment_certificates(around) if url.startswith(("tcp://", "https://")) else None
    return Endpoint(_with_port(url, tls=certificates is not None), origin, certificates)


def _with_port(url: str, *, tls: bool) -> str:
    """The docker command takes `tcp://host` to mean its usual port: 2376 with TLS, else 2375."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = ("unix", url) if url.startswith("/") else ("tcp", url)
    if scheme == "tcp" and ":" not in rest.rpartition("]")[2]:
        rest = f"{rest.rstrip('/')}:{2376 if tls else 2375}"
    return f"{scheme}://{rest}"


def _environment_certificates(around: Surroundings) -> Certificates | None:
    """`DOCKER_TLS_VERIFY` counts when it is set to anything but the empty string, `DOCKER_CERT_PATH` likewise."""
    folder = around.environment.get("DOCKER_CERT_PATH")
    verify = bool(around.environment.get("DOCKER_TLS_VERIFY"))
    if not folder and not verify:
        return None
    return _certificates(Path(folder) if folder else around.docker_config, verify=verify)


def _certificates(folder: Path, *, verify: bool) -> Certificates:
    def existing(name: str) -> Path | None:
        return folder / name if (folder / name).is_file() else None

    return Certificates(existing("ca.pem"), existing("cert.pem"), existing("key.pem"), verify)


def _current_context(config: Path) -> str | None:
    try:
        name = json.loads(config.read_text("utf-8")).get("currentContext")
    except (OSError, ValueError, AttributeError):
        return None
    return name if isinstance(name, str) and name != "default" else None


def _context(name: str, origin: str, around: Surroundings) -> Endpoint | None:
    if name == "default":
        return None
    contexts = around.docker_config / "contexts"
    identity = hashlib.sha256(name.encode()).hexdigest()
    try:
        meta = json.loads((contexts / "meta" / identity / "meta.json").read_text("utf-8"))
        engine = meta["Endpoints"]["docker"]
        url = engine["Host"]
    except FileNotFoundError:
        raise EngineUnavailable(
            f'the docker context "{name}" ({origin}) does not exist',
            hint="`docker context ls` lists the contexts, `docker context use NAME` chooses one.",
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineUnavailable(f'the docker context "{name}" ({origin}) cannot be read: {error}') from error
    folder = contexts / "tls" / identity / "docker"
    skip_verify = bool(engine.get("SkipTLSVerify"))
    tls = folder.is_dir() or skip_verify
    certificates = _certificates(folder, verify=not skip_verify) if tls and url.startswith("tcp://") else None
    return Endpoint(_with_port(url, tls=certificates is not None), f'{origin} "{name}"', certificates)
