"""Pulling: what is told while it goes on, and why it failed."""

import pytest

from stepper.engine.api_requests import get_json
from stepper.engine.base_images import PullProgress, has_platform, platform_of, pull_error
from stepper.engine.client import EngineClient
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import Output, Progress
from stepper.errors import EngineError
from tests.engine.conftest import BUSYBOX, silent


def test_progress_adds_up_the_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Output | Progress] = []
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    progress = PullProgress("debian", told.append)
    for line in (
        {"status": "Pulling from library/debian", "id": "stable"},
        {"status": "Downloading", "id": "a", "progressDetail": {"current": 10, "total": 100}},
        {"status": "Downloading", "id": "b", "progressDetail": {"current": 20, "total": 50}},
        {"status": "Download complete", "id": "a", "progressDetail": {}},
        {"status": "Extracting", "id": "a", "progressDetail": {"current": 7, "total": 100}},
        {"status": "Status: Downloaded newer image"},
    ):
        now += 1
        progress.add(line)
    text = "pulling debian"
    assert told == [
        Progress(text),
        Progress(text, 10, 100),
        Progress(text, 30, 150),
        Progress(text, 120, 150),
        Progress(text, 120, 150),
        Progress(text, 120, 150),
    ]


def test_progress_is_not_told_more_often_than_it_can_be_read() -> None:
    told: list[Output | Progress] = []
    progress = PullProgress("debian", told.append)
    for current in range(1000):
        progress.add({"status": "Downloading", "id": "a", "progressDetail": {"current": current, "total": 1000}})
    assert len(told) < 50


@pytest.mark.parametrize(
    ("reason", "words", "hint"),
    [
        ("pull access denied for x, repository does not exist or may require 'docker login'", "logging in", "login"),
        ("manifest for debian:nope not found: manifest unknown", "there is no image", "tag"),
        (
            'Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host',
            "reached",
            "network",
        ),
        ("no matching manifest for linux/s390x in the manifest list entries", "platform", None),
        ("toomanyrequests: slow down", "toomanyrequests", None),
    ],
)
def test_a_failed_pull_says_why_and_what_to_do(reason: str, words: str, hint: str | None) -> None:
    error = pull_error("debian:nope", reason)
    assert "debian:nope" in error.message
    assert words in error.message
    assert error.hint is None if hint is None else hint in (error.hint or "")


@pytest.mark.parametrize(
    ("platform", "has"),
    [
        (None, True),
        ("linux/arm64", True),
        ("linux/arm64/v8", True),
        ("linux/arm64/v9", False),
        ("linux/amd64", False),
        ("windows/arm64", False),
    ],
)
def test_an_image_of_another_platform_is_another_image(platform: str | None, has: bool) -> None:
    assert has_platform({"Os": "linux", "Architecture": "arm64", "Variant": "v8"}, platform) is has


def test_an_image_that_does_not_say_its_platform_has_none() -> None:
    assert not has_platform({"Os": "linux", "Architecture": ""}, "linux/amd64")
    assert platform_of({"Os": "linux", "Architecture": ""}) == "an unknown platform"


@pytest.mark.engine
def test_an_image_that_is_there_for_another_platform_only_is_said_to_be(
    stepper: DockerEngine, client: EngineClient
) -> None:
    found = get_json(client, f"/images/{BUSYBOX}/json")
    other = "linux/s390x" if found["Architecture"] != "s390x" else "linux/amd64"
    has = platform_of(found)
    # No registry has this name: the pull fails on every machine.
    name = "stepper-test.invalid/platform"
    client.api.tag(BUSYBOX, name, "1")
    try:
        assert (
            stepper.base(f"{name}:1", platform=has, report=silent).image == stepper.base(BUSYBOX, report=silent).image
        )
        with pytest.raises(EngineError) as caught:
            stepper.base(f"{name}:1", platform=other, report=silent)
    finally:
        client.api.remove_image(f"{name}:1")
    assert f"the image {name}:1 is in the engine for {has}, but not for {other}: could not pull" in caught.value.message
    assert other in (caught.value.hint or "")
