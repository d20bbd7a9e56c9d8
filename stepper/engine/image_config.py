"""The configuration of an image that an engine has."""

from collections.abc import Sequence
from typing import Any

from stepper.engine.api_requests import inspect_image
from stepper.engine.client import EngineClient
from stepper.engine.engine_info import PODMAN
from stepper.image.config import HistoryEntry, ImageConfig
from stepper.image.config_json import from_inspect

_LIBPOD = "/v4.0.0/libpod"


def config_of_image(
    client: EngineClient, image: str, product: str, history: Sequence[HistoryEntry] = ()
) -> ImageConfig:
    """What an engine of this product (see `EngineInfo`) says of an image by id. Raises the SDK's errors."""
    found = inspect_image(client, image)
    if product == PODMAN:
        # Podman leaves the health check out of Docker's API, and tells it in its own.
        api: Any = client.api
        answer = api._result(api._get(f"{api.base_url}{_LIBPOD}/images/{image}/json"), json=True)
        found["Config"] = {**(found.get("Config") or {}), "Healthcheck": answer.get("Healthcheck")}
    return from_inspect(found, history)
