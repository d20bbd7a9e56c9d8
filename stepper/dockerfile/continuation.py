"""Joining the lines of one instruction, and finding back the line and column of what was joined."""

from bisect import bisect_right
from dataclasses import dataclass

from stepper.dockerfile.model import Comment
from stepper.dockerfile.whitespace import SPACE


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line that goes into the joined one: the text at `column` (from 0) of line `line` (from 1)."""

    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class JoinedLine:
    """An instruction on one line: without continuation characters, and without comments and blank lines between.

    `end_line` is its last line in the file; the heredocs that it announces follow.
    """

    pieces: tuple[Piece, ...]
    comments: tuple[Comment, ...]
    end_line: int

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    def places(self, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
        """Where the characters from `start` to before `end` stand: line, start column, end column, for each line."""
        starts: list[int] = []
        length = 0
        for piece in self.pieces:
            starts.append(length)
            length += len(piece.text)
        places: list[tuple[int, int, int]] = []
        for index in range(max(0, bisect_right(starts, start) - 1), len(self.pieces)):
            piece = self.pieces[index]
            first = max(start - starts[index], 0)
            last = min(end - starts[index], len(piece.text))
            if first < last:
                places.append((piece.line, piece.column + first, piece.column + last))
        return tuple(places)


def join_lines(lines: tuple[str, ...], first: int, escape: str) -> JoinedLine:
    """The instruction that starts on line `first` (from 1) of a file, whose lines have no line ends."""
    pieces: list[Piece] = []
    comments: list[Comment] = []
    number = first
    more = True
    while more and number <= len(lines):
        line = lines[number - 1]
        written = line.lstrip(SPACE)
        column = len(line) - len(written)
        if number == first:
            text, more = _without_continuation(written, escape)
            pieces.append(Piece(text, number, column))
        elif written.startswith("#"):
            comments.append(Comment(written, number))
        elif written:
            text, more = _without_continuation(line, escape)
            pieces.append(Piece(text, number, 0))
        number += 1
    return JoinedLine(tuple(pieces), tuple(comments), number - 1)


def _without_continuation(line: str, escape: str) -> tuple[str, bool]:
    """The line without its continuation character, and whether it had one: two escape characters are none."""
    end = line.rstrip(" \t")
    if end.endswith(escape) and not end.endswith(escape * 2):
        return end[: -len(escape)], True
    return line, False
