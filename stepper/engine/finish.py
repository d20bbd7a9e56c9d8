"""The final image: it has exactly the configuration that was asked for, and its tags."""

from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import image_history, layers_size, tag_image
from stepper.engine.client import EngineClient
from stepper.engine.engine_info import PODMAN
from stepper.engine.image_config import config_of_image
from stepper.engine.protocol import BuiltImage
from stepper.errors import EngineError
from stepper.image.config import ImageConfig
from stepper.image.config_json import docker_config


def finish(client: EngineClient, product: str, image: str, config: ImageConfig, tags: tuple[str, ...]) -> BuiltImage:
    """Look at and tag the final image, by id, in an engine of a product (see `EngineInfo`).

    Raises `EngineError` when the engine made it with another configuration than this.
    """
    with engine_errors("look at the final image"):
        # Podman keeps a configuration as it is loaded, with SHELL, ONBUILD and all of a health check, but tells none of
        # these; and an image's id is the digest of its configuration there.
        differences = _differences(config, config_of_image(client, image, product)) if product != PODMAN else []
        size = layers_size(image_history(client, image))
    if differences:
        raise EngineError(f"the engine made an image with another configuration: {', '.join(differences)}")
    for tag in tags:
        with engine_errors(f"tag the image {tag}"):
            tag_image(client, image, tag)
    return BuiltImage(image, tags, size)


def _differences(wanted: ImageConfig, found: ImageConfig) -> list[str]:
    ours, theirs = docker_config(wanted), docker_config(found)
    # A field of Windows images that not every engine tells.
    ours.pop("ArgsEscaped", None)
    theirs.pop("ArgsEscaped", None)
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
