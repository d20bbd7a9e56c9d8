"""What an engine says about itself, and how its images are told from another's in the step cache."""

from dataclasses import dataclass
from typing import Any

import pytest

from stepper.engine.engine_info import ask_engine


@dataclass(frozen=True)
class Client:
    """The part of a client that an engine's identity is read from."""

    version: dict[str, Any]
    info: dict[str, Any]


PODMAN_VERSION = {"Components": [{"Name": "Podman Engine", "Version": "5.4.0"}], "Os": "linux", "Arch": "amd64"}
DOCKER_VERSION = {"Version": "28.5.2", "Os": "linux", "Arch": "amd64"}
INFO = {"Name": "host", "Driver": "overlay2", "DockerRootDir": "/var/lib/docker", "ID": "one"}


def identity(
    version: dict[str, Any], info: dict[str, Any], *, endpoint: str = "unix:///a", place: str = "local"
) -> str:
    return ask_engine(Client(version, info), endpoint=endpoint, place=place).identity  # type: ignore[arg-type]  # a fake


def test_podman_is_the_same_engine_on_every_socket_and_with_every_answer() -> None:
    first = identity(PODMAN_VERSION, INFO, endpoint="unix:///stepper-podman-1/podman.sock")
    assert identity(PODMAN_VERSION, INFO | {"ID": "two"}, endpoint="unix:///stepper-podman-2/podman.sock") == first


@pytest.mark.parametrize("other", [{"Name": "another"}, {"DockerRootDir": "/home/user"}, {"Driver": "vfs"}])
def test_another_place_for_images_is_another_engine(other: dict[str, str]) -> None:
    assert identity(PODMAN_VERSION, INFO | other) != identity(PODMAN_VERSION, INFO)
    assert identity(DOCKER_VERSION, INFO | other) != identity(DOCKER_VERSION, INFO)


def test_another_machine_is_another_engine() -> None:
    assert identity(PODMAN_VERSION, INFO, place="server") != identity(PODMAN_VERSION, INFO)
    assert identity(DOCKER_VERSION, INFO | {"ID": "two"}) != identity(DOCKER_VERSION, INFO)


@pytest.mark.parametrize(
    ("version", "told"), [(PODMAN_VERSION, ("Podman", "5.4.0")), (DOCKER_VERSION, ("Docker", "28.5.2"))]
)
def test_product_and_version_are_told(version: dict[str, Any], told: tuple[str, str]) -> None:
    info = ask_engine(Client(version, INFO), endpoint="unix:///a", place="local").info  # type: ignore[arg-type]  # a fake
    assert (info.product, info.version) == told
    assert (info.platform, info.storage) == ("linux/amd64", "overlay2")


def test_the_containerd_store_is_told_from_a_graph_driver() -> None:
    info = INFO | {"DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]]}
    assert ask_engine(Client(DOCKER_VERSION, info), endpoint="", place="local").info.storage == "containerd"  # type: ignore[arg-type]  # a fake
