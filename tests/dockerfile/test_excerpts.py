"""The source line of an error, and the part of it that the message names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.dockerfile.excerpts import excerpt, line_excerpt
from stepper.dockerfile.parser import parse
from stepper.dockerfile.validate import check
from stepper.errors import DockerfileError, Excerpt


def errors_of(text: str) -> tuple[DockerfileError, ...]:
    try:
        return check(parse(text), {})
    except DockerfileError as error:
        return (error,)


@pytest.mark.parametrize(
    ("text", "line", "marked"),
    [
        ("FRMO x", 1, "FRMO"),
        ("FROM a\n\tCOPY --form=x a b", 2, "--form=x"),
        ("FROM a\nRUN --network=x a", 2, "--network=x"),
        ("FROM a\nCOPY --chmod=9 a b", 2, "--chmod=9"),
        ("FROM a\nSTOPSIGNAL NONSENSE", 2, "NONSENSE"),
        ("FROM a\nEXPOSE 80 \\\n  # a comment\n  99999", 4, "99999"),
        ("FROM a AS 1x", 1, "1x"),
        ("FROM a\nENV A", 2, "ENV"),
        ("FROM a\nENV A=b c", 2, "c"),
        ("FROM scratch\nLABEL a=${b", 2, "${b"),
        ("FROM a\nCOPY --from=9 a b", 2, "9"),
        ("FROM a AS b\nCOPY --from=b a b", 2, "--from=b"),
        ("FROM A:x", 1, "A:x"),
        ("FROM a\nCOPY <<EOF /x\nopen", 2, "<<EOF"),
        ("# escape=`\nFROM a\nEXPOSE `\n 99999", 4, "99999"),
    ],
)
def test_the_part_that_the_message_names_is_marked(text: str, line: int, marked: str) -> None:
    (error,) = errors_of(text)
    assert error.line is not None
    found = excerpt(text, error.line, error.message)
    assert found is not None
    assert found.line == line
    assert found.text == text.split("\n")[line - 1]
    assert found.text[found.start : found.end] == marked


def test_a_message_about_the_whole_line_marks_nothing() -> None:
    assert excerpt("FROM a\nRUN x", 2, "something else") == Excerpt(2, "RUN x")


def test_a_part_of_a_word_is_not_marked() -> None:
    found = excerpt("USER roots root", 1, "no such user: root")
    assert found == Excerpt(1, "USER roots root", 11, 15)


def test_beyond_the_end_there_is_nothing_to_show() -> None:
    assert excerpt("FROM a\n", 9, "no") is None
    assert line_excerpt("a\n", 9, "no") is None


def test_lines_of_an_ignore_file_stand_alone() -> None:
    assert line_excerpt("a\\\n[b\n", 2, "invalid pattern '[b'") == Excerpt(2, "[b", 0, 2)


@settings(max_examples=200)
@given(st.text(alphabet="AB:'\"-${}\\ \n#=[]<", max_size=60), st.integers(1, 5), st.text(max_size=30))
def test_what_is_marked_lies_in_the_line(text: str, line: int, message: str) -> None:
    found = excerpt(text, line, message)
    assert found is None or 0 <= found.start <= found.end <= len(found.text)
