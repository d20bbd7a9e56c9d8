"""The source line of an error at the screen: numbered, with carets, and never wider than there is room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from stepper.errors import Excerpt
from stepper.tui.excerpt_text import excerpt_lines


def lines_of(text: str, start: int, end: int, cells: int = 80, line: int = 7) -> list[str]:
    return [content.plain for content in excerpt_lines(Excerpt(line, text, start, end), cells)]


def test_carets_stand_under_what_is_wrong() -> None:
    assert lines_of("RUN --mont=x y", 4, 10) == ["7 │ RUN --mont=x y", "  │     ^^^^^^"]


def test_a_line_that_is_wrong_as_a_whole_has_no_carets() -> None:
    assert lines_of("RUN", 0, 0, line=12) == ["12 │ RUN"]


@pytest.mark.parametrize(
    ("text", "word", "shown"),
    [
        ("a" * 30 + " WRONG", "WRONG", ["7 │ …aaaaaaaaaaaaaaaaaaa WRONG", "  │                      ^^^^^"]),
        ("WRONG " + "a" * 30, "WRONG", ["7 │ WRONG aaaaaaaaaaaaaaaaaaa…", "  │ ^^^^^"]),
        ("a" * 30 + " WRONG " + "b" * 30, "WRONG", ["7 │ …aaaaaaaaaaaa WRONG bbbbb…", "  │               ^^^^^"]),
        ("W" * 40, "W" * 40, ["7 │ WWWWWWWWWWWWWWWWWWWWWWW…", "  │ ^^^^^^^^^^^^^^^^^^^^^^^^"]),
    ],
)
def test_a_long_line_is_cut_around_what_is_wrong(text: str, word: str, shown: list[str]) -> None:
    start = text.index(word)
    assert lines_of(text, start, start + len(word), cells=30) == shown


def test_tabs_and_what_a_terminal_would_obey_are_harmless() -> None:
    assert lines_of("\tRUN \x1b[2J x", 1, 4) == ["7 │     RUN \\x1b[2J x", "  │     ^^^"]


@given(
    st.text(alphabet=st.sampled_from("ab 世\t\x1b"), max_size=80),
    st.integers(0, 80),
    st.integers(0, 80),
    st.integers(24, 60),
)
def test_no_line_is_wider_than_there_is_room_and_the_carets_have_the_words_width(
    text: str, one: int, other: int, cells: int
) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    lines = lines_of(text, start, end, cells)
    assert all(cell_len(line) <= cells for line in lines)
    assert len(lines) == (2 if end > start else 1)
    assert all(line.count("^") >= 1 for line in lines[1:])
