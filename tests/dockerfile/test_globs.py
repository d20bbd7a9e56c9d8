"""Go's filepath.Match, which COPY's wildcards follow."""

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.dockerfile.globs import has_wildcards, match


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("abc", "abc", True),
        ("abc", "abcd", False),
        ("*", "abc", True),
        ("*", "", True),
        ("*", "a/b", False),
        ("*.py", "main.py", True),
        ("*.py", "src/main.py", False),
        ("a*/b", "abc/b", True),
        ("a*/b", "a/c/b", False),
        ("a*b*c", "aXbYbc", True),
        ("a*b*c", "aXbYcd", False),
        ("**", "abc", True),
        ("**/x", "a/x", True),
        ("**/x", "a/b/x", False),
        ("?", "/", False),
        ("?", "é", True),
        ("[a-c]x", "bx", True),
        ("[^a-c]x", "bx", False),
        ("[^a-c]x", "/x", True),
        (r"[a\-]x", "-x", True),
        (r"\*", "*", True),
        (r"\*", "a", False),
        ("a*?c", "abc", True),
        ("a*?c", "ac", False),
        ("]", "]", True),
        ("", "", True),
        ("", "a", False),
    ],
)
def test_a_pattern_matches_the_whole_name(pattern: str, name: str, expected: bool) -> None:
    assert match(pattern, name) is expected


@pytest.mark.parametrize("pattern", ["[", "[]", "[]a]", "[a", "[a-]", "[-a]", "a\\", "[a\\", "[^]", "x[a-"])
def test_a_malformed_pattern_is_an_error_that_quotes_it(pattern: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(pattern))):
        match(pattern, "a")


def test_wildcards_are_told_from_plain_paths() -> None:
    assert has_wildcards("src/*.py")
    assert has_wildcards("[ab]")
    assert not has_wildcards("src/main.py")
    assert not has_wildcards(r"src/\*\[x")
    assert has_wildcards(r"src\\*")


def _as_expression(pattern: str) -> str:
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(character, re.escape(character)) for character in pattern)


@given(st.text(alphabet="ab*?/", max_size=10), st.text(alphabet="ab/", max_size=10))
@settings(max_examples=400)
def test_stars_and_question_marks_agree_with_a_regular_expression(pattern: str, name: str) -> None:
    assert match(pattern, name) is (re.fullmatch(_as_expression(pattern), name) is not None)


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_pattern_matches_or_is_an_error(pattern: str, name: str) -> None:
    with suppress(ValueError):
        match(pattern, name)


@given(st.text(max_size=12))
def test_an_escaped_name_matches_itself(name: str) -> None:
    assert match("".join("\\" + character for character in name), name)
