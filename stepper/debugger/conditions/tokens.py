"""Splits an expression into its words and signs."""

import re
from enum import Enum
from typing import NamedTuple

from stepper.debugger.conditions.errors import ConditionError

LONGEST = 2000
"""Characters of an expression; no person writes a longer one."""

_TOKEN = re.compile(
    r"""(?P<blank>\s+)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<open>["'])
    |(?P<quantity>[0-9]+(?:\.[0-9]+)?)(?P<unit>[A-Za-z_]*)
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>==|!=|<=|>=|&&|\|\||[<>()\[\],.!])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t"}
_SYNONYMS = {"&&": "and", "||": "or", "!": "not"}
_MOST_DIGITS = 30


class TokenKind(Enum):
    """What a token is."""

    TEXT = "text"
    QUANTITY = "number"
    WORD = "word"
    SIGN = "sign"
    END = "end"


class Token(NamedTuple):
    """One word or sign, at the characters from `start` to before `end`; `text` of a text is what it says.

    `unit` is what directly follows a number.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    unit: str = ""

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands."""
        return self.start, self.end


def tokenize(text: str) -> list[Token]:
    """All tokens and an END; raises `ConditionError`. `&&`, `||` and `!` come as the words that they stand for."""
    if len(text) > LONGEST:
        raise ConditionError(f"an expression has at most {LONGEST} characters", text=text, start=LONGEST, end=LONGEST)
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise _unknown(text, position)
        start, position = found.span()
        token = _token(found, text, start, position)
        if token is not None:
            tokens.append(token)
    return [*tokens, Token(TokenKind.END, "", len(text), len(text))]


def _token(found: re.Match[str], text: str, start: int, end: int) -> Token | None:
    written = found.group()
    if found["blank"]:
        return None
    if found["open"]:
        raise ConditionError(f"this text has no closing {written}", text=text, start=start, end=len(text))
    if found["text"]:
        said = _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[1]), written[1:-1])
        return Token(TokenKind.TEXT, said, start, end)
    if found["quantity"]:
        if len(found["quantity"]) > _MOST_DIGITS:
            raise ConditionError("this number is too long", text=text, start=start, end=end)
        return Token(TokenKind.QUANTITY, found["quantity"], start, end, found["unit"])
    if found["word"]:
        return Token(TokenKind.WORD, written, start, end)
    if written in _SYNONYMS:
        return Token(TokenKind.WORD, _SYNONYMS[written], start, end)
    return Token(TokenKind.SIGN, written, start, end)


def _unknown(text: str, position: int) -> ConditionError:
    sign = text[position]
    hints = {
        "=": "Two things are compared with ==.",
        "&": "Write and.",
        "|": "Write or.",
        "/": 'A path is a text in quotes: "/etc/passwd".',
        "$": "A variable is env.NAME or arg.NAME.",
    }
    return ConditionError(
        f"{sign!r} means nothing here", text=text, start=position, end=position + 1, hint=hints.get(sign)
    )
