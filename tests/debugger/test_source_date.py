"""SOURCE_DATE_EPOCH as a build argument."""

import uuid

import pytest

from stepper.debugger.source_date import source_date
from stepper.engine.api_requests import image_history, inspect_image
from stepper.engine.connect import connect, open_engine
from stepper.errors import UsageError
from tests.debugger.conftest import Debug


@pytest.mark.parametrize(
    ("written", "seconds"), [("1600000000", 1_600_000_000), ("0", 0), ("-5", -5), ("+7", 7), ("", None)]
)
def test_the_time_is_in_seconds(written: str, seconds: int | None) -> None:
    assert source_date({"SOURCE_DATE_EPOCH": written}) == seconds


def test_without_the_argument_there_is_none() -> None:
    assert source_date({"OTHER": "1"}) is None


@pytest.mark.parametrize("written", ["yesterday", "1.5", " 1", "1_000", "9" * 30])
def test_what_is_no_time_is_an_error(written: str) -> None:
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        source_date({"SOURCE_DATE_EPOCH": written})


@pytest.mark.engine
def test_the_image_says_that_it_was_made_at_that_time(debug: Debug) -> None:
    text = f"FROM busybox\nARG SOURCE_DATE_EPOCH\nRUN echo {uuid.uuid4().hex} > /f\nENV A=1\n"
    debugged = debug(text, connect=False, build_args={"SOURCE_DATE_EPOCH": "981173106"})
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
    assert found["Created"] == "2001-02-03T04:05:06Z"
    assert times[:3] == [981173106] * 3
    assert times[3] != 981173106
