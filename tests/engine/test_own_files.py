"""What an image has itself where every container has something of the engine's."""

import pytest

from stepper.engine.docker_engine import DockerEngine
from stepper.engine.mounts.image_files import mounts_images_in
from stepper.engine.own_files import FilesOfImages
from tests.engine.conftest import base

pytestmark = pytest.mark.engine


def test_an_image_without_them_has_none_and_its_directories_are_as_old_as_the_others(stepper: DockerEngine) -> None:
    if not mounts_images_in(stepper._client, stepper.info.product):
        pytest.skip("the engine does not mount images")
    image = base(stepper)
    assert image.image is not None
    files = FilesOfImages(stepper._containers, mounts_images=True)
    own = files.of(image.image)
    assert own is not None
    assert own is files.of(image.image)
    assert sorted(own.directories) == ["/dev", "/etc"]
    assert own.hidden == {}
    in_container = stepper.listing(image)
    assert own.directories["/etc"].mtime_ns < in_container["/etc"].mtime_ns


def test_of_an_engine_that_mounts_no_images_nothing_is_known(stepper: DockerEngine) -> None:
    image = base(stepper).image
    assert image is not None
    assert FilesOfImages(stepper._containers, mounts_images=False).of(image) is None
