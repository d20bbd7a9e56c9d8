"""The filter's small language."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.errors import UsageError
from stepper.image.layer import ChangeKind
from stepper.image.path_filter import NO_FILTER, parse_filter

PATHS = ["/etc/passwd", "/usr/lib/libc.so", "/usr/lib/python3/x.py", "/app/main.py", "/README", "/etc", "/a b"]


def left(text: str) -> list[str]:
    only = parse_filter(text)
    return [path for path in PATHS if only.matches(path, None, None)]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("", PATHS),
        ("  ", PATHS),
        ("etc", ["/etc/passwd", "/etc"]),
        ("readme", ["/README"]),
        ("README", ["/README"]),
        ("Readme", []),
        ("*.py", ["/usr/lib/python3/x.py", "/app/main.py"]),
        ("*.py lib", ["/usr/lib/python3/x.py"]),
        ("/etc/**", ["/etc/passwd"]),
        ("/usr/*/lib*", ["/usr/lib/libc.so"]),
        ("/usr/**/*.py", ["/usr/lib/python3/x.py"]),
        ("python?/*", ["/usr/lib/python3/x.py"]),
        ("[!a-z]*", ["/README"]),
        ("[l-m]*", ["/usr/lib/libc.so", "/app/main.py"]),
        ('"a b"', ["/a b"]),
        ("a b", ["/a b", "/usr/lib/libc.so"][:1]),
    ],
)
def test_text_and_globs(text: str, paths: list[str]) -> None:
    assert left(text) == paths


@pytest.mark.parametrize(
    ("text", "size", "matches"),
    [
        (">10MB", 10_000_001, True),
        (">10MB", 10_000_000, False),
        (">=10mb", 10_000_000, True),
        ("<=4kB", 4000, True),
        ("<4k", 4000, False),
        (">1.5G", 1_500_000_001, True),
        (">0", 0, False),
        (">10 <20", 15, True),
        (">10 <20", 20, False),
        (">1", None, False),
        ("<1", None, False),
    ],
)
def test_sizes_are_of_files(text: str, size: int | None, matches: bool) -> None:
    assert parse_filter(text).matches("/x", None, size) is matches


def test_kinds_are_one_of_those_that_are_named() -> None:
    only = parse_filter("+ ~")
    assert [kind for kind in ChangeKind if only.matches("/x", kind, 1)] == [ChangeKind.ADDED, ChangeKind.MODIFIED]
    assert not only.matches("/x", None, 1)
    assert parse_filter("+~").kinds == only.kinds
    assert parse_filter("-").matches("/x", ChangeKind.DELETED, None)


@pytest.mark.parametrize(
    ("text", "message"),
    [(">", "> is no size"), (">10XB", ">10XB is no size"), ("a <ten", "<ten is no size"), ("[a", r"\[a has a \[")],
)
def test_what_is_wrong_is_said_by_the_word(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_filter(text)


def test_no_words_are_no_filter() -> None:
    assert not NO_FILTER
    assert not parse_filter("   ")
    assert parse_filter("x")


@given(st.text(alphabet='ab*?[]!-^\\~+<>1MB"/ .', max_size=12), st.text(alphabet="ab/.-]", max_size=8))
@settings(max_examples=400, deadline=None)
def test_any_text_is_a_filter_or_an_error_that_says_so(text: str, path: str) -> None:
    try:
        only = parse_filter(text)
    except UsageError:
        return
    assert only.matches("/" + path, None, 5) in (True, False)
