"""Finished images of an engine: what was found in their layers is kept, and serves images that share them."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepper.engine.client import EngineClient
from stepper.engine.connect import Connection
from stepper.engine.finished_images import FinishedImages
from stepper.engine.image_store import ImageStore
from stepper.engine.layer_cache import LayerCache
from stepper.errors import EngineError
from stepper.image.analysis import ImageAnalysis, analyse
from stepper.image.saved_image import read_images
from tests.image.layers import docker_save, file, folder, tar

pytestmark = pytest.mark.engine


@pytest.fixture
def images(engine: Connection, tmp_path: Path) -> FinishedImages:
    return FinishedImages(ImageStore(engine), LayerCache(tmp_path))


@pytest.fixture
def name(engine: Connection) -> Iterator[str]:
    """An image of two layers that no other has, the upper one deletes a file; removed afterwards."""
    name = f"stepper-test-{uuid.uuid4().hex[:12]}:1"
    layers = [tar(folder("d"), file("d/big", name.encode() * 100)), tar(folder("d"), file("d/.wh.big"), file("d/new"))]
    ImageStore(engine).load(iter([docker_save(layers, names=[name])]))
    yield name
    engine.client.api.remove_image(name, force=True)


def taken_apart(images: FinishedImages, name: str) -> ImageAnalysis:
    image = images.describe(name)
    (saved,) = read_images(images.save(image))
    images.keep(image, saved)
    return analyse(saved)


def test_what_the_engine_says_at_once_agrees_with_what_is_in_the_image(images: FinishedImages, name: str) -> None:
    image = images.describe(name)
    analysis = taken_apart(images, name)
    assert image.names == (name,) == analysis.names
    assert image.platform == analysis.platform == "linux/amd64"
    assert [line.entry.created_by for line in image.history] == ["layer 0", "layer 1"]
    assert len(image.diff_ids) == 2


def test_an_image_is_saved_only_once(images: FinishedImages, name: str) -> None:
    image = images.describe(name)
    assert images.known(image) is None
    first = taken_apart(images, name)
    again = images.known(image)
    assert again is not None
    assert (again.names, again.platform, again.config) == (first.names, first.platform, first.config)
    assert (again.contents, again.layers, again.stack) == (first.contents, first.layers, first.stack)


def test_another_image_of_the_same_layers_needs_no_save_either(
    images: FinishedImages, name: str, client: EngineClient
) -> None:
    taken_apart(images, name)
    container = client.api.create_container(name, command=["none"])
    other = client.api.commit(container["Id"], changes=["ENV A=1"])["Id"]
    client.api.remove_container(container["Id"])
    try:
        image = images.describe(other)
        if len(image.diff_ids) > 2:  # Some image stores make an empty layer of a commit.
            taken_apart(images, other)
        known = images.known(image)
        assert known is not None
        assert known.config.env[-1] == ("A", "1")
        assert known.names == ()
    finally:
        client.api.remove_image(other)


def test_what_an_archive_says_of_another_image_is_not_kept(images: FinishedImages, name: str) -> None:
    image = images.describe(name)
    (saved,) = read_images([docker_save([tar(file("evil"))])])
    images.keep(image, saved)
    assert images.known(image) is None


def test_an_image_that_is_not_there_is_an_error_that_says_so(images: FinishedImages) -> None:
    with pytest.raises(EngineError, match="the engine has no image stepper-none"):
        images.describe("stepper-none")


@pytest.mark.parametrize("name", ["a b", "ä", "a\rb", "a?b"])
def test_a_name_that_no_image_can_have_is_refused_by_the_engine(engine: Connection, name: str) -> None:
    with pytest.raises(EngineError, match="invalid reference format"):
        ImageStore(engine).history(name)
