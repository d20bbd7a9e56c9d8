"""What an engine says about itself."""

import hashlib
from collections.abc import Mapping
from typing import Any

from stepper.engine.client import EngineClient
from stepper.engine.protocol import EngineInfo
from stepper.frozen import frozen

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i386": "386", "i686": "386"}
CONTAINERD = "containerd"
PODMAN = "Podman"


@frozen
class EngineFacts:
    """`info` is for people; `identity` tells one engine's images from another's in the step cache."""

    info: EngineInfo
    identity: str


def ask_engine(client: EngineClient, *, endpoint: str, place: str) -> EngineFacts:
    """What an engine says it is."""
    version, info = client.version, client.info
    product = product_of(version)
    name, driver = str(info.get("Name") or ""), str(info.get("Driver") or "")
    storage = CONTAINERD if _uses_containerd(info) else driver
    # Podman makes a new ID with every answer, and the socket of one that Stepper starts is another each time.
    engine_id = str(info.get("ID") or "") if product != PODMAN else place
    facts = (product, engine_id, name, str(info.get("DockerRootDir") or ""), storage, driver)
    return EngineFacts(
        EngineInfo(
            product=product,
            version=_version(version, product),
            endpoint=endpoint,
            place=place,
            platform=f"{version.get('Os') or 'linux'}/{_architecture(version, info)}",
            storage=storage,
            cpus=int(info.get("NCPU") or 1),
        ),
        hashlib.sha256("\0".join(facts).encode()).hexdigest()[:16],
    )


def product_of(version: Mapping[str, Any]) -> str:
    """`Docker` or `Podman`, by what an engine answers to `GET /version`."""
    names = [str(component.get("Name") or "") for component in version.get("Components") or ()]
    return PODMAN if any(name.startswith("Podman") for name in names) else "Docker"


def _version(version: Mapping[str, Any], product: str) -> str:
    for component in version.get("Components") or ():
        if product == PODMAN and str(component.get("Name") or "").startswith("Podman"):
            return str(component.get("Version") or "")
    return str(version.get("Version") or "")


def _architecture(version: Mapping[str, Any], info: Mapping[str, Any]) -> str:
    found = str(version.get("Arch") or info.get("Architecture") or "")
    return _ARCHITECTURES.get(found, found)


def _uses_containerd(info: Mapping[str, Any]) -> bool:
    """See https://docs.docker.com/engine/storage/containerd/ for how an engine tells."""
    status = info.get("DriverStatus") or ()
    return any(pair[0] == "driver-type" and "io.containerd" in pair[1] for pair in status if len(pair) == 2)
