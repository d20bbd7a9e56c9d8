"""Where the text of a RUN's script stands in the Dockerfile: through continued lines, comments between, heredocs."""

from bisect import bisect_right
from typing import NamedTuple

from stepper.dockerfile.continuation import JoinedLine, join_lines
from stepper.dockerfile.heredocs import heredoc_mark
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.dockerfile.onbuild import registration
from stepper.dockerfile.whitespace import SPACE
from stepper.frozen import frozen


class Place(NamedTuple):
    """The characters of line `line` (from 1) from column `start` (from 0) to before `end`."""

    line: int
    start: int
    end: int


class _Row(NamedTuple):
    """A line of the script that is one line of the Dockerfile: it begins at `at` in the script."""

    at: int
    line: int
    column: int
    length: int


@frozen
class ScriptPlaces:
    """Where each part of one RUN's script is in the Dockerfile. Of a trigger of a base image nothing is."""

    joined: JoinedLine | None = None
    offset: int = 0
    """Where the script's first line begins in the joined one."""
    length: int = 0
    """How much of the script stands there."""
    rows: tuple[_Row, ...] = ()

    def places(self, start: int, end: int) -> tuple[Place, ...]:
        """The places of the characters from `start` to before `end`, one for each line."""
        found: list[Place] = []
        if self.joined is not None and start < self.length:
            inside = self.joined.places(self.offset + start, self.offset + min(end, self.length))
            found += (Place(*place) for place in inside)
        first = max(0, bisect_right(self.rows, start, key=lambda row: row.at) - 1)
        for row in self.rows[first:]:
            if row.at >= end:
                break
            begin = max(start - row.at, 0)
            stop = min(end - row.at, row.length)
            if begin < stop:
                found.append(Place(row.line, row.column + begin, row.column + stop))
        return tuple(found)

    def line(self, at: int) -> int | None:
        """The line of the character at `at`; None where it is not in the file."""
        places = self.places(at, at + 1)
        return places[0].line if places else None


def script_places(dockerfile: Dockerfile, instruction: Instruction) -> ScriptPlaces:
    """Where the script of a RUN of this Dockerfile stands. `instruction` may be a RUN that is no part of it.

    That of an ONBUILD trigger stands where the ONBUILD is, if that is in the same file.
    """
    written = instruction if _is_written(dockerfile, instruction) else registration(dockerfile, instruction)
    if written is None or instruction.json_form or not instruction.words:
        return ScriptPlaces()
    joined = join_lines(dockerfile.lines, written.line, dockerfile.escape)
    command = " ".join(instruction.words)
    if instruction.heredocs and _is_heredoc(command):
        return ScriptPlaces(rows=_body_rows(dockerfile, joined, instruction))
    text = joined.text.rstrip(SPACE)
    if not text.endswith(command):
        return ScriptPlaces()
    offset = len(text) - len(command)
    return ScriptPlaces(joined, offset, len(command), _rows_behind(dockerfile, joined, instruction, len(command)))


def _is_written(dockerfile: Dockerfile, instruction: Instruction) -> bool:
    return any(instruction is each for stage in dockerfile.stages for each in stage.instructions)


def _is_heredoc(command: str) -> bool:
    try:
        return heredoc_mark(command) is not None
    except MalformedError:
        return False


def _body_rows(dockerfile: Dockerfile, joined: JoinedLine, instruction: Instruction) -> tuple[_Row, ...]:
    """The lines of a heredoc whose body is the script: without the tabs that `<<-` strips."""
    heredoc = instruction.heredocs[0]
    rows: list[_Row] = []
    at = 0
    for number in range(heredoc.written.count("\n")):
        line = joined.end_line + 1 + number
        written = dockerfile.lines[line - 1]
        column = len(written) - len(written.lstrip("\t")) if heredoc.strip_tabs else 0
        rows.append(_Row(at, line, column, len(written) - column))
        at += len(written) - column + 1
    return tuple(rows)


def _rows_behind(dockerfile: Dockerfile, joined: JoinedLine, instruction: Instruction, length: int) -> tuple[_Row, ...]:
    """The lines of the heredocs that are part of the script, as they are written."""
    rows: list[_Row] = []
    at, line = length + 1, joined.end_line + 1
    for heredoc in instruction.heredocs:
        lines = [*heredoc.written.split("\n")[:-1], heredoc.name]
        for text in lines:
            rows.append(_Row(at, line, 0, len(text)))
            at += len(text) + 1
            line += 1
    return tuple(rows)
