import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper import terminal_text
from stepper.terminal_text import LINE_LIMIT, LineReader, remove_styles

SGR = re.compile(r"\x1b\[[0-9;:]*m")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")

TERMINAL_BYTES = st.one_of(
    st.binary(max_size=200),
    st.lists(
        st.sampled_from(
            [
                *[bytes([byte]) for byte in range(256)],
                b"\r",
                b"\b",
                b"\n",
                b"\r\n",
                b"abc",
                b"0123456789",
                b"\x1b[31m",
                b"\x1b[1;38;5;9m",
                b"\x1b[0m",
                b"\x1b[K",
                b"\x1b[2K",
                b"\x1b[1G",
                b"\x1b[2J",
                b"\x1b[3D",
                b"\x1b]0;title",
                b"\x1b]8;;x\x1b\\",
                b"\x1bP",
                b"\x07",
                "漢".encode(),
                "\u202e".encode(),
                "\x9b".encode(),
                b"x" * 5000,
                b"\x1b[" + b"1" * 70,
            ]
        ),
        max_size=40,
    ).map(b"".join),
)


def read(*chunks: bytes) -> list[str]:
    reader = LineReader()
    return [line for chunk in chunks for line in reader.feed(chunk)] + reader.close()


def chunked(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(places)]


@given(TERMINAL_BYTES, st.lists(st.integers(0, 10**6), max_size=12))
@settings(max_examples=300, deadline=None)
def test_how_the_bytes_are_cut_never_changes_the_lines(data: bytes, cuts: list[int]) -> None:
    assert read(*chunked(data, cuts)) == read(data)


@given(TERMINAL_BYTES, st.lists(st.integers(0, 10**6), max_size=12), st.integers(1, 12))
@settings(max_examples=300, deadline=None)
def test_that_holds_where_lines_are_longer_than_the_limit(data: bytes, cuts: list[int], limit: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(terminal_text, "LINE_LIMIT", limit)
        assert read(*chunked(data, cuts)) == read(data)


@given(TERMINAL_BYTES)
@settings(max_examples=200, deadline=None)
def test_a_byte_at_a_time_gives_the_same_lines(data: bytes) -> None:
    assert read(*(bytes([byte]) for byte in data)) == read(data)


@given(TERMINAL_BYTES)
@settings(max_examples=300, deadline=None)
def test_only_colours_and_tabs_survive(data: bytes) -> None:
    reader = LineReader()
    lines = [*reader.feed(data), reader.unfinished, *reader.close()]
    for line in lines:
        assert not CONTROL.search(SGR.sub("", line)), repr(line)
        assert remove_styles(line) == SGR.sub("", line)
        assert len(remove_styles(line)) <= LINE_LIMIT


@given(TERMINAL_BYTES)
@settings(max_examples=200, deadline=None)
def test_the_unfinished_line_is_the_last_line_once_all_has_come(data: bytes) -> None:
    reader = LineReader()
    lines = reader.feed(data)
    unfinished = reader.unfinished
    closed = reader.close()
    if closed and not data.endswith(b"\x1b") and len(closed) == 1 and "\ufffd" not in closed[0]:
        assert remove_styles(closed[0]).startswith(remove_styles(unfinished))
    assert len(lines) + len(closed) == len(read(data))


@pytest.mark.parametrize(
    ("printed", "lines"),
    [
        (b"", []),
        (b"one\ntwo", ["one", "two"]),
        (b"one\r\n\r\ntwo\n", ["one", "", "two"]),
        (b" 10%\r 20%\r100%\n", ["100%"]),
        (b"long text\rshort\n", ["shorttext"]),
        (b"long text\r\x1b[Kshort\n", ["short"]),
        (b"long text\x1b[2K\rshort\n", ["short"]),
        (b"long text\x1b[2K\x1b[1Gshort\n", ["short"]),
        (b"done\r", ["done"]),
        (b"spin |\b/\b-\b\\\n", ["spin \\"]),
        (b"a\tb\n", ["a\tb"]),
        (b"\x1b[2J\x1b[Hcleared\x1b[?25l\n", ["cleared"]),
        (b"\x1b]0;evil title\x07text\n", ["text"]),
        (b"\x1b]52;c;ZXZpbA==\x1b\\text\n", ["text"]),
        (b"\x1b]0;never ended\nnext\n", ["", "next"]),
        (b"\x1bPq#0;sixel\x1b\\text\n", ["text"]),
        (b"\x1b[>4;2mtext\x1b[6n\n", ["text"]),
        (b"bell\x07 form\x0cfeed\n", ["bell form\u240cfeed"]),
        (b"\xff\n", ["\ufffd"]),
        (b"\x1b[8mhidden\x1b[0m\n", ["hidden"]),
        ("admin\u202etxt\n".encode(), ["admin\ufffdtxt"]),
    ],
)
def test_a_line_looks_as_on_a_terminal(printed: bytes, lines: list[str]) -> None:
    assert read(printed) == lines


def test_a_colour_that_is_left_on_reaches_into_the_next_lines() -> None:
    assert read(b"\x1b[31mred\nstill\x1b[0m plain\nplain\n") == [
        "\x1b[31mred\x1b[0m",
        "\x1b[31mstill\x1b[0m plain",
        "plain",
    ]


@pytest.mark.parametrize(
    ("sequences", "left"),
    [
        ("\x1b[1m\x1b[31m", "\x1b[31;1m"),
        ("\x1b[1;2m\x1b[22m", ""),
        ("\x1b[38;5;200m\x1b[48;2;1;2;3m", "\x1b[48;2;1;2;3;38;5;200m"),
        ("\x1b[38:2::1:2:3m", "\x1b[38;2;1;2;3m"),
        ("\x1b[38;5;999m", ""),
        ("\x1b[4m\x1b[4:0m", ""),
        ("\x1b[8m", ""),
        ("\x1b[31;8m", "\x1b[31m"),
        ("\x1b[007m", "\x1b[7m"),
    ],
)
def test_the_style_in_force_is_kept_in_its_shortest_form(sequences: str, left: str) -> None:
    second = read(sequences.encode() + b"\nx\n")[1]
    assert second == (f"{left}x\x1b[0m" if left else "x")


def test_a_line_without_an_end_goes_on_in_the_next_and_memory_stays_bounded() -> None:
    reader = LineReader()
    lines = [line for _ in range(100) for line in reader.feed(b"x" * 1000)] + reader.close()
    assert "".join(lines) == "x" * 100_000
    assert max(map(len, lines)) == LINE_LIMIT


def test_progress_without_an_end_stays_one_line() -> None:
    reader = LineReader()
    for percent in range(100_000):
        assert reader.feed(f"\r\x1b[32m{percent}\x1b[0m".encode()) == []
    assert reader.unfinished == "\x1b[32m99999\x1b[0m"
    assert len(reader._unfinished) < 10 * LINE_LIMIT
