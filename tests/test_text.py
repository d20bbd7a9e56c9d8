import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.text import clock, counted, human_seconds, human_size, printable, strip_control

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@pytest.mark.parametrize(("count", "shown"), [(0, "0 files"), (1, "1 file"), (2000, "2,000 files")])
def test_what_is_counted_is_one_or_several(count: int, shown: str) -> None:
    assert counted(count, "file") == shown


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (14_200_000, "14.2 MB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (141_234_567, "141 MB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (1_210_000_000, "1.2 GB"),
        (5 * 10**18, "5000 PB"),
        (-2048, "-2.0 kB"),
    ],
)
def test_sizes_are_decimal_as_the_docker_command_counts(size: int, shown: str) -> None:
    assert human_size(size) == shown


def test_a_signed_size_has_a_plus_unless_it_is_nothing() -> None:
    assert [human_size(size, signed=True) for size in (12, 0, -12)] == ["+12 B", "0 B", "-12 B"]


@given(st.integers(-(10**19), 10**19))
def test_a_size_is_short_and_close_to_the_truth(size: int) -> None:
    shown = human_size(size)
    number, unit = shown.split()
    factor = 1000 ** ["B", "kB", "MB", "GB", "TB", "PB"].index(unit)
    assert abs(float(number) * factor - size) <= abs(size) * 0.051
    assert len(shown) <= 9


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0.00s"),
        (-1, "0.00s"),
        (0.06, "0.06s"),
        (0.996, "1.0s"),
        (3.14, "3.1s"),
        (59.96, "1m 00s"),
        (125, "2m 05s"),
        (3599.6, "1h 00m"),
        (3720, "1h 02m"),
    ],
)
def test_durations_are_short(seconds: float, shown: str) -> None:
    assert human_seconds(seconds) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (12.9, "0:12"), (725, "12:05"), (3723, "1:02:03")])
def test_a_running_time_looks_like_a_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain-näme 漢字", "plain-näme 漢字"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x1b[31mred", "\\x1b[31mred"),
        (b"caf\xe9".decode("utf-8", "surrogateescape"), "caf\\xe9"),
        ("abc\u202etxt.exe", "abc\\u202etxt.exe"),
    ],
)
def test_a_name_is_shown_on_one_line_without_control(name: str, shown: str) -> None:
    assert printable(name) == shown


@given(st.binary())
@settings(max_examples=200)
def test_no_name_of_any_bytes_can_control_a_terminal(name: bytes) -> None:
    shown = printable(name.decode("utf-8", "surrogateescape"))
    assert shown.isprintable()
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("data", "left"),
    [
        (b"one\r\ntwo\n", "one\ntwo\n"),
        (b"\x1b[1;31mred\x1b[0m", "red"),
        (b"\x1b]0;title\x07text", "text"),
        (b"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        (b"\x1b]unterminated\nnext", "\nnext"),
        (b"\x1b(Bx\x1bcy\x1b", "xy"),
        (b"bell\x07 tab\tnul\x00", "bell tab\tnul"),
        (b"\xff", "\ufffd"),
        ("wide\u3000space\u00a0", "wide\u3000space\u00a0"),
    ],
)
def test_escape_sequences_and_control_characters_are_dropped(data: bytes | str, left: str) -> None:
    assert strip_control(data) == left


@given(st.one_of(st.binary(), st.lists(st.sampled_from(list("\x1b[]mK0;\x07\\\r\nPa\x9b\u202e"))).map("".join)))
@settings(max_examples=300)
def test_nothing_but_line_ends_and_tabs_is_left_to_control_a_terminal(data: bytes | str) -> None:
    assert not CONTROL.search(strip_control(data).replace("\n", "").replace("\t", ""))
