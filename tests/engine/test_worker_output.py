"""Frames and marks: how the worker's output is taken apart."""

import itertools
import struct
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.engine.stream import STDERR, STDOUT, frames
from stepper.engine.worker import MarkedOutput

MARK = "0123456789abcdef"


class Chunks:
    """A stream that gives what it was made of, piece by piece."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = iter(pieces)

    def read(self) -> bytes:
        return next(self._pieces, b"")


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges) if a < b]


@settings(max_examples=100)
@given(
    sent=st.lists(st.tuples(st.sampled_from([STDOUT, STDERR]), st.binary(max_size=20)), max_size=6),
    places=st.lists(st.integers(0, 500), max_size=8),
)
def test_frames_are_the_same_however_the_stream_is_cut(sent: list[tuple[int, bytes]], places: list[int]) -> None:
    data = b"".join(struct.pack(">BxxxL", kind, len(text)) + text for kind, text in sent)
    found: dict[int, bytes] = {STDOUT: b"", STDERR: b""}
    for kind, text in frames(Chunks(cut(data, places))):
        found[kind] += text
    for kind in found:
        assert found[kind] == b"".join(text for sender, text in sent if sender == kind)


def passed(output: MarkedOutput, pieces: list[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield output.add(piece)


@settings(max_examples=100)
@given(
    text=st.lists(st.sampled_from([b"a\n", b"\x01", b"\x01" + MARK[:5].encode(), b"\xff"]), max_size=8).map(b"".join),
    code=st.integers(0, 255),
    places=st.lists(st.integers(0, 500), max_size=8),
)
def test_all_output_before_the_mark_is_passed_on_and_none_of_the_mark(
    text: bytes, code: int, places: list[int]
) -> None:
    output = MarkedOutput(MARK)
    data = text + b"\x01" + MARK.encode() + str(code).encode() + b"\n"
    assert b"".join(passed(output, cut(data, places))) == text
    assert output.code == code


def test_a_line_is_passed_on_before_the_mark_comes() -> None:
    output = MarkedOutput(MARK)
    assert output.add(b"hello\n") == b"hello\n"
    assert output.code is None
