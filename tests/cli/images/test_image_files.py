"""Single files of images are read where the images were."""

import gzip
import io
import tarfile
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn, cast

import pytest

from stepper.cli.images.image_files import ImageFiles
from stepper.cli.images.source import OpenImages, SourceImage, read_source
from stepper.debugger.waiting import Waiting
from stepper.engine.connect import Connection
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.finished_images import FinishedImages, open_finished_images
from stepper.engine.image_store import ImageStore
from stepper.engine.interruption import StoppedError, Stopping
from stepper.engine.layer_cache import LayerCache
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
    return ImageFiles(no_images, no_images)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A file with an image of the two layers."""
    path = tmp_path / "saved.tar"
    path.write_bytes(docker_save(LAYERS))
    return path


def test_out_of_an_archive(files: ImageFiles, archive: Path) -> None:
    read = files.of(read_source(str(archive), None, no_images))
    assert read("/app/a", 100, Waiting()).data == b"one"
    assert read("/app/b", 2, Waiting()).data == b"tw"


def test_out_of_a_layout_in_a_folder(files: ImageFiles, tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(oci_layout(LAYERS))) as archive:
        archive.extractall(tmp_path, filter="data")
    read = files.of(read_source(str(tmp_path), None, no_images))
    assert read("/app/a", 100, Waiting()).data == b"one"
    assert read("/app/b", 100, Waiting()).data == b"two"


def test_out_of_the_engine_over_one_connection() -> None:
    engine = ScriptedEngine()
    engine.image("app", size=10, files={"/app/a": file_entry(3)})
    engine.contents["/app/a"] = b"one"
    opened: list[Engine] = []

    def connect() -> Engine:
        opened.append(engine)
        return engine

    image = SourceImage("app", analyse(read_images([docker_save(LAYERS)])[0]), engine_id="app")
    with ImageFiles(connect, no_images) as files:
        assert [files.of(image)("/app/a", limit, Waiting()).data for limit in (100, 2)] == [b"one", b"on"]
    assert opened == [engine]
    assert engine.closed


def test_an_image_that_is_gone_from_the_engine_is_told_by_its_name_and_not_pulled() -> None:
    engine = ScriptedEngine()
    engine.image("sha256:1", pull=[Progress("pulling sha256:1")])
    image = SourceImage("app", analyse(read_images([docker_save(LAYERS)])[0]), engine_id="sha256:1")
    with (
        ImageFiles(lambda: engine, no_images) as files,
        pytest.raises(StepperError, match="the engine no longer has the image app"),
    ):
        files.of(image)("/app/a", 100, Waiting())
    assert engine.calls == ["close"]


def test_an_engine_that_is_still_being_connected_to_is_closed_too() -> None:
    engine = ScriptedEngine()
    engine.image("app", size=10, files={"/app/a": file_entry(3)})
    connecting, go = threading.Event(), threading.Event()

    def connect() -> Engine:
        connecting.set()
        assert go.wait(WAIT_SECONDS)
        return engine

    waiting = Waiting()
    waiting.stop()

    def read() -> None:
        with pytest.raises(StoppedError):
            files.of(image)("/app/a", 100, waiting)

    image = SourceImage("app", analyse(read_images([docker_save(LAYERS)])[0]), engine_id="app")
    files = ImageFiles(connect, no_images)
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
        files.of(image)("/app/a", 100, Waiting())


def test_standard_input_cannot_be_read_again(files: ImageFiles) -> None:
    saved = read_images([docker_save(LAYERS)])[0]
    with pytest.raises(UsageError, match="standard input can be read only once"):
        files.of(SourceImage("-", analyse(saved), saved.layer_names))("/app/a", 100, Waiting())


def test_an_archive_that_is_gone_or_another_one_by_now_is_told(files: ImageFiles, archive: Path) -> None:
    read = files.of(read_source(str(archive), None, no_images))
    archive.write_bytes(docker_save([tar(file("other"))]))
    with pytest.raises(StepperError, match="cannot be read again: the archive holds no layer"):
        read("/app/a", 100, Waiting())
    archive.unlink()
    with pytest.raises(StepperError, match=r"saved.tar can"):
        read("/app/a", 100, Waiting())


def test_it_ends_when_nobody_waits_any_more(files: ImageFiles, archive: Path) -> None:
    waiting = Waiting()
    waiting.stop()
    with pytest.raises(StoppedError):
        files.of(read_source(str(archive), None, no_images))("/app/a", 100, waiting)


def test_a_path_that_has_no_content_is_told(files: ImageFiles, archive: Path) -> None:
    read: Callable[..., object] = files.of(read_source(str(archive), None, no_images))
    with pytest.raises(StepperError, match=r"no layer of .* holds the content of /app"):
        read("/app", 100, Waiting())


def test_of_an_archive_as_they_are_after_a_layer(files: ImageFiles, tmp_path: Path) -> None:
    layers = [tar(file("a", b"one"), file("b", b"kept")), tar(file("a", b"two"), link("c", "b")), tar(file(".wh.a"))]
    (tmp_path / "image.tar").write_bytes(docker_save(layers))
    image = read_source(str(tmp_path / "image.tar"), None, no_images)
    assert [files.after(image, layer)("/a", 100, Waiting()).data for layer in (0, 1)] == [b"one", b"two"]
    assert files.after(image, 1)("/b", 100, Waiting()).data == b"kept"
    assert files.after(image, 1)("/c", 100, Waiting()).data == b"kept"
    with pytest.raises(StepperError, match="holds the content"):
        files.after(image, 0)("/c", 100, Waiting())


class Store:
    """An engine's images, of which one can be saved."""

    def __init__(self, archive: bytes) -> None:
        self._archive = archive
        self.saves = 0
        self.closed = 0
        self.sent = 0

    def save(self, reference: str, *, framed: bool, stopping: Stopping) -> Iterator[bytes]:
        assert (reference, framed) == ("sha256:1", False)
        self.saves += 1
        for at in range(0, len(self._archive), 512):
            self.sent += 512
            yield self._archive[at : at + 512]

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def images_of(tmp_path: Path) -> Callable[[Store], OpenImages]:
    """Opens what a store has."""
    return lambda store: lambda: FinishedImages(cast("ImageStore", store), LayerCache(tmp_path))


REPLACED = [
    tar(file("a", b"one"), file("b", b"kept"), link("l", "a")),
    gzip.compress(tar(file("a", b"two"), file("x" * 200, b"long"))),
    tar(file(".wh.a")),
    tar(file("after", bytes(100_000))),
]


def in_engine(archive: bytes) -> SourceImage:
    return SourceImage("app", analyse(read_images([archive])[0]), engine_id="sha256:1")


@pytest.mark.parametrize("archive", [docker_save(REPLACED), oci_layout(REPLACED)])
def test_what_a_later_layer_replaced_comes_from_what_the_engine_saves_once(
    images_of: Callable[[Store], OpenImages], archive: bytes
) -> None:
    store = Store(archive)
    told: list[str] = []
    image = in_engine(archive)
    with ImageFiles(no_images, images_of(store)) as files:
        read = [files.after(image, layer)("/a", 100, Waiting(told.append)).data for layer in (0, 1, 0)]
    assert read == [b"one", b"two", b"one"]
    assert (store.saves, store.closed) == (1, 1)
    assert store.sent < 50_000, "it is read to the end"
    assert told[0] == "A later layer replaced it: the engine packs the image …"
    assert "of the image read" in told[-1]


def test_what_was_kept_in_place_of_another_goes_when_it_is_too_much(
    images_of: Callable[[Store], OpenImages], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stepper.cli.images.replaced_files.MOST_KEPT", 4)
    archive = docker_save(REPLACED)
    store = Store(archive)
    image = in_engine(archive)
    with ImageFiles(no_images, images_of(store)) as files:
        assert [files.after(image, layer)("/a", 100, Waiting()).data for layer in (0, 1, 0)] == [b"one", b"two", b"one"]
    assert store.saves > 1


def test_an_archive_of_another_image_or_half_of_one_is_told(images_of: Callable[[Store], OpenImages]) -> None:
    archive = docker_save(REPLACED)
    image = in_engine(archive)
    other = ImageFiles(no_images, images_of(Store(docker_save([tar(file("a", b"six"))]))))
    with pytest.raises(StepperError, match="what the engine saves of the image app holds no /a"):
        other.after(image, 0)("/a", 100, Waiting())
    half = ImageFiles(no_images, images_of(Store(archive[:1000])))
    with pytest.raises(StepperError, match="the image app cannot be read again"):
        half.after(image, 0)("/a", 100, Waiting())


def test_a_save_that_nobody_waits_for_any_more_ends(images_of: Callable[[Store], OpenImages]) -> None:
    archive = docker_save(REPLACED)
    store = Store(archive)
    waiting = Waiting()
    waiting.tell = lambda doing: waiting.stop() if "read" in doing else None
    with ImageFiles(no_images, images_of(store)) as files, pytest.raises(StoppedError):
        files.after(in_engine(archive), 0)("/a", 100, waiting)
    assert (store.closed, store.sent) == (1, 1024)


@pytest.mark.parametrize("path", ["etc/hosts", "dev/made", ".dockerenv"])
def test_what_containers_hide_comes_from_what_the_engine_saves(
    images_of: Callable[[Store], OpenImages], path: str
) -> None:
    archive = docker_save([tar(file(path, b"of the image"))])
    told: list[str] = []
    with ImageFiles(no_images, images_of(Store(archive))) as files:
        assert files.of(in_engine(archive))(f"/{path}", 100, Waiting(told.append)).data == b"of the image"
    assert told[0] == "Containers hide it: the engine packs the image …"


@pytest.mark.engine
def test_what_a_later_layer_replaced_or_deleted_of_an_image_in_the_engine(connection: Connection) -> None:
    name = f"stepper-test-{uuid.uuid4().hex[:12]}:1"
    first = tar(file("a", name.encode()), file("b", b"gone"))
    layers = [first, tar(file("a", b"two"), file(".wh.b")), tar(file("c", b"three"))]
    ImageStore(connection).load(iter([docker_save(layers, names=[name])]))
    try:
        # The second time from what was found before: then nobody knows what the archive calls its layers.
        for _ in range(2):
            image = read_source(name, None, open_finished_images)
            with ImageFiles(no_images, open_finished_images) as files:
                assert files.after(image, 0)("/a", 100, Waiting()).data == name.encode()
                assert files.after(image, 0)("/b", 100, Waiting()).data == b"gone"
    finally:
        connection.client.api.remove_image(name, force=True)


@pytest.mark.engine
def test_what_containers_hide_of_an_image_in_the_engine(connection: Connection, tmp_path: Path) -> None:
    name = f"stepper-test-{uuid.uuid4().hex[:12]}:1"
    paths = ("etc/hosts", "etc/hostname", "etc/resolv.conf", "etc/mtab", "dev/made", "dev/console", ".dockerenv")
    contents = {f"/{path}": f"{path} of {name}".encode() for path in (*paths, "etc/other", "run/.containerenv")}
    layer = tar(*(file(path[1:], content) for path, content in contents.items()))
    ImageStore(connection).load(iter([docker_save([layer], names=[name])]))
    try:
        image = read_source(name, None, open_finished_images)
        with ImageFiles(lambda: DockerEngine(connection.client, cache=tmp_path), open_finished_images) as files:
            found = {path: files.of(image)(path, 100, Waiting()).data for path in contents}
        assert found == contents
    finally:
        connection.client.api.remove_image(name, force=True)
