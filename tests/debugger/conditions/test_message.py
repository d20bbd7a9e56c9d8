"""The messages of logpoints."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.debugger.conditions import ConditionError, When, parse_message
from tests.debugger.conditions.test_language import Known


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("plain", "plain"),
        ("", ""),
        ("{layer.size} in {seconds}", "60.0 MB in 42.5s"),
        ("{{{line}}}", "{7}"),
        ("cached: {cached}, {line == 7}", "cached: false, true"),
        ('{file("/x")}', "one\\ntwo\\n"),
        ('{"}" in stage}', "false"),
        ("{exit_code}!", "<exit_code is not known>!"),
    ],
)
def test_what_a_message_says(text: str, filled: str) -> None:
    assert parse_message(text).filled(Known()) == filled


@pytest.mark.parametrize(
    ("text", "start", "message"),
    [
        ("size {layer.sise}", 6, "did you mean layer.size?"),
        ("{line", 0, "not closed"),
        ("a } b", 2, "not opened"),
        ("{}", 1, "no expression"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_in_the_message(text: str, start: int, message: str) -> None:
    with pytest.raises(ConditionError, match=message) as raised:
        parse_message(text)
    assert raised.value.start == start
    assert raised.value.text == text


def test_when_a_message_can_be_told() -> None:
    assert parse_message("line {line}").when is When.BEFORE
    assert parse_message("took {seconds}").when is When.AFTER


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("{}'\"\\ aline3"), max_size=20))
def test_no_message_raises_anything_but_the_errors_of_the_language(text: str) -> None:
    with suppress(ConditionError):
        assert parse_message(text).filled(Known()) is not None
