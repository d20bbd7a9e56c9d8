"""Requests to the Docker API that the SDK has no typed or complete method for."""

import contextlib
import json
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from stepper.engine.api_errors import engine_errors
from stepper.engine.client import EngineClient, accepted
from stepper.engine.engine_info import PODMAN, product_of
from stepper.engine.file_tree import by_bytes
from stepper.engine.socket_requests import Answer
from stepper.engine.stream import EngineStream
from stepper.errors import StepperError

_ARCHIVE = "application/x-tar"
LIBPOD = "/libpod"
"""Where Podman's own API is, below the version of Docker's."""
_ATTEMPTS = 40
_BETWEEN_SECONDS = 0.05
_GONE_IN_PODMAN = b"image not known"


class LoadError(StepperError):
    """The engine refused an image archive; the message is its own."""


def post_json(client: EngineClient, path: str, *, params: Mapping[str, Any], body: Any = None) -> Any:
    """POST to a path below the API's version; the JSON of the answer. Raises the SDK's errors."""
    data = {name: value for name, value in body.items() if value is not None} if isinstance(body, dict) else body or {}
    return json.loads(client.request("POST", path, params=params, body=json.dumps(data).encode()))


def post_stream(
    client: EngineClient, path: str, *, params: Mapping[str, Any], body: Iterable[bytes] | None
) -> Iterator[dict[str, Any]]:
    """POST an archive of any length to a path below the API's version; the JSON objects of the answer as they come.

    Raises the SDK's errors.
    """
    api: Any = client.api
    headers = {"Content-Type": _ARCHIVE}
    answer = api._post(api._url(path), params=params, data=body, headers=headers, stream=True, timeout=None)
    yield from api._stream_helper(answer, decode=True)


def get_json(client: EngineClient, path: str, **params: Any) -> Any:
    """GET a path below the API's version; the JSON of the answer. Raises the SDK's errors."""
    return json.loads(client.request("GET", path, params=params))


def image_path(image: str, what: str) -> str:
    """The path of something of an image by id or name."""
    return f"/images/{quote(image, safe='/:@')}/{what}"


def inspect_image(client: EngineClient, image: str) -> dict[str, Any]:
    """What the engine knows of an image by id or name. Raises the SDK's errors."""
    return _told_of_image(*_ask_for_image(client, image))


def find_image(client: EngineClient, image: str) -> dict[str, Any] | None:
    """What the engine knows of an image by id or name, None where it has none. Raises the SDK's errors."""
    path, answer = _ask_for_image(client, image)
    return None if answer.status == HTTPStatus.NOT_FOUND else _told_of_image(path, answer)


def list_images(client: EngineClient) -> list[dict[str, Any]]:
    """What the engine tells of every image in its list, those without a name too. Raises the SDK's errors.

    The containerd image store knows nothing while an image is removed that it is about to list, and Podman 4 fails:
    then again.
    """
    path = "/images/json?all=1"
    for _ in range(_ATTEMPTS):
        answer = client.answer("GET", path)
        is_refused = answer.status >= HTTPStatus.BAD_REQUEST
        if answer.status != HTTPStatus.NOT_FOUND and not (is_refused and _GONE_IN_PODMAN in answer.body):
            return list(json.loads(accepted(path, answer)))
        time.sleep(_BETWEEN_SECONDS)
    found: list[dict[str, Any]] = get_json(client, path)
    return found


def image_history(client: EngineClient, image: str) -> list[dict[str, Any]]:
    """The history of an image by id or name, newest first. Raises the SDK's errors."""
    found: list[dict[str, Any]] = get_json(client, image_path(image, "history"))
    return found


def layers_size(history: Iterable[Mapping[str, Any]]) -> int:
    """The bytes of all layers. An image's own `Size` is that of its compressed layers on some image stores."""
    return sum(int(entry.get("Size") or 0) for entry in history)


def load_image(client: EngineClient, archive: bytes) -> None:
    """Load an image from an archive. Raises the SDK's errors."""
    answer = client.request("POST", "/images/load", body=archive, content_type=_ARCHIVE)
    for line in answer.splitlines():
        told = json.loads(line) if line.strip() else {}
        if "error" in told:
            raise LoadError(told["error"])


def tag_image(client: EngineClient, image: str, name: str) -> None:
    """Give an image by id a name, `latest` where it has no tag. Raises the SDK's errors."""
    repository, _, tag = name.rpartition(":")
    if not repository or "/" in tag:
        repository, tag = name, "latest"
    client.request("POST", f"/images/{image}/tag", params={"repo": repository, "tag": tag, "force": 1})


def discard_image(client: EngineClient, image: str) -> None:
    """Remove an image by id or name, but not its parents. What cannot be removed now goes with `stepper prune`."""
    with contextlib.suppress(StepperError), engine_errors("remove an image"):
        client.request("DELETE", f"/images/{image}", params={"noprune": 1})


def create_container(client: EngineClient, config: Mapping[str, Any], name: str) -> str:
    """Create a container from the API's own JSON; its id. Raises the SDK's errors.

    The SDK's `create_container` decides too much by itself, for example when standard input is closed.
    """
    answer = post_json(client, "/containers/create", params={"name": name}, body=config)
    return str(answer["Id"])


def get_archive(client: EngineClient, container: str, path: str) -> Generator[bytes, None, None]:
    """A path of a container and all below it as a tar stream. Raises the SDK's errors, now and while it is read."""
    return client.download(f"/containers/{container}/archive", {"path": by_bytes(path)})


def put_archive(client: EngineClient, container: str, path: str, archive: bytes | Iterable[bytes]) -> None:
    """Unpack a tar stream in a directory of a container. Raises the SDK's errors, and what making the stream raises."""
    params = {"path": by_bytes(path)}
    client.request("PUT", f"/containers/{container}/archive", params=params, body=archive, content_type=_ARCHIVE)


def start_exec(
    client: EngineClient, container: str, config: Mapping[str, Any], *, tty: bool = False
) -> tuple[str, EngineStream]:
    """Create and start an exec in a container; its id and the stream to it. Raises the SDK's errors."""
    exec_id = str(post_json(client, f"/containers/{container}/exec", params={}, body=config)["Id"])
    return exec_id, EngineStream(client.api.exec_start(exec_id, tty=tty, socket=True))


def _ask_for_image(client: EngineClient, image: str) -> tuple[str, Answer]:
    """What was asked for in the end, and the answer."""
    path = image_path(image, "json")
    answer = client.answer("GET", path)
    if answer.status == HTTPStatus.INTERNAL_SERVER_ERROR and product_of(client.version) == PODMAN:
        # Podman cannot tell of all images by Docker's API: version 4 of none with a port that is neither tcp nor udp.
        path = f"{LIBPOD}{path}"
        answer = client.answer("GET", path)
    return path, answer


def _told_of_image(path: str, answer: Answer) -> dict[str, Any]:
    found = dict(json.loads(accepted(path, answer)))
    # Podman's own API gives the bare digest, which would be taken for a name later on.
    return {**found, "Id": f"sha256:{found['Id'].removeprefix('sha256:')}"}
