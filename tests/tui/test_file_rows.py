"""The rows of a file: text of any kind, hex, differences, colours; and its content, however it comes in."""

import difflib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.errors import StepperError
from stepper.tui.file.content import FileContent, looks_binary
from stepper.tui.file.highlight import colours
from stepper.tui.file.row_index import ROW_BYTES
from stepper.tui.file.rows import MOST_COMPARED, HexRows, TextRows, difference, shown_line


def content_of(*pieces: bytes) -> FileContent:
    content = FileContent()
    for piece in pieces:
        content.append(piece)
    return content


def rows_of(content: FileContent) -> list[tuple[bytes, int | None]]:
    return [content.row(index) for index in range(content.row_count)]


@given(st.lists(st.binary(max_size=400).map(lambda data: data.replace(b"x", b"\n")), max_size=12))
@settings(max_examples=150, deadline=None)
def test_the_rows_are_the_lines_however_the_bytes_come_in(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    lines = whole.split(b"\n")
    expected = [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    assert rows_of(content_of(*pieces)) == [(line, number) for number, line in enumerate(expected, 1)]


@given(st.integers(0, 3 * ROW_BYTES), st.integers(1, 5000), st.sampled_from(["a", "é", "€", "😀", "\udcff"]))
@settings(max_examples=60, deadline=None)
def test_a_long_line_goes_on_in_more_rows_and_no_character_is_cut(length: int, piece: int, character: str) -> None:
    whole = (character * length).encode("utf-8", "surrogateescape") + b"\nend\n"
    content = content_of(*(whole[at : at + piece] for at in range(0, len(whole), piece)))
    rows = rows_of(content)
    assert b"".join(data for data, _ in rows) == whole
    assert all(len(data) <= ROW_BYTES + 1 for data, _ in rows)
    assert rows[0][1] == 1
    assert rows[-1] == (b"end\n", 2)
    assert [number for _, number in rows[1:-1]] == [None] * (len(rows) - 2)
    if character != "\udcff":
        assert all(data.decode() for data, _ in rows)


@given(st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_a_row_is_safe_for_any_terminal(data: bytes) -> None:
    assert shown_line(data.replace(b"\n", b"")).isprintable()
    content = content_of(data)
    for rows in TextRows(content), HexRows(content):
        assert all(text.isprintable() for row in range(rows.count) for text, _ in rows.parts(row))


def test_tabs_are_widened() -> None:
    assert shown_line(b"a\tb\n") == "a       b"


def test_hex_rows_hold_sixteen_bytes() -> None:
    rows = HexRows(content_of(bytes(range(60, 80))))
    assert rows.count == 2
    assert "".join(text for text, _ in rows.parts(1)) == "00000010  4c 4d 4e 4f" + " " * 38 + " |LMNO|"


@pytest.mark.parametrize(
    ("head", "binary"),
    [
        (b"", False),
        (b"text\r\n", False),
        ("é".encode(), False),
        (b"\xff\xfea\0", True),
        (b"a\0b", True),
        (b"\1\2", True),
    ],
)
def test_what_looks_binary(head: bytes, binary: bool) -> None:
    assert looks_binary(head) is binary


LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=12).map(lambda lines: "".join(f"{x}\n" for x in lines))


@given(LINES, LINES, LINES)
@settings(max_examples=150, deadline=None)
def test_a_difference_turns_the_one_into_the_other(same: str, before: str, after: str) -> None:
    same *= 3
    old, new = same + before, same + after
    rows = [
        "".join(text for text, _ in parts)
        for parts in map(
            difference(old.encode(), new.encode()).parts, range(difference(old.encode(), new.encode()).count)
        )
    ]
    if old == new:
        assert rows == ["The content is the same"]
        return
    whole = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=3))[2:]
    removed = sorted(row[2:] for row in rows if row.startswith("- "))
    added = sorted(row[2:] for row in rows if row.startswith("+ "))
    assert len(removed) - len(added) == len(old.splitlines()) - len(new.splitlines())
    assert len(rows) <= len(whole) + 6
    assert rows[0].startswith("@@ -")


def test_a_difference_counts_lines_from_the_start_of_the_file() -> None:
    before = b"".join(b"%d\n" % number for number in range(100))
    rows = difference(before, before.replace(b"50\n", b"fifty\n"))
    assert rows.parts(0) == [("", "place"), ("@@ -48,7 +48,7 @@", "place")]


def test_a_missing_newline_at_the_end_is_told() -> None:
    rows = difference(b"a\n", b"a")
    assert [rows.parts(row)[-1][0] for row in range(1, rows.count)] == ["a", "a (no newline at the end)"]


def test_files_that_differ_everywhere_are_compared_only_so_far() -> None:
    with pytest.raises(StepperError, match="too many lines"):
        difference(b"a\n" * MOST_COMPARED, b"b\n" * MOST_COMPARED)


def test_the_language_is_known_by_the_name_or_by_the_first_line() -> None:
    assert ("import", "keyword") in colours("x.py", b"import os\n")[0]
    assert colours("tool", b"#!/bin/sh\nif true; then :; fi\n")[1]
    assert colours("passwd", b"root:x:0:0\n") == {}
    assert colours("x.txt", b"for in if\n") == {}


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_colours_change_no_text(text: str) -> None:
    data = text.replace("\r", "").encode("utf-8", "surrogatepass")
    content = content_of(data)
    found = colours("x.py", data)
    for row in range(content.row_count):
        assert "".join(piece for piece, _ in found.get(row, ())).replace(" ", "") == shown_line(
            content.row(row)[0]
        ).replace(" ", "")
