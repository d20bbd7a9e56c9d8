"""The words of a line as BuildKit's shell lexer sees them when it looks for heredocs.

This is not the expansion of words: no variable has a value here, and quotes and escapes may have to stay. What matters
is where a word starts and ends, and whether the line can be read at all: a line with an open quote has no heredocs.
The escape character is a backslash whatever the `escape` directive says, and `<<` keeps the white space after it.
"""

from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.whitespace import SPACE

_SPECIAL_PARAMETERS = "@*#?-$!0"


def heredoc_words(text: str, *, raw_quotes: bool, raw_escapes: bool) -> list[str]:
    """The words of the text. `raw_quotes` and `raw_escapes` leave quotes and backslashes in them.

    Raises `MalformedError` for a quote or a `${` without its end, and for a substitution that there is not.
    """
    try:
        return _Lexer(text.removeprefix("\ufeff"), raw_quotes, raw_escapes).words()
    except RecursionError:
        raise MalformedError("variables are nested too deeply") from None


class _Lexer:
    """One pass over one text. `_word` is what has been read of the current word."""

    def __init__(self, text: str, raw_quotes: bool, raw_escapes: bool) -> None:
        self._text = text
        self._position = 0
        self._raw_quotes = raw_quotes
        self._raw_escapes = raw_escapes
        self._word: list[str] = []
        self._words: list[str] = []

    def words(self) -> list[str]:
        while character := self._peek():
            if character in "'\"":
                self._word.append(self._single_quoted() if character == "'" else self._double_quoted())
            elif character == "$":
                for part in self._dollar():
                    self._add(part)
            elif character == "<":
                self._word.append(self._less_than())
            elif character == "\\":
                self._word.append(self._escaped())
            else:
                self._add(self._next())
        self._end_word()
        return self._words

    def _add(self, character: str) -> None:
        if character in SPACE:
            self._end_word()
        else:
            self._word.append(character)

    def _end_word(self) -> None:
        word = "".join(self._word)
        if word:
            self._words.append(word)
        self._word.clear()

    def _peek(self) -> str:
        return self._text[self._position : self._position + 1]

    def _next(self) -> str:
        character = self._peek()
        self._position += 1
        return character

    def _escaped(self) -> str:
        backslash = self._next()
        return (backslash if self._raw_escapes else "") + self._next()

    def _less_than(self) -> str:
        written = self._next()
        if self._peek() == "<":
            written += self._next()
            while self._peek() and self._peek() in "\t\r ":
                written += self._next()
        return written

    def _single_quoted(self) -> str:
        start = self._position
        end = self._text.find("'", start + 1)
        if end < 0:
            raise MalformedError("unexpected end of statement while looking for matching single-quote")
        self._position = end + 1
        return self._text[start : end + 1] if self._raw_quotes else self._text[start + 1 : end]

    def _double_quoted(self) -> str:
        self._next()
        quote = '"' if self._raw_quotes else ""
        parts = [quote]
        while character := self._peek():
            if character == '"':
                self._next()
                return "".join([*parts, quote])
            if character == "$":
                parts.append(self._dollar())
                continue
            character = self._next()
            if character == "\\":
                if self._raw_escapes:
                    parts.append(character)
                if self._peek() and self._peek() in '"$\\':
                    character = self._next()
            parts.append(character)
        raise MalformedError("unexpected end of statement while looking for matching double-quote")

    def _dollar(self) -> str:
        self._next()
        if self._peek() != "{":
            return "$" + self._name()
        self._next()
        if not self._peek() or self._peek() in "{}:":
            raise MalformedError("syntax error: bad substitution")
        name = self._name()
        modifier = self._next()
        if modifier == "}":
            return f"${{{name}}}"
        if modifier == "/":
            if self._peek() == "/":
                self._next()
            pattern = self._until("/", raw_escapes=True)
            return f"${{{name}/{pattern}/{self._until('}', raw_escapes=True)}}}"
        is_pattern = modifier in "#%"
        if modifier == ":":
            modifier += self._next()
        elif not modifier or modifier not in "+-?#%":
            raise MalformedError(f"unsupported modifier ({modifier}) in substitution")
        if modifier in (":#", ":%"):
            raise MalformedError(f"unsupported modifier ({modifier}) in substitution")
        return f"${{{name}{modifier}{self._until('}', raw_escapes=is_pattern)}}}"

    def _until(self, stop: str, *, raw_escapes: bool) -> str:
        """What stands before `stop`, which is read too.

        What has been read of the word before the `$` is lost: BuildKit's lexer has one buffer for both.
        """
        outer, self._raw_escapes = self._raw_escapes, raw_escapes
        self._word.clear()
        parts: list[str] = []
        while (character := self._peek()) != stop:
            if not character:
                raise MalformedError(f"unexpected end of statement while looking for matching {stop}")
            if character in "'\"":
                parts.append(self._single_quoted() if character == "'" else self._double_quoted())
            elif character == "$":
                parts.append(self._dollar())
            elif character == "<":
                parts.append(self._less_than())
            else:
                parts.append(self._escaped() if character == "\\" else self._next())
        self._next()
        self._raw_escapes = outer
        self._word.clear()
        return "".join(parts)

    def _name(self) -> str:
        start = self._position
        if self._peek().isdecimal():
            while self._peek().isdecimal():
                self._next()
        elif self._peek() and self._peek() in _SPECIAL_PARAMETERS:
            self._next()
        else:
            while self._peek().isalpha() or self._peek().isdecimal() or self._peek() == "_":
                self._next()
        return self._text[start : self._position]
