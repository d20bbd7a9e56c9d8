"""Images by their configuration alone: what takes long can be stopped."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepper.engine.engine_info import CONTAINERD
from stepper.engine.image_loader import ImageLoader
from stepper.engine.interruption import Interruption, StoppedError
from stepper.engine.socket_requests import Answer
from stepper.engine.step_cache import StepCache
from stepper.image.config import ImageConfig


class EndlessImage:
    """The part of a client that tells of an image; to save it never ends, and after a while the user has enough."""

    def __init__(self, interruption: Interruption) -> None:
        self.api = self
        self._interruption = interruption

    def answer(self, method: str, path: str) -> Answer:
        assert (method, path) == ("GET", "/images/sha256:1/json")
        return Answer(200, "OK", json.dumps({"Id": "sha256:1", "RootFS": {"Layers": ["sha256:2"]}}).encode())

    def get_image(self, image: str) -> Iterator[bytes]:
        assert image == "sha256:1"
        for number in range(10_000):
            if number == 3:
                self._interruption.interrupt()
            assert number < 5, "nobody stopped"
            yield b"\0"


def test_saving_an_image_for_its_layers_can_be_stopped(tmp_path: Path) -> None:
    interruption = Interruption()
    loader = ImageLoader(
        EndlessImage(interruption),  # type: ignore[arg-type]  # a fake
        storage=CONTAINERD,
        mark="",
        cache=StepCache(tmp_path, "engine"),
        check=interruption.check,
    )
    with pytest.raises(StoppedError):
        loader.with_config("sha256:1", ImageConfig())
