"""The time of a reproducible build in the image and its history."""

import uuid
from dataclasses import replace

import pytest

from stepper.debugger.dates import dated
from stepper.engine.api_requests import image_history, inspect_image
from stepper.engine.connect import connect, open_engine
from stepper.engine.step import Snapshot
from stepper.image.config import HistoryEntry, ImageConfig
from tests.debugger.conftest import Debug

CREATED = "2001-02-03T04:05:06Z"
BASE = HistoryEntry("2020-01-01T00:00:00Z", "the base image's")
OWN = HistoryEntry("2024-01-01T00:00:00Z", "RUN one", comment="x")


def test_what_a_step_adds_has_the_time_and_what_was_before_stays() -> None:
    before = Snapshot("i", ImageConfig(history=(BASE,)))
    after = Snapshot("j", ImageConfig(user="u", history=(BASE, OWN)))
    found = dated(after, before, CREATED)
    assert found == after
    assert found.config.history == (BASE, replace(OWN, created=CREATED))


def test_without_a_time_and_after_from_nothing_is_changed() -> None:
    after = Snapshot("j", ImageConfig(history=(BASE, OWN)))
    assert dated(after, Snapshot("i", ImageConfig()), None) is after
    assert dated(after, None, CREATED) is after


@pytest.mark.engine
def test_the_image_says_that_it_was_made_at_that_time(debug: Debug) -> None:
    text = f"FROM busybox\nARG SOURCE_DATE_EPOCH\nRUN echo {uuid.uuid4().hex} > /f\nENV A=1\n"
    debugged = debug(text, connect=False, created=CREATED, build_args={"SOURCE_DATE_EPOCH": "981173106"})
    debugged.session._open_engine = open_engine
    debugged.session.connect()
    debugged.session.resume()
    image = debugged.state.image
    assert image is not None
    connection = connect()
    try:
        found = inspect_image(connection.client, image.id)
        times = [entry["Created"] for entry in image_history(connection.client, image.id)]
    finally:
        debugged.session.close()
        connection.client.api.remove_image(image.id, force=True)
        connection.close()
    assert found["Created"] == CREATED
    assert times[:3] == [981173106] * 3
    assert times[3] != 981173106
