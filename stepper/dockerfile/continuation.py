"""Joining the lines of one instruction, and finding back the line and column of what was joined."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate

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

    `starts` says where in `text` each piece begins. `end_line` is the last line in the file; the heredocs that the
    instruction announces follow.
    """

    text: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]
    comments: tuple[Comment, ...]
    end_line: int

    def places(self, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
        """Where the characters from `start` to before `end` stand: line, start column, end column, for each line."""
        places: list[tuple[int, int, int]] = []
        for index in range(max(0, bisect_right(self.starts, start) - 1), bisect_left(self.starts, end)):
            piece, offset = self.pieces[index], self.starts[index]
            first = max(start - offset, 0)
            last = min(end - offset, len(piece.text))
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
    texts = [piece.text for piece in pieces]
    starts = accumulate((len(text) for text in texts[:-1]), initial=0)
    return JoinedLine("".join(texts), tuple(pieces), tuple(starts), tuple(comments), number - 1)


def _without_continuation(line: str, escape: str) -> tuple[str, bool]:
    """The line without its continuation character, and whether it had one: two escape characters are none."""
    end = line.rstrip(" \t")
    if end.endswith(escape) and not end.endswith(escape * 2):
        return end[: -len(escape)], True
    return line, False
