"""Go's durations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.dockerfile.durations import parse_duration

SECOND = 10**9


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0", 0),
        ("30s", 30 * SECOND),
        ("1m30s", 90 * SECOND),
        ("1.5h", 5400 * SECOND),
        (".5s", SECOND // 2),
        ("1.s", SECOND),
        ("300ms", 300_000_000),
        ("2us", 2000),
        ("2µs", 2000),
        ("7ns", 7),
        ("1h1h", 7200 * SECOND),
        ("-3s", -3 * SECOND),
        ("+3s", 3 * SECOND),
    ],
)
def test_a_duration_is_read_as_go_reads_it(text: str, nanoseconds: int) -> None:
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize("text", ["", "1", "s", ".s", "1d", "1 s", "1s2", "--1s", "1e3s", "9999999h", "٣s"])
def test_what_is_no_duration_is_an_error_that_quotes_it(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@given(st.integers(0, 200), st.integers(0, 59), st.integers(0, 59))
def test_the_parts_of_a_duration_add_up(hours: int, minutes: int, seconds: int) -> None:
    assert parse_duration(f"{hours}h{minutes}m{seconds}s") == (hours * 3600 + minutes * 60 + seconds) * SECOND
