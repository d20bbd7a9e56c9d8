"""The text of a Dockerfile line as the source view shows it: tabs widened, control characters visible, coloured.

Pygments' Docker lexer gives the colours of shell code; the spans of our own parser lie over them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from rich.cells import cell_len

TAB = 8
"""Columns between two tab stops."""


class SpanRole(Enum):
    """What a part of a line is; the value is the end of the component class that colours it."""

    KEYWORD = "keyword"
    FLAG = "flag"
    STAGE = "stage"
    IMAGE = "image"
    HEREDOC = "heredoc"
    COMMENT = "comment"
    DIRECTIVE = "directive"
    STRING = "string"
    VARIABLE = "variable"
    NUMBER = "number"
    BUILTIN = "builtin"
    OPERATOR = "operator"
    ESCAPE = "escape"
    NEXT_COMMAND = "next-command"
    FAILED_COMMAND = "failed-command"


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """A part of line `line` (from 1): the characters from `start` up to, not including, `end` (from 0)."""

    line: int
    start: int
    end: int
    role: SpanRole


class DisplayLine:
    """One line of a file, and what is shown for it: `text` has a character for every cell or wide character."""

    __slots__ = ("_columns", "raw", "text", "width")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        if raw.isprintable():
            self.text = raw
            self._columns: list[int] | None = None
        else:
            self.text, self._columns = _widened(raw)
        self.width = cell_len(self.text)

    def shown(self, index: int) -> int:
        """Where the character `index` of the raw line begins in `text`."""
        if self._columns is None:
            return min(index, len(self.text))
        return self._columns[min(index, len(self._columns) - 1)]

    def original(self, index: int) -> int:
        """The character of the raw line that `text[index]` stands for."""
        if self._columns is None:
            return min(index, len(self.raw))
        found = 0
        for position, column in enumerate(self._columns):
            if column > index:
                break
            found = position
        return found


def _widened(raw: str) -> tuple[str, list[int]]:
    """Tabs as spaces, unprintable characters as symbols; and where each character of `raw`, and its end, begins."""
    pieces: list[str] = []
    columns: list[int] = []
    cells = length = 0
    for character in raw:
        columns.append(length)
        if character == "\t":
            piece = " " * (TAB - cells % TAB)
        elif character.isprintable():
            piece = character
        else:
            piece = _symbol(character)
        pieces.append(piece)
        length += len(piece)
        cells += cell_len(piece)
    columns.append(length)
    return "".join(pieces), columns


def _symbol(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return "␣" if character.isspace() else "\ufffd"


class SourceText:
    """The lines of one Dockerfile with the roles of their parts."""

    def __init__(self, lines: Sequence[str], spans: Iterable[SourceSpan] = ()) -> None:
        self.lines = [DisplayLine(line) for line in lines]
        self._spans: dict[int, list[SourceSpan]] = {}
        for span in spans:
            self._spans.setdefault(span.line, []).append(span)

    @cached_property
    def width(self) -> int:
        """Cells of the widest line."""
        return max((line.width for line in self.lines), default=0)

    @cached_property
    def _lexed(self) -> Mapping[int, Sequence[tuple[int, int, SpanRole]]]:
        return lex("\n".join(line.raw.replace("\r", " ") for line in self.lines))

    def lex(self) -> None:
        """Do the slow part now (some 60 µs a line); else it is done when the first line is asked for."""
        _ = self._lexed

    def roles(self, line: int) -> list[tuple[int, int, SpanRole]]:
        """The coloured parts of a line (from 1) as `(start, end, role)` in its display text, later over earlier."""
        shown = self.lines[line - 1]
        parts = list(self._lexed.get(line, ()))
        parts += [(span.start, span.end, span.role) for span in self._spans.get(line, ())]
        return [(shown.shown(start), shown.shown(end), role) for start, end, role in parts]


def lex(text: str) -> dict[int, list[tuple[int, int, SpanRole]]]:
    """What Pygments makes of a Dockerfile: for each line (from 1) the parts that have a role."""
    from pygments.lexers.configs import DockerLexer
    from pygments.token import Comment, Keyword, Name, Number, Operator, String, Text, _TokenType

    table: dict[_TokenType, SpanRole | None] = {
        Comment: SpanRole.COMMENT,
        Keyword: SpanRole.KEYWORD,
        Name.Variable: SpanRole.VARIABLE,
        Name.Builtin: SpanRole.BUILTIN,
        Number: SpanRole.NUMBER,
        Operator: SpanRole.OPERATOR,
        String.Escape: SpanRole.ESCAPE,
        String: SpanRole.STRING,
        Text: None,
    }

    def role_of(token: _TokenType) -> SpanRole | None:
        current: _TokenType | None = token
        while current is not None:
            if current in table:
                return table[current]
            current = current.parent
        return None

    roles: dict[int, list[tuple[int, int, SpanRole]]] = {}
    known: dict[_TokenType, SpanRole | None] = {}
    line, column = 1, 0
    for token, value in DockerLexer(stripnl=False, ensurenl=False).get_tokens(text):
        if token not in known:
            known[token] = role_of(token)
        role = known[token]
        for index, piece in enumerate(value.split("\n")):
            if index:
                line, column = line + 1, 0
            if piece and role is not None:
                roles.setdefault(line, []).append((column, column + len(piece), role))
            column += len(piece)
    return roles
