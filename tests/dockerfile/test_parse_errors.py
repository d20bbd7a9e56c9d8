"""All errors of a text that cannot be parsed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.dockerfile.parse_errors import parse_errors
from stepper.dockerfile.parser import parse
from stepper.errors import DockerfileError


def parser_error(text: str) -> DockerfileError | None:
    try:
        parse(text)
    except DockerfileError as error:
        return error
    return None


def lines_of(text: str) -> list[int | None]:
    return [error.line for error in parse_errors(text)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("FROM a\nRUN x\n", []),
        ("FROM a\nRNU x\nCOPY --form=b a b\nENV\nRUN x\n", [2, 3, 4]),
        ("FRMO a\nCOPI a b\n", [1, 2]),
        ("FROM a AS 1\nCOPI a b\n", [1, 2]),
        ("FROM a\nRNU x \\\n  # comment\n  y\nCOPI a b\n", [2, 5]),
        ("# escape=`\nFROM a\nRNU x `\n  y\nCOPI a b\n", [3, 5]),
        ("\ufeffFROM a\nRNU x\nCOPI\n", [2, 3]),
        ("FROM a\r\nRNU x\r\nCOPI\r\n", [2, 3]),
        ("RUN a\nFROM b\nRNU\n", [1, 3]),
        ("", [None]),
    ],
)
def test_every_wrong_instruction_is_told(text: str, lines: list[int | None]) -> None:
    assert lines_of(text) == lines


def test_behind_a_wrong_heredoc_nothing_is_guessed() -> None:
    assert lines_of("FROM a\nCPOY <<EOF /x\nRNU x\nEOF\nRNU y\n") == [2]
    assert lines_of("FROM a\nCOPY <<EOF /x\nRNU x\n") == [2]


def test_a_wrong_directive_is_told_alone() -> None:
    assert lines_of("# escape=x\nFROM a\nRNU x\n") == [1]


def test_there_is_an_end() -> None:
    assert len(parse_errors("FROM a\n" + "NONSENSE\n" * 1000)) == 20


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="FROMUNCPY ab\n\\<#=\"'-$", max_size=80))
def test_the_parsers_own_error_is_among_them_and_each_line_has_one(text: str) -> None:
    errors = parse_errors(text)
    first = parser_error(text)
    assert bool(errors) is (first is not None)
    assert first is None or (first.message, first.line) in [(error.message, error.line) for error in errors]
    lines = [error.line for error in errors]
    assert lines == sorted(set(lines), key=lambda line: line or 0)
