"""BuildKit's Dockerfile language brought into the dialect that dockerfile-parse reads right.

dockerfile-parse knows keywords, continuation lines and line numbers. It does not know heredocs, blank lines within an
instruction, an escaped character at the end of a line, a keyword cut in two by a continuation, an instruction without
arguments on the last line, the `check` directive, and more. So every instruction is written anew, line by line and on
the lines it has: the first line gets its keyword and, as the value, the whole instruction as it was written; every
further line of it, a heredoc's too, becomes an empty continuation line; and everything else becomes a blank line. The
value stands between two bars, which keep dockerfile-parse from trimming it and from taking its end for a continuation.
"""

from stepper.dockerfile.continuation import join_lines
from stepper.dockerfile.directives import DEFAULT_ESCAPE, MalformedDirectiveError, escape_of, read_directives
from stepper.dockerfile.heredocs import HeredocMark, heredoc_marks
from stepper.dockerfile.keywords import known_keyword, split_keyword
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Comment, Directive, Heredoc, split_lines
from stepper.dockerfile.whitespace import SPACE
from stepper.errors import DockerfileError
from stepper.frozen import frozen

_BAR = "|"
_LONGEST_LINE = 65535
"""In bytes; BuildKit reads no longer line."""


@frozen
class Dialect:
    """A Dockerfile as dockerfile-parse understands it, and what it does not understand beside it.

    `heredocs` are by the first line of their instruction.
    """

    text: str
    directives: tuple[Directive, ...]
    comments: tuple[Comment, ...]
    escape: str
    heredocs: dict[int, tuple[Heredoc, ...]]


def to_dialect(text: str, name: str) -> Dialect:
    """The Dockerfile in the dialect; every instruction keeps its lines.

    `name` is the file's name for messages. Raises `DockerfileError` for a keyword that there is not, a heredoc without
    its closing line, a wrong directive, and a line that is too long.
    """
    return _Translation(text, name).result()


def from_dialect(value: str) -> str:
    """The instruction as it was written, on one line, from the value that dockerfile-parse has for it."""
    return value[len(_BAR) : -len(_BAR)]


class _Translation:
    """One pass over one Dockerfile. `_number` counts the lines that have been read."""

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._lines = split_lines(text)
        self._raw_lines = text.split("\n")
        self._number = 0
        self._written: list[str] = []
        self._comments: list[Comment] = []
        self._heredocs: dict[int, tuple[Heredoc, ...]] = {}
        self._check_lengths()
        try:
            self._directives = read_directives(self._lines)
        except MalformedDirectiveError as problem:
            raise self._error(problem, problem.line) from None
        self._escape = escape_of(self._directives)

    def result(self) -> Dialect:
        while self._number < len(self._lines):
            line = self._lines[self._number].lstrip(SPACE)
            if line and not line.startswith("#"):
                self._instruction()
                continue
            self._number += 1
            self._written.append("")
            if line and self._number > len(self._directives):
                self._comments.append(Comment(line, self._number))
        text = "".join(f"{line}\n" for line in self._written)
        return Dialect(text, self._directives, tuple(self._comments), self._escape, self._heredocs)

    def _instruction(self) -> None:
        start = self._number + 1
        joined = join_lines(self._lines, start, self._escape)
        written = joined.text
        self._comments += joined.comments
        self._number = joined.end_line
        try:
            keyword = known_keyword(split_keyword(written)[0])
            marks = heredoc_marks(written, self._escape)
            if marks:
                self._heredocs[start] = tuple(mark.with_body(self._body(mark)) for mark in marks)
        except MalformedError as problem:
            raise self._error(problem, start) from None
        further = self._number - start
        self._written.append(f"{keyword} {_BAR}{written}{DEFAULT_ESCAPE if further else _BAR}")
        if further:
            self._written.extend([DEFAULT_ESCAPE] * (further - 1))
            self._written.append(_BAR)

    def _body(self, mark: HeredocMark) -> str:
        first = self._number
        for index in range(first, len(self._lines)):
            if mark.is_closed_by(self._lines[index]):
                self._number = index + 1
                return "".join(f"{line}\n" for line in self._raw_lines[first:index])
        raise MalformedError(
            "unterminated heredoc", hint=f"Write {mark.name} alone on the line after the last line of its body."
        )

    def _check_lengths(self) -> None:
        for number, line in enumerate(self._raw_lines, start=1):
            if len(line) * 4 > _LONGEST_LINE and len(line.encode()) > _LONGEST_LINE:
                problem = MalformedError(f"dockerfile line greater than max allowed size of {_LONGEST_LINE}")
                raise self._error(problem, number)

    def _error(self, problem: MalformedError, line: int) -> DockerfileError:
        return DockerfileError(problem.message, file=self._name, line=line, hint=problem.hint)
