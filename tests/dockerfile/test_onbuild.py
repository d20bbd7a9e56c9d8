"""Where an ONBUILD trigger is written."""

import pytest

from stepper.dockerfile.onbuild import registration
from stepper.dockerfile.parser import parse, parse_trigger


def _line(text: str, trigger: str, from_line: int) -> int | None:
    found = registration(parse(text), parse_trigger(trigger, line=from_line))
    return found.line if found is not None else None


def test_it_is_written_in_the_stage_that_its_from_builds_on() -> None:
    text = "FROM a AS one\nONBUILD RUN x\nONBUILD RUN y\nFROM a AS two\nONBUILD RUN y\nFROM one\nFROM TWO\n"

    assert _line(text, "RUN y", 6) == 3
    assert _line(text, "RUN y", 7) == 5


def test_of_stages_with_one_name_it_is_the_last_before_the_from() -> None:
    text = "FROM a AS b\nONBUILD RUN x\nFROM a AS b\nONBUILD RUN x\nFROM b\nFROM a AS b\nONBUILD RUN x\n"

    assert _line(text, "RUN x", 5) == 4


@pytest.mark.parametrize(
    ("text", "from_line"),
    [
        ("FROM a\nONBUILD RUN x\nFROM image\n", 3),
        ("FROM a AS b\nONBUILD RUN x\nONBUILD RUN x\nFROM b\n", 4),
        ("ARG base=b\nFROM a AS b\nONBUILD RUN x\nFROM $base\n", 4),
        ("FROM a AS b\nONBUILD RUN other\nFROM b\n", 3),
        ("FROM a AS b\nONBUILD RUN x\nFROM b\n", 2),
    ],
    ids=["in an image", "several are equal", "a variable names the base", "another text", "no FROM is there"],
)
def test_where_it_is_written_may_not_be_known(text: str, from_line: int) -> None:
    assert _line(text, "RUN x", from_line) is None
