"""Makes a snapshot's image of a container's filesystem."""

from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import post_json
from stepper.engine.client import EngineClient
from stepper.image.config import ImageConfig
from stepper.image.config_json import docker_config


def commit(client: EngineClient, container: str, config: ImageConfig, *, mark: str) -> str:
    """Make an image of a container's filesystem as it is now; its id.

    `mark` is the image's comment, by which `prune` knows it. The image gets `config` without its volumes, which would
    keep the next step's files out of the layer. Its configuration serves people only: the engine mixes the container's
    into it, and what counts is the snapshot's own.
    """
    body = docker_config(config)
    body.pop("Volumes", None)
    params = {"container": container, "comment": mark, "pause": "0"}
    with engine_errors("commit the step's layer"):
        image = str(post_json(client, "/commit", params=params, body=body)["Id"])
    # Podman gives the bare digest, and takes it for a repository's name later on.
    return image if ":" in image else f"sha256:{image}"
