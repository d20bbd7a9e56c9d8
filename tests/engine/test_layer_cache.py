"""The cache of layers of finished images."""

import sqlite3
from pathlib import Path

import pytest

from stepper.engine.layer_cache import LayerCache
from stepper.image.layer_contents import LayerContents, read_layer
from stepper.image.stored_contents import dump_contents
from tests.image.layers import file, folder, tar


def layer(name: str, size: int = 10) -> LayerContents:
    return read_layer([tar(folder("d"), file(f"d/{name}", b"x" * size))])


@pytest.fixture
def cache(tmp_path: Path) -> LayerCache:
    return LayerCache(tmp_path)


def test_what_was_stored_is_found_again_by_another_stepper(cache: LayerCache, tmp_path: Path) -> None:
    cache.store({"sha256:a": layer("a"), "sha256:b": layer("b")})
    cache.close()
    again = LayerCache(tmp_path)
    assert again.find(["sha256:b", "sha256:a", "sha256:b"]) == (layer("b"), layer("a"), layer("b"))
    assert again.find([]) == ()


def test_one_unknown_layer_makes_it_a_miss(cache: LayerCache) -> None:
    cache.store({"sha256:a": layer("a")})
    assert cache.find(["sha256:a", "sha256:c"]) is None


def test_the_layers_that_were_not_used_for_longest_go_when_there_are_too_many(tmp_path: Path) -> None:
    size = len(dump_contents(layer("a")))
    cache = LayerCache(tmp_path, largest=2 * size + 20)
    cache.store({"a": layer("a")})
    cache.store({"b": layer("b")})
    assert cache.find(["a"]) is not None
    cache.store({"c": layer("c")})
    assert [name for name in "abc" if cache.find([name])] == ["a", "c"]


def test_a_layer_larger_than_all_room_is_not_kept(tmp_path: Path) -> None:
    cache = LayerCache(tmp_path, largest=10)
    cache.store({"a": layer("a")})
    assert cache.find(["a"]) is None


def test_a_damaged_file_is_made_anew(cache: LayerCache, tmp_path: Path) -> None:
    cache.store({"a": layer("a")})
    cache.close()
    (path,) = (each for each in tmp_path.iterdir() if each.suffix == ".sqlite")
    path.write_bytes(b"this is no database" * 1000)
    again = LayerCache(tmp_path)
    assert again.find(["a"]) is None
    again.store({"a": layer("a")})
    assert again.find(["a"]) == (layer("a"),)


def test_a_damaged_layer_is_a_miss_and_stored_anew(cache: LayerCache, tmp_path: Path) -> None:
    cache.store({"a": layer("a")})
    (path,) = (each for each in tmp_path.iterdir() if each.suffix == ".sqlite")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE layers SET contents = x'00ff'")
    assert cache.find(["a"]) is None
    cache.store({"a": layer("a")})
    assert cache.find(["a"]) == (layer("a"),)


def test_a_folder_that_is_not_there_is_a_miss(tmp_path: Path) -> None:
    cache = LayerCache(tmp_path / "none")
    cache.store({"a": layer("a")})
    assert cache.find(["a"]) is None


def test_clearing_forgets_all_and_says_how_many(cache: LayerCache) -> None:
    cache.store({"a": layer("a"), "b": layer("b")})
    assert cache.clear() == 2
    assert cache.find(["a"]) is None
    assert cache.clear() == 0


def test_configurations_of_images_are_kept_up_to_a_number(cache: LayerCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stepper.engine.layer_cache.MOST_DOCUMENTS", 2)
    for number in range(3):
        cache.store_document(f"sha256:{number}", f'{{"number": {number}}}')
    cache.store_document("sha256:2", "{}")
    assert cache.document("sha256:0") is None
    assert cache.document("sha256:2") == "{}"
