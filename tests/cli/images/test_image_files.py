"""Single files of images are read where the images were."""

import io
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from stepper.cli.images.image_files import ImageFiles
from stepper.cli.images.source import SourceImage, read_source
from stepper.engine.copy_record import go_on
from stepper.engine.protocol import Engine
from stepper.engine.step import Progress
from stepper.errors import StepperError, UsageError
from stepper.image.analysis import analyse
from stepper.image.saved_image import read_images
from tests.image.layers import docker_save, file, link, oci_layout, tar
from tests.scripted_engine import ScriptedEngine, file_entry

WAIT_SECONDS = 10.0
LAYERS = [tar(file("app/a", b"one")), tar(file("app/b", b"two"))]


def no_images() -> NoReturn:
    raise AssertionError("no engine was to be asked")


@pytest.fixture
def files() -> ImageFiles:
    return ImageFiles(no_images)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A file with an image of the two layers."""
    path = tmp_path / "saved.tar"
    path.write_bytes(docker_save(LAYERS))
    return path


def test_out_of_an_archive(files: ImageFiles, archive: Path) -> None:
    read = files.of(read_source(str(archive), None, no_images))
    assert read("/app/a", 100, go_on).data == b"one"
    assert read("/app/b", 2, go_on).data == b"tw"


def test_out_of_a_layout_in_a_folder(files: ImageFiles, tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(oci_layout(LAYERS))) as archive:
        archive.extractall(tmp_path, filter="data")
    read = files.of(read_source(str(tmp_path), None, no_images))
    assert read("/app/a", 100, go_on).data == b"one"
    assert read("/app/b", 100, go_on).data == b"two"


def test_out_of_the_engine_over_one_connection() -> None:
    engine = ScriptedEngine()
    engine.image("app", size=10, files={"/app/a": file_entry(3)})
    engine.contents["/app/a"] = b"one"
    opened: list[Engine] = []

    def connect() -> Engine:
        opened.append(engine)
        return engine

    image = SourceImage("app", analyse(read_images([docker_save(LAYERS)])[0]), engine_id="app")
    with ImageFiles(connect) as files:
        assert [files.of(image)("/app/a", limit, go_on).data for limit in (100, 2)] == [b"one", b"on"]
    assert opened == [engine]
    assert engine.closed


def test_an_image_that_is_gone_from_the_engine_is_told_by_its_name_and_not_pulled() -> None:
    engine = ScriptedEngine()
    engine.image("sha256:1", pull=[Progress("pulling sha256:1")])
    image = SourceImage("app", analyse(read_images([docker_save(LAYERS)])[0]), engine_id="sha256:1")
    with (
        ImageFiles(lambda: engine) as files,
        pytest.raises(StepperError, match="the engine no longer has the image app"),
    ):
        files.of(image)("/app/a", 100, go_on)
    assert engine.calls == ["close"]


def test_an_engine_that_is_still_being_connected_to_is_closed_too() -> None:
    engine = ScriptedEngine()
    engine.image("app", size=10, files={"/app/a": file_entry(3)})
    connecting, go = threading.Event(), threading.Event()

    def connect() -> Engine:
        connecting.set()
        assert go.wait(WAIT_SECONDS)
        return engine

    def stop() -> NoReturn:
        raise StepperError("nobody waits for it")

    def read() -> None:
        with pytest.raises(StepperError, match="nobody waits for it"):
            files.of(image)("/app/a", 100, stop)

    image = SourceImage("app", analyse(read_images([docker_save(LAYERS)])[0]), engine_id="app")
    files = ImageFiles(connect)
    reading = threading.Thread(target=read)
    leaving = threading.Thread(target=files.__exit__)
    reading.start()
    assert connecting.wait(WAIT_SECONDS)
    leaving.start()
    # It may be over or wait for the connection, as it likes.
    leaving.join(0.2)
    go.set()
    for thread in (reading, leaving):
        thread.join(WAIT_SECONDS)
    assert engine.closed
    with pytest.raises(StepperError, match="not looked at any more"):
        files.of(image)("/app/a", 100, go_on)


def test_standard_input_cannot_be_read_again(files: ImageFiles) -> None:
    saved = read_images([docker_save(LAYERS)])[0]
    with pytest.raises(UsageError, match="standard input can be read only once"):
        files.of(SourceImage("-", analyse(saved), saved.layer_names))("/app/a", 100, go_on)


def test_an_archive_that_is_gone_or_another_one_by_now_is_told(files: ImageFiles, archive: Path) -> None:
    read = files.of(read_source(str(archive), None, no_images))
    archive.write_bytes(docker_save([tar(file("other"))]))
    with pytest.raises(StepperError, match="cannot be read again: the archive holds no layer"):
        read("/app/a", 100, go_on)
    archive.unlink()
    with pytest.raises(StepperError, match=r"saved.tar can"):
        read("/app/a", 100, go_on)


def test_the_check_ends_it(files: ImageFiles, archive: Path) -> None:
    def stop() -> NoReturn:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.of(read_source(str(archive), None, no_images))("/app/a", 100, stop)


def test_a_path_that_has_no_content_is_told(files: ImageFiles, archive: Path) -> None:
    read: Callable[..., object] = files.of(read_source(str(archive), None, no_images))
    with pytest.raises(StepperError, match=r"no layer of .* holds the content of /app"):
        read("/app", 100, go_on)


def test_of_an_archive_as_they_are_after_a_layer(files: ImageFiles, tmp_path: Path) -> None:
    layers = [tar(file("a", b"one"), file("b", b"kept")), tar(file("a", b"two"), link("c", "b")), tar(file(".wh.a"))]
    (tmp_path / "image.tar").write_bytes(docker_save(layers))
    image = read_source(str(tmp_path / "image.tar"), None, no_images)
    assert [files.after(image, layer)("/a", 100, go_on).data for layer in (0, 1)] == [b"one", b"two"]
    assert files.after(image, 1)("/b", 100, go_on).data == b"kept"
    assert files.after(image, 1)("/c", 100, go_on).data == b"kept"
    with pytest.raises(StepperError, match="holds the content"):
        files.after(image, 0)("/c", 100, go_on)


def test_of_an_image_of_the_engine_only_what_is_there_at_its_end() -> None:
    engine = ScriptedEngine()
    engine.image("app", size=10, files={"/a": file_entry(3), "/b": file_entry(3)})
    layers = [tar(file("a", b"one"), file("b", b"two")), tar(file("b", b"2nd"))]
    image = SourceImage("app", analyse(read_images([docker_save(layers)])[0]), engine_id="app")
    with ImageFiles(lambda: engine) as files:
        assert files.after(image, 0)("/a", 100, go_on).size == 3
        assert files.after(image, 1)("/b", 100, go_on).size == 3
        with pytest.raises(StepperError, match="/b as it was after layer 0 is in no container"):
            files.after(image, 0)("/b", 100, go_on)
