"""Images out of archives."""

import io
import json
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.image.compression import Compression, compressed
from stepper.image.saved_image import SavedImageError, read_images
from tests.image.layers import docker_save, file, oci_layout, plain, tar

LAYERS = [tar(file("a", b"123")), tar(file("b", b"4")), tar(file(".wh.a"))]


def test_a_docker_archive_gives_its_layers_in_their_order() -> None:
    (image,) = read_images([docker_save(LAYERS, names=["x:1", "y:2"])])
    assert image.names == ("x:1", "y:2")
    assert image.platform == "linux/amd64"
    assert [sorted(layer.entries) for layer in image.layers] == [["/a"], ["/b"], []]
    assert image.layers[2].hidden == {"/a"}
    assert len(image.document["history"]) == 3


@pytest.mark.parametrize("nested", [False, True])
def test_an_oci_layout_gives_its_layers_in_their_order(nested: bool) -> None:
    (image,) = read_images([oci_layout(LAYERS, name="docker.io/library/x:1", nested=nested)])
    assert image.names == ("docker.io/library/x:1",)
    assert image.platform == "linux/arm64"
    assert [sorted(layer.entries) for layer in image.layers] == [["/a"], ["/b"], []]


@pytest.mark.parametrize("kind", list(Compression))
def test_layers_and_the_archive_itself_may_be_compressed(kind: Compression) -> None:
    layers = [b"".join(compressed([layer], kind)) for layer in LAYERS]
    whole = b"".join(compressed([oci_layout(layers)], kind))
    (image,) = read_images([whole])
    assert [sorted(layer.entries) for layer in image.layers] == [["/a"], ["/b"], []]


def test_a_layer_that_is_a_link_to_another_is_that_layer() -> None:
    manifest = json.dumps([{"Config": "c.json", "RepoTags": None, "Layers": ["one/layer.tar", "two/layer.tar"]}])
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in (("one/layer.tar", LAYERS[0]), ("c.json", b"{}"), ("manifest.json", manifest.encode())):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        info = tarfile.TarInfo("two/layer.tar")
        info.type, info.linkname = tarfile.SYMTYPE, "../one/layer.tar"
        archive.addfile(info)
    (image,) = read_images([buffer.getvalue()])
    assert [sorted(layer.entries) for layer in image.layers] == [["/a"], ["/a"]]
    assert image.names == ()


def test_an_image_may_have_no_layer() -> None:
    (image,) = read_images([docker_save([])])
    assert image.layers == ()


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (plain({"x": b"not a layer"}), "no tar archive|cut off|inside"),
        (plain({"y.json": b"{}"}), "neither manifest.json nor index.json"),
        (plain({"index.json": b'{"manifests": []}'}), "names no image"),
        (plain({"manifest.json": b'[{"Config": "c", "Layers": []}]'}), "no configuration c"),
        (plain({"manifest.json": b'[{"Config": "c", "Layers": ["l"]}]', "c": b"{}"}), "no layer l"),
        (b"rubbish" * 200, "holds a number that is none"),
        (b"", "neither"),
    ],
    ids=["no layer", "no manifest", "empty index", "no configuration", "missing layer", "rubbish", "nothing"],
)
def test_what_holds_no_image_is_an_error_that_says_why(archive: bytes, message: str) -> None:
    with pytest.raises(SavedImageError, match=message):
        read_images([archive])


def test_an_index_that_names_itself_ends() -> None:
    index = json.dumps({"manifests": [{"digest": "sha256:x"}]}).encode()
    with pytest.raises(SavedImageError):
        read_images([plain({"index.json": index, "blobs/sha256/x": index})])


def test_documents_of_any_shape_are_an_error_and_nothing_else() -> None:
    for text in ('{"manifests": 3}', '{"manifests": [3, null, {"digest": 4}]}', '{"manifests": {"a": 1}}'):
        with pytest.raises(SavedImageError):
            read_images([plain({"index.json": text.encode()})])


@given(st.integers(min_value=0, max_value=12_000))
def test_an_archive_that_is_cut_off_is_an_error(length: int) -> None:
    whole = docker_save(LAYERS)
    cut = whole[: min(length, whole.rindex(b"manifest.json"))]
    with pytest.raises(SavedImageError):
        read_images([cut])
