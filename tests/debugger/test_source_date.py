"""SOURCE_DATE_EPOCH as a build argument."""

import pytest

from stepper.debugger.source_date import source_date
from stepper.errors import UsageError


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
