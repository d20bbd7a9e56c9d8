"""Where does an engine run already? The places, in the order in which the docker command and Stepper look."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from engine_api import EngineApi, EngineError


@dataclass
class Search:
    """What a search found, and for the message what was tried on the way (`place: why not`)."""

    url: str | None = None
    tried: list[str] = field(default_factory=list)


def find_engine(*, docker_only: bool) -> Search:
    """Look for an engine that answers.

    With `docker_only` it has to be Docker, not Podman, and one that builds with BuildKit. An engine that DOCKER_HOST
    names may be an old Docker: whoever names it means it.
    """
    search = Search()
    named = os.environ.get("DOCKER_HOST", "")
    for place, url in _places(named):
        try:
            unfit = _why_unfit(url, docker_only=docker_only, named=url == named)
        except EngineError as error:
            unfit = str(error)
        if unfit is None:
            search.url = url
            return search
        search.tried.append(f"{place}: {unfit}")
    return search


def _places(named: str) -> list[tuple[str, str]]:
    """(how to call the place in a message, address) of every place that may have an engine, without doubles."""
    places: dict[str, str] = {}
    if named:
        places[named] = f"DOCKER_HOST={named}"
    context = _context_endpoint()
    if context:
        places.setdefault(context, f"the docker command's context ({context})")
    for path in _usual_sockets():
        places.setdefault(f"unix://{path}", str(path))
    return [(place, url) for url, place in places.items()]


def _context_endpoint() -> str:
    """The address in the docker command's current context, or "" where there is no docker command."""
    if shutil.which("docker") is None:
        return ""
    # DOCKER_HOST would override the context, and has had its turn.
    environment = {name: value for name, value in os.environ.items() if name != "DOCKER_HOST"}
    command = ["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=10, env=environment, check=False)
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


def _why_unfit(url: str, *, docker_only: bool, named: bool) -> str | None:
    """None for an engine that will do. Raises EngineError when none answers."""
    if url.startswith("ssh://"):
        return _why_unfit_over_ssh(url)
    engine = EngineApi(url)
    version = engine.version()
    if not docker_only:
        return None
    if any("podman" in str(part.get("Name", "")).lower() for part in version.get("Components") or []):
        return "Podman, and the tests need Docker"
    if not named and not engine.builds_with_buildkit():
        return f"Docker {version.get('Version')}, and the tests need one that builds with BuildKit (23 or newer)"
    return None


def _why_unfit_over_ssh(url: str) -> str | None:
    """The docker command can speak through ssh, this script cannot."""
    if shutil.which("docker") is None:
        return "the docker command is needed to reach an engine through ssh"
    command = ["docker", "--host", url, "version", "--format", "{{.Server.Version}}"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if asked.returncode == 0 else asked.stderr.strip()
