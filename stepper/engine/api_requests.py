"""Requests to the Docker API that the SDK has no typed or complete method for."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from stepper.engine.stream import EngineStream
from stepper.errors import StepperError

if TYPE_CHECKING:
    import docker


class LoadError(StepperError):
    """The engine refused an image archive; the message is its own."""


def post_json(client: "docker.DockerClient", path: str, *, params: Mapping[str, Any], body: Any = None) -> Any:
    """POST to a path below the API's version; the JSON of the answer. Raises the SDK's errors."""
    api: Any = client.api
    return api._result(api._post_json(api._url(path), data=body, params=dict(params)), json=True)


def get_json(client: "docker.DockerClient", path: str, **params: Any) -> Any:
    """GET a path below the API's version; the JSON of the answer. Raises the SDK's errors."""
    api: Any = client.api
    return api._result(api._get(api._url(path), params=params), json=True)


def inspect_image(client: "docker.DockerClient", image: str) -> dict[str, Any]:
    """What the engine knows of an image by id or name. Raises the SDK's errors."""
    found: dict[str, Any] = get_json(client, f"/images/{quote(image, safe='/:@')}/json")
    return found


def image_history(client: "docker.DockerClient", image: str) -> list[dict[str, Any]]:
    """An image's history, newest first. Raises the SDK's errors."""
    found: list[dict[str, Any]] = get_json(client, f"/images/{image}/history")
    return found


def layers_size(history: Iterable[Mapping[str, Any]]) -> int:
    """The bytes of all layers. An image's own `Size` is that of its compressed layers on some image stores."""
    return sum(int(entry.get("Size") or 0) for entry in history)


def load_image(client: "docker.DockerClient", archive: bytes) -> None:
    """Load an image from an archive. Raises the SDK's errors."""
    api: Any = client.api
    for line in api.load_image(archive):
        if "error" in line:
            raise LoadError(line["error"])


def create_container(client: "docker.DockerClient", config: Mapping[str, Any], name: str) -> str:
    """Create a container from the API's own JSON; its id. Raises the SDK's errors.

    The SDK's `create_container` decides too much by itself, for example when standard input is closed.
    """
    answer = post_json(client, "/containers/create", params={"name": name}, body=config)
    return str(answer["Id"])


def start_exec(
    client: "docker.DockerClient", container: str, config: Mapping[str, Any], *, tty: bool = False
) -> tuple[str, EngineStream]:
    """Create and start an exec in a container; its id and the stream to it. Raises the SDK's errors."""
    exec_id = str(post_json(client, f"/containers/{container}/exec", params={}, body=config)["Id"])
    return exec_id, EngineStream(client.api.exec_start(exec_id, tty=tty, socket=True))
