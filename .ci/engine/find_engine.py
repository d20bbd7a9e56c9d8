"""Where does an engine run already? The places, in the order in which the docker command and Stepper look."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from engine_api import EngineApi, EngineError


@dataclass(frozen=True)
class Place:
    """Where an engine may be. `by_command`: only the docker command can reach it (ssh, or TLS keys of a context)."""

    name: str
    url: str
    by_command: bool = False


@dataclass
class Search:
    """The place that was found, and what was tried on the way (`place: why not`)."""

    found: Place | None = None
    tried: list[str] = field(default_factory=list)


def find_engine(*, docker_only: bool) -> Search:
    """Look for an engine that answers.

    With `docker_only` it has to be Docker, not Podman, and one that builds with BuildKit. An engine that DOCKER_HOST
    names may be an old Docker: whoever names it means it.
    """
    search = Search()
    named = os.environ.get("DOCKER_HOST", "")
    for place in _places(named):
        try:
            if place.by_command:
                _ask_by_command()
                unfit = ""
            else:
                unfit = _why_unfit(place.url, docker_only=docker_only, named=place.url == named)
        except EngineError as error:
            unfit = str(error)
        if not unfit:
            search.found = place
            return search
        search.tried.append(f"{place.name}: {unfit}")
    return search


def _places(named: str) -> list[Place]:
    """Every place that may have an engine, without doubles."""
    places: dict[str, Place] = {}
    if named:
        places[named] = Place(f"DOCKER_HOST={named}", named, by_command=named.startswith("ssh://"))
    elif context := _context_endpoint():
        name = f"the docker command's context ({context})"
        places[context] = Place(name, context, by_command=not context.startswith("unix://"))
    for path in _usual_sockets():
        places.setdefault(f"unix://{path}", Place(str(path), f"unix://{path}"))
    return list(places.values())


def _context_endpoint() -> str:
    """The address in the docker command's current context, or "" where there is no docker command."""
    if shutil.which("docker") is None:
        return ""
    command = ["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def _usual_sockets() -> list[Path]:
    home = Path.home()
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    sockets = [
        Path("/var/run/docker.sock"),
        runtime / "docker.sock",
        home / ".docker/run/docker.sock",
        home / ".docker/desktop/docker.sock",
        home / ".colima/default/docker.sock",
        home / ".config/colima/default/docker.sock",
        runtime / "podman/podman.sock",
        Path("/run/podman/podman.sock"),
    ]
    if sys.platform == "darwin":
        sockets.append(home / ".local/share/containers/podman/machine/podman.sock")
    return sockets


def _why_unfit(url: str, *, docker_only: bool, named: bool) -> str:
    """An empty text for an engine that will do. Raises EngineError when none answers."""
    engine = EngineApi(url)
    version = engine.version()
    if not docker_only:
        return ""
    if any("podman" in str(part.get("Name", "")).lower() for part in version.get("Components") or []):
        return "Podman, and the tests need Docker"
    if not named and not engine.builds_with_buildkit():
        return f"Docker {version.get('Version')}, and the tests need one that builds with BuildKit (23 or newer)"
    return ""


def _ask_by_command() -> None:
    """Raises EngineError when the engine that the docker command would use does not answer."""
    command = ["docker", "version", "--format", "{{.Server.Version}}"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except FileNotFoundError as error:
        raise EngineError("the docker command is needed to reach it, and is not installed") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(str(error)) from error
    if asked.returncode != 0:
        raise EngineError(asked.stderr.strip())
