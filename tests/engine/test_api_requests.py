"""Requests that an engine does not answer as it should, and what is asked instead."""

import json
from collections.abc import Iterator
from typing import Any, cast

import docker.errors
import pytest

from stepper.engine.api_requests import find_image, inspect_image, list_images
from stepper.engine.client import EngineClient
from stepper.engine.socket_requests import Answer

PODMAN = {"Components": [{"Name": "Podman Engine"}]}
DOCKER = {"Components": [{"Name": "Engine"}]}


class Answers:
    """A client that gets prepared answers by path, one after another; a text is what the engine fails with."""

    def __init__(self, version: dict[str, Any], **answers: list[object]) -> None:
        self.version = version
        self._answers = {f"/{path}": iter(each) for path, each in answers.items()}

    def answer(self, method: str, path: str) -> Answer:
        """The next answer for the path's first folder."""
        assert method == "GET"
        answers: Iterator[object] = self._answers["/" + path.split("/")[1]]
        answer = next(answers)
        if answer is None:
            return Answer(404, "Not Found", b'{"message": "no such image"}')
        if isinstance(answer, str):
            return Answer(500, "Internal Server Error", json.dumps({"message": answer}).encode())
        return Answer(200, "OK", json.dumps(answer).encode())


def client(version: dict[str, Any], **answers: list[object]) -> EngineClient:
    return cast("EngineClient", Answers(version, **answers))


def test_podmans_own_api_tells_of_an_image_that_it_cannot_tell_dockers() -> None:
    answers: dict[str, list[object]] = {"images": ["invalid port proto"], "libpod": [{"Id": "12ab", "Comment": "c"}]}
    assert inspect_image(client(PODMAN, **answers), "x") == {"Id": "sha256:12ab", "Comment": "c"}
    assert find_image(client(PODMAN, **answers), "x") == {"Id": "sha256:12ab", "Comment": "c"}
    assert find_image(client(PODMAN, images=[None]), "x") is None


def test_what_docker_fails_with_is_an_error() -> None:
    with pytest.raises(docker.errors.APIError, match="no space"):
        inspect_image(client(DOCKER, images=["no space left"]), "x")


def test_images_are_listed_again_where_one_of_them_went_meanwhile() -> None:
    gone = 'reading image "89eb": locating image with ID "89eb": image not known'
    assert list_images(client(PODMAN, images=[gone, [{"Id": "a"}]])) == [{"Id": "a"}]
    assert list_images(client(DOCKER, images=[None, [{"Id": "a"}]])) == [{"Id": "a"}]
    with pytest.raises(docker.errors.APIError, match="no space"):
        list_images(client(PODMAN, images=["no space left", [{"Id": "a"}]]))
