"""Where the rows of a text are: lines, the long ones in several rows. It takes few bytes, however many there are.

Only every so many rows it notes where one begins; the rows between are found again in the bytes from there.
"""

from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

ROW_BYTES = 4096
"""A line goes on in another row after so many bytes."""
BLOCK = 64
"""The rows of which one is noted."""


class Row(NamedTuple):
    """A row with its line end, and the number of its line; None where it goes on from the row before."""

    data: bytes
    number: int | None


class Block(NamedTuple):
    """Where some rows are: `start` to before `end`, None up to the end; `line` is that of the first row."""

    first: int
    start: int
    end: int | None
    line: int
    goes_on: bool


class RowIndex:
    """Fed with the bytes from the first to the last."""

    def __init__(self) -> None:
        self._starts = array("Q")
        self._lines = array("Q")
        self._goes_on = bytearray()
        self._ended = 0
        self._ended_lines = 0
        self._offset = 0
        self._tail = b""
        self._tail_goes_on = False

    @property
    def count(self) -> int:
        """How many rows there are, the last one as far as it is there."""
        return self._ended + bool(self._tail)

    @property
    def has_long_lines(self) -> bool:
        """Whether a line so far takes more than one row."""
        return self._ended > self._ended_lines

    def feed(self, data: bytes) -> None:
        """Take more bytes in."""
        bodies = (self._tail + data).split(b"\n")
        tail = bodies.pop()
        if bodies and not self._tail_goes_on and max(map(len, bodies)) <= ROW_BYTES:
            self._note_lines(bodies)
        elif bodies:
            lengths, flags = _row_lengths(bodies)
            flags[0] |= self._tail_goes_on
            self._note(lengths, flags)
            self._tail_goes_on = False
        *ended, self._tail = cut(tail)
        if ended:
            flags = bytearray([self._tail_goes_on, *[True] * (len(ended) - 1)])
            self._note([len(piece) for piece in ended], flags)
            self._tail_goes_on = True

    def block_of(self, row: int) -> Block:
        """The block of a row that exists."""
        number = row // BLOCK
        first = number * BLOCK
        if number >= len(self._starts):
            return Block(first, self._offset, None, self._tail_line, self._tail_goes_on)
        end = self._starts[number + 1] if number + 1 < len(self._starts) else None
        return Block(first, self._starts[number], end, self._lines[number], bool(self._goes_on[number]))

    @property
    def _tail_line(self) -> int:
        return self._ended_lines + (not self._tail_goes_on)

    def _note_lines(self, bodies: Sequence[bytes]) -> None:
        """Note rows that are whole lines: the usual case, and the one with many rows."""
        at = -self._ended % BLOCK
        start = self._offset + sum(map(len, bodies[:at])) + min(at, len(bodies))
        for index in range(at, len(bodies), BLOCK):
            self._starts.append(start)
            self._lines.append(self._ended_lines + 1 + index)
            self._goes_on.append(False)
            block = bodies[index : index + BLOCK]
            start += sum(map(len, block)) + len(block)
        self._ended += len(bodies)
        self._ended_lines += len(bodies)
        self._offset = start

    def _note(self, lengths: Sequence[int], flags: Sequence[int]) -> None:
        """Note rows that have ended; the flags say which of them go on from the one before."""
        first_line = self._tail_line
        offsets = list(accumulate(lengths, initial=self._offset))
        at = -self._ended % BLOCK
        numbers = list(accumulate((not flag for flag in flags[1:]), initial=first_line)) if at < len(lengths) else []
        for index in range(at, len(lengths), BLOCK):
            self._starts.append(offsets[index])
            self._lines.append(numbers[index])
            self._goes_on.append(flags[index])
        self._ended += len(lengths)
        self._offset = offsets[-1]
        self._ended_lines = first_line + sum(not flag for flag in flags[1:])


def rows_in(block: Block, data: bytes) -> list[Row]:
    """The rows of a block, whose bytes these are."""
    rows: list[Row] = []
    bodies = data.split(b"\n")
    tail = bodies.pop()
    line, goes_on = block.line, block.goes_on
    for body in [*(body + b"\n" for body in bodies), *([tail] if tail else [])]:
        for piece in _with_end(body):
            rows.append(Row(piece, None if goes_on else line))
            goes_on = True
        line, goes_on = line + 1, False
    return rows


def cut(body: bytes) -> list[bytes]:
    """A line without its end in pieces that are short enough; no UTF-8 character is cut."""
    pieces = []
    at = 0
    while len(body) - at > ROW_BYTES:
        end = at + ROW_BYTES
        back = next((back for back in range(4) if body[end - back] & 0xC0 != 0x80), 0)
        pieces.append(body[at : end - back])
        at = end - back
    return [*pieces, body[at:]]


def _with_end(line: bytes) -> list[bytes]:
    body = line.removesuffix(b"\n")
    *pieces, last = cut(body)
    return [*pieces, last + line[len(body) :]]


def _row_lengths(bodies: Sequence[bytes]) -> tuple[list[int], bytearray]:
    """The lengths of the rows of lines, and which of them go on from the one before."""
    lengths: list[int] = []
    flags = bytearray()
    for body in bodies:
        pieces = cut(body)
        lengths += map(len, pieces)
        lengths[-1] += 1
        flags += bytes([False, *[True] * (len(pieces) - 1)])
    return lengths, flags
