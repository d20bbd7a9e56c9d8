"""What the parts of a Dockerfile's lines are, for a view that colours them."""

import re
from collections.abc import Generator, Iterator
from enum import Enum
from typing import NamedTuple

from stepper.dockerfile.continuation import JoinedLine, join_lines
from stepper.dockerfile.flags import flag_places
from stepper.dockerfile.graph import find_stage
from stepper.dockerfile.heredocs import heredoc_mark
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.dockerfile.whitespace import SPACE

_WORD = re.compile(r"[^\t\v\f\r ]+")
_MARK = re.compile(r"""(?<![^\t\v\f\r ])[0-9]*<<-?[\t\r ]*(?:'[^']*'|"[^"]*"|\\.|[^\s<'"\\])+""")
_MOUNT_FROM = re.compile(r"(?:^|[,=\"'])from=([^,\"']+)")
_VARIABLE = re.compile(r"\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?!-]|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})")
_SHELL_FORMS = frozenset({"CMD", "ENTRYPOINT", "RUN", "SHELL"})


class SpanKind(Enum):
    """What a part of a line is."""

    KEYWORD = "keyword"
    """The instruction's keyword, the trigger's in an ONBUILD, and the AS of a FROM."""
    FLAG_NAME = "flag name"
    """With its dashes, without the equals sign."""
    FLAG_VALUE = "flag value"
    IMAGE = "image"
    """What a FROM builds on, where it is no stage."""
    STAGE_NAME = "stage name"
    """The name after AS."""
    STAGE_REFERENCE = "stage reference"
    """The name or number of a stage in a FROM, a `--from` or a `--mount`."""
    HEREDOC_MARK = "heredoc mark"
    """`<<EOF` on the instruction's line."""
    HEREDOC_END = "heredoc end"
    """The closing line, without the tabs before it."""
    DIRECTIVE = "directive"
    COMMENT = "comment"
    VARIABLE = "variable"
    """`$name` or `${name...}`, also in a command and in the body of a heredoc."""


class Span(NamedTuple):
    """The characters of line `line` (from 1) from `start` (from 0) to before `end`."""

    line: int
    start: int
    end: int
    kind: SpanKind


def spans(dockerfile: Dockerfile) -> tuple[Span, ...]:
    """The parts of all lines, by line and column. Where two overlap, the later one lies over the earlier.

    Of a file of another language only the line that names its frontend is known.
    """
    lines = dockerfile.lines
    if dockerfile.handed_over is not None:
        line = dockerfile.stages[0].line
        return (_whole_line(lines, line, SpanKind.DIRECTIVE),) if lines else ()
    found = [_whole_line(lines, directive.line, SpanKind.DIRECTIVE) for directive in dockerfile.directives]
    found += (_whole_line(lines, comment.line, SpanKind.COMMENT) for comment in dockerfile.comments)
    for instruction in dockerfile.global_args:
        found += _InstructionSpans(dockerfile, lines, instruction, stage=0)
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            found += _InstructionSpans(dockerfile, lines, instruction, stage.index)
    return tuple(sorted(found, key=lambda span: (span.line, span.start)))


def _whole_line(lines: tuple[str, ...], number: int, kind: SpanKind) -> Span:
    line = lines[number - 1]
    return Span(number, len(line) - len(line.lstrip(SPACE)), len(line), kind)


class _InstructionSpans:
    """The spans of one instruction. Positions are those of its joined line until they are placed."""

    def __init__(self, dockerfile: Dockerfile, lines: tuple[str, ...], instruction: Instruction, stage: int) -> None:
        self._dockerfile = dockerfile
        self._lines = lines
        self._instruction = instruction
        self._stage = stage
        self._joined: JoinedLine = join_lines(lines, instruction.line, dockerfile.escape)
        self._text = self._joined.text

    def __iter__(self) -> Iterator[Span]:
        rest = yield from self._keyword_and_flags(self._instruction, 0)
        if self._instruction.trigger is not None:
            rest = yield from self._keyword_and_flags(self._instruction.trigger, rest)
        if self._instruction.keyword == "FROM":
            yield from self._base(rest)
        inner = self._instruction.trigger or self._instruction
        if not (inner.json_form and inner.keyword in _SHELL_FORMS):
            for start, end in _variables(self._text, self._dockerfile.escape):
                yield from self._placed(start, end, SpanKind.VARIABLE)
        yield from self._heredoc_marks()
        yield from self._heredoc_bodies()

    def _placed(self, start: int, end: int, kind: SpanKind) -> Iterator[Span]:
        for line, first, last in self._joined.places(start, end):
            yield Span(line, first, last, kind)

    def _keyword_and_flags(self, instruction: Instruction, position: int) -> Generator[Span, None, int]:
        """The spans; returns the position behind them."""
        keyword = _WORD.search(self._text, position)
        if keyword is None:
            return position
        yield from self._placed(keyword.start(), keyword.end(), SpanKind.KEYWORD)
        position = keyword.end()
        places = flag_places(self._text[position:], self._dockerfile.escape)
        for start, end in places:
            yield from self._flag(position + start, position + end)
        return position + places[-1][1] if places else position

    def _flag(self, start: int, end: int) -> Iterator[Span]:
        name, equals, value = self._text[start:end].partition("=")
        yield from self._placed(start, start + len(name), SpanKind.FLAG_NAME)
        if not equals:
            return
        first = end - len(value)
        yield from self._placed(first, end, SpanKind.FLAG_VALUE)
        if name == "--from" and self._is_stage(value):
            yield from self._placed(first, end, SpanKind.STAGE_REFERENCE)
        mount = _MOUNT_FROM.search(value) if name == "--mount" else None
        # Here a number is no stage.
        if mount is not None and not mount[1].isdecimal() and self._is_stage(mount[1]):
            yield from self._placed(first + mount.start(1), first + mount.end(1), SpanKind.STAGE_REFERENCE)

    def _base(self, position: int) -> Iterator[Span]:
        earlier = {stage.name for stage in self._dockerfile.stages[: self._stage]}
        kinds = (SpanKind.IMAGE, SpanKind.KEYWORD, SpanKind.STAGE_NAME)
        for word, kind in zip(_WORD.finditer(self._text, position), kinds, strict=False):
            is_stage = kind is SpanKind.IMAGE and word[0] in earlier
            yield from self._placed(word.start(), word.end(), SpanKind.STAGE_REFERENCE if is_stage else kind)

    def _is_stage(self, name: str) -> bool:
        return find_stage(self._dockerfile, name.strip("\"'")) is not None

    def _heredoc_marks(self) -> Iterator[Span]:
        names = [heredoc.name for heredoc in self._instruction.heredocs]
        for match in _MARK.finditer(self._text) if names else ():
            if names and _heredoc_name(match[0]) == names[0]:
                del names[0]
                yield from self._placed(match.start(), match.end(), SpanKind.HEREDOC_MARK)

    def _heredoc_bodies(self) -> Iterator[Span]:
        number = self._joined.end_line
        for heredoc in self._instruction.heredocs:
            closing = number + heredoc.written.count("\n") + 1
            for line in range(number + 1, closing) if heredoc.expand else ():
                for start, end in _variables(self._lines[line - 1], "\\", quotes=False):
                    yield Span(line, start, end, SpanKind.VARIABLE)
            number = closing
            end_of_line = len(self._lines[number - 1])
            yield Span(number, end_of_line - len(heredoc.name), end_of_line, SpanKind.HEREDOC_END)


def _heredoc_name(word: str) -> str | None:
    try:
        mark = heredoc_mark(word)
    except MalformedError:
        return None
    return None if mark is None else mark.name


def _variables(text: str, escape: str, *, quotes: bool = True) -> Iterator[tuple[int, int]]:
    """Where variables stand: not after an escape character, and with `quotes` not in single quotes."""
    position = 0
    in_double_quotes = False
    while position < len(text):
        character = text[position]
        if character == escape:
            position += 2
            continue
        if character == '"':
            in_double_quotes = not in_double_quotes
        closing = text.find("'", position + 1) if character == "'" and quotes and not in_double_quotes else -1
        if closing > 0:
            position = closing + 1
            continue
        match = _VARIABLE.match(text, position) if character == "$" else None
        if match is not None:
            yield match.span()
        position = position + 1 if match is None else match.end()
