"""The step cache's file."""

import sqlite3
from pathlib import Path

import pytest

from stepper.engine.step_cache import CachedStep, StepCache, digest

STEP = CachedStep("sha256:i", "sha256:p", True, "2024-01-01T00:00:00Z", 1.5, 42, b"layer")


@pytest.fixture
def cache(tmp_path: Path) -> StepCache:
    return StepCache(tmp_path, "engine")


def test_a_stored_step_is_found(cache: StepCache) -> None:
    cache.store("key", STEP)
    assert cache.find("key") == STEP
    assert cache.find("other") is None


def test_a_step_is_found_by_the_image_that_it_made(cache: StepCache) -> None:
    cache.store("key", STEP)
    assert cache.producer("sha256:i") == STEP
    assert cache.producer("sha256:p") is None


def test_a_step_that_made_no_image_produces_none(cache: StepCache) -> None:
    cache.store("key", STEP._replace(image="sha256:p", made_layer=False))
    assert cache.producer("sha256:p") is None


def test_a_forgotten_step_is_a_miss(cache: StepCache) -> None:
    cache.store("key", STEP)
    cache.forget("key")
    assert cache.find("key") is None


def test_engines_do_not_see_each_other(tmp_path: Path) -> None:
    one, two = StepCache(tmp_path, "one"), StepCache(tmp_path, "two")
    one.store("key", STEP)
    assert two.find("key") is None
    two.clear()
    assert one.find("key") == STEP


def test_two_steppers_share_the_file(tmp_path: Path) -> None:
    one, two = StepCache(tmp_path, "engine"), StepCache(tmp_path, "engine")
    for number in range(20):
        (one, two)[number % 2].store(f"key{number}", STEP)
    assert all(one.find(f"key{number}") == two.find(f"key{number}") == STEP for number in range(20))


def test_noted_images_are_those_of_steps_and_those_that_were_added(cache: StepCache) -> None:
    cache.store("key", STEP)
    cache.add_image("sha256:scratch")
    assert sorted(cache.images()) == ["sha256:i", "sha256:scratch"]


def test_clear_forgets_everything(cache: StepCache) -> None:
    cache.store("key", STEP)
    cache.store_listing("sha256:i", b"listing")
    cache.clear()
    assert (cache.find("key"), cache.listing("sha256:i"), cache.images()) == (None, None, [])


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    StepCache(tmp_path, "engine").close()
    (file,) = tmp_path.glob("*.sqlite")
    file.write_bytes(b"this is no database" * 1000)
    cache = StepCache(tmp_path, "engine")
    cache.store("key", STEP)
    assert StepCache(tmp_path, "engine").find("key") == STEP


def test_a_file_that_is_damaged_while_it_is_open_is_a_miss_and_then_works_again(tmp_path: Path) -> None:
    cache = StepCache(tmp_path, "engine")
    for number in range(200):
        cache.store(f"key{number}", STEP._replace(layer=b"x" * 4000))
    for file in tmp_path.glob("*.sqlite*"):
        file.write_bytes(b"\0" * 8192)
    cache.find("key0")
    cache.store("key", STEP)
    cache.close()
    again = StepCache(tmp_path, "engine")
    again.store("key", STEP)
    assert again.find("key") == STEP


def test_without_a_folder_to_write_to_there_is_a_cache_for_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def refuse(path: str, **options: object) -> sqlite3.Connection:
        if path != ":memory:":
            raise sqlite3.OperationalError("unable to open database file")
        return connect(path, isolation_level=None, check_same_thread=False)

    monkeypatch.setattr(sqlite3, "connect", refuse)
    cache = StepCache(tmp_path, "engine")
    cache.store("key", STEP)
    assert cache.find("key") == STEP


def test_a_digest_depends_on_every_value_and_not_on_the_order_of_keys() -> None:
    assert digest("a", {"x": 1, "y": 2}) == digest("a", {"y": 2, "x": 1})
    assert digest("a", ["b"]) != digest("a", "b") != digest(["a", "b"])
    assert digest("\udcff") != digest("\udcfe")


def test_a_closed_cache_is_a_miss_and_keeps_its_file(tmp_path: Path) -> None:
    closed = StepCache(tmp_path, "engine")
    closed.store("key", STEP)
    closed.close()
    assert closed.find("key") is None
    assert StepCache(tmp_path, "engine").find("key") == STEP
