"""The colours of a text file, by Pygments: the lexer by the file's name or its first line, for the beginning of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pygments.token import (
    Comment,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    String,
)

from stepper.tui.file.rows import Part, shown_text

if TYPE_CHECKING:
    from pygments.lexer import Lexer

MOST_COLOURED = 512 << 10
"""Bytes from the beginning that are coloured: Pygments takes a second for some of them."""
_NO_GUESS = 4096

_STYLES = (
    (Comment, "comment"),
    (Keyword, "keyword"),
    (String, "string"),
    (Number, "number"),
    (Literal, "string"),
    (Name.Builtin, "builtin"),
    (Name.Function, "builtin"),
    (Name.Class, "builtin"),
    (Name.Tag, "keyword"),
    (Name.Attribute, "variable"),
    (Name.Variable, "variable"),
    (Name.Decorator, "builtin"),
    (Operator.Word, "keyword"),
)


def colours(name: str, data: bytes) -> Mapping[int, Sequence[Part]]:
    """For each row (from 0) of a text the parts that it is painted with; none where the language is not known."""
    text = data.decode("utf-8", errors="surrogateescape").replace("\r\n", "\n")
    lexer = lexer_for(name, text)
    if lexer is None:
        return {}
    rows: list[list[Part]] = [[]]
    for _, token, value in lexer.get_tokens_unprocessed(text):
        style = _style_of(token)
        first, *others = value.split("\n")
        if first:
            rows[-1].append((shown_text(first), style))
        rows += [[(shown_text(piece), style)] if piece else [] for piece in others]
    return dict(enumerate(rows))


def lexer_for(name: str, text: str) -> "Lexer | None":
    """The lexer of a file, by its name, else by a first line that says what it is; None where neither tells."""
    from pygments.lexers import find_lexer_class_for_filename, guess_lexer
    from pygments.util import ClassNotFound

    found = find_lexer_class_for_filename(name, text[:_NO_GUESS])
    if found is not None:
        lexer: Lexer = found()
        return None if lexer.name == "Text only" else lexer
    if text.startswith(("#!", "<?xml", "<!DOCTYPE", "<html")):
        try:
            guessed: Lexer = guess_lexer(text[:_NO_GUESS])
        except ClassNotFound:
            return None
        return guessed
    return None


def _style_of(token: Any) -> str:
    return next((style for kind, style in _STYLES if token in kind), "")
