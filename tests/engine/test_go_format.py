"""Values as Go writes them."""

import pytest

from stepper.engine import go_format


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0s"),
        (1, "1ns"),
        (1_500, "1.5µs"),
        (300_000_000, "300ms"),
        (1_500_000_000, "1.5s"),
        (5 * 10**9, "5s"),
        (90 * 10**9, "1m30s"),
        (5400 * 10**9, "1h30m0s"),
        (3600 * 10**9 + 1, "1h0m0.000000001s"),
    ],
)
def test_durations(nanoseconds: int, text: str) -> None:
    assert go_format.duration(nanoseconds) == text


@pytest.mark.parametrize(
    ("text", "quoted"),
    [("a", '"a"'), ('y"z\x07é', '"y\\"z\\aé"'), ("a\\b\n\t", '"a\\\\b\\n\\t"'), ("\x01\u200b", '"\\x01\\u200b"')],
)
def test_strings(text: str, quoted: str) -> None:
    assert go_format.quoted(text) == quoted


@pytest.mark.parametrize(("number", "quoted"), [(0, "'\\x00'"), (3, "'\\x03'"), (39, "'\\''"), (300, "'Ĭ'")])
def test_integers_are_written_as_characters(number: int, quoted: str) -> None:
    assert go_format.quoted_rune(number) == quoted


def test_lists() -> None:
    assert go_format.quoted_list(["a", "b c"]) == '["a" "b c"]'
    assert go_format.plain_list(["a", "b c"]) == "[a b c]"
