"""A file of a finished image is read in the layer that brings its content."""

import gzip

import pytest

from stepper.image.layer_contents import read_layer
from stepper.image.saved_file import (
    FilePlace,
    WantedFile,
    file_place,
    find_files,
    layer_of_archive,
    read_file,
    wanted_file,
)
from stepper.image.saved_image import SavedImageError, read_images
from stepper.image.stack import stack
from tests.image.layers import docker_save, file, folder, link, oci_layout, plain, symlink, tar

LAYERS = (
    tar(file("a", b"old"), file("below", b"from below")),
    tar(file("a", b"first"), link("b", "a"), link("c", "below"), link("d", "c"), folder("f"), symlink("s", "a")),
    tar(file("a", b"last"), link("e", "d")),
)


def place_of(path: str) -> FilePlace | None:
    contents = [read_layer([layer]) for layer in LAYERS]
    return file_place(contents, path, stack(contents).writers.get(path))


def test_the_content_is_in_the_layer_that_wrote_the_file_last() -> None:
    assert place_of("/a") == FilePlace(2, "/a")
    assert place_of("/below") == FilePlace(0, "/below")


def test_further_names_lead_to_the_first_also_in_layers_below() -> None:
    assert place_of("/b") == FilePlace(1, "/a")
    assert place_of("/c") == FilePlace(0, "/below")
    assert place_of("/d") == FilePlace(0, "/below")
    assert place_of("/e") == FilePlace(0, "/below")


def test_what_has_no_content_is_in_no_layer() -> None:
    assert place_of("/f") is None
    assert place_of("/s") is None
    assert place_of("/gone") is None


def test_a_file_is_read_up_to_a_limit() -> None:
    found = read_file([LAYERS[1]], "/a", 3)
    assert (found.header.size, found.data) == (5, b"fir")


def test_of_members_with_one_name_the_last_counts() -> None:
    layer = tar(file("./a", b"first"), file("b", b"between"), file("a", b"second"))
    assert read_file([layer], "/a", 100).data == b"second"


def test_a_layer_is_found_in_its_archive_compressed_or_not() -> None:
    archive = docker_save([LAYERS[0], gzip.compress(LAYERS[1])])
    names = read_images([archive])[0].layer_names
    for chunks in ([archive], [gzip.compress(archive)]):
        layers = [b"".join(layer_of_archive(chunks, name)) for name in names]
        assert [read_file([layer], "/a", 100).data for layer in layers] == [b"old", b"first"]


def test_a_layer_that_an_old_archive_has_by_a_link_is_the_one_it_leads_to() -> None:
    manifest = b'[{"Config": "c.json", "Layers": ["one/layer.tar"]}]'
    archive = tar(
        symlink("one/layer.tar", "../two/layer.tar"),
        file("two/layer.tar", LAYERS[0]),
        file("c.json", b"{}"),
        file("manifest.json", manifest),
    )
    assert read_images([archive])[0].layer_names == ("two/layer.tar",)


def test_what_is_not_there_any_more_or_damaged_is_told() -> None:
    with pytest.raises(SavedImageError, match="no layer gone any more"):
        list(layer_of_archive([plain({"other": b""})], "gone"))
    with pytest.raises(SavedImageError, match="no /gone any more"):
        read_file([LAYERS[0]], "/gone", 100)
    with pytest.raises(SavedImageError, match="cut off"):
        read_file([LAYERS[0][:700]], "/a", 100)


def wanted(*places: FilePlace) -> list[WantedFile]:
    contents = [read_layer([layer]) for layer in LAYERS]
    return [wanted_file(contents, place) for place in places]


@pytest.mark.parametrize("archive", [docker_save(LAYERS), oci_layout([gzip.compress(layer) for layer in LAYERS])])
def test_files_are_found_in_an_archive_without_the_names_of_its_layers(archive: bytes) -> None:
    places = wanted(FilePlace(0, "/a"), FilePlace(1, "/a"), FilePlace(0, "/below"))
    found = {each: file.data for each, file in find_files([archive], places, 4)}
    assert found == dict(zip(places, (b"old", b"firs", b"from"), strict=True))


def test_what_no_layer_holds_is_not_found() -> None:
    assert not list(find_files([docker_save(LAYERS)], [WantedFile("/a", 5, 1), WantedFile("/no", 0, None)], 10))


def test_an_archive_that_is_cut_off_before_the_file_is_an_error() -> None:
    with pytest.raises(SavedImageError):
        list(find_files([docker_save(LAYERS)[:1200]], wanted(FilePlace(2, "/a")), 10))
