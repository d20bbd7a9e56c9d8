"""Word expansion: variables, quotes and escapes in the words of an instruction, as BuildKit does it.

The rules are those of BuildKit's `frontend/dockerfile/shell`, which is close to a POSIX shell but not one: there are no
commands and no arithmetic, `:=` is an error, `${name#pattern}` knows `*` and `?` only, and outside of a shell's double
quotes a backslash always escapes. https://docs.docker.com/reference/dockerfile/#environment-replacement
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stepper.dockerfile.whitespace import SPACE
from stepper.errors import StepperError

SPECIAL_PARAMETERS = frozenset("@*#?-$!0")
"""A shell's one-character parameters: names like any other here, and never set."""

LONGEST_SHOWN = 80
"""How many characters of a word a message quotes."""

END = ""
"""What the reader gives when the word has ended."""

DEEPEST = 100
"""How many `${` may stand within each other; BuildKit has no limit, Python's stack has."""


class ExpansionError(StepperError):
    """A word that cannot be expanded.

    `name` is the variable whose value is the reason (`${name:?...}`), None where the word itself is malformed. `unset`
    are the names that had no value up to there.
    """

    def __init__(self, message: str, *, name: str | None = None, unset: frozenset[str] = frozenset()) -> None:
        super().__init__(message)
        self.name = name
        self.unset = unset


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a word expands to: as one word in `text`, split at unquoted blanks in `words`.

    `used` are the variables that were looked up and have a value, `unset` those that have none.
    """

    text: str
    words: tuple[str, ...]
    used: frozenset[str] = frozenset()
    unset: frozenset[str] = frozenset()


def expand(
    word: str,
    variables: Mapping[str, str],
    *,
    escape: str = "\\",
    quotes: bool = True,
    keep_quotes: bool = False,
    keep_unset: bool = False,
) -> Expansion:
    """Expand a word of an instruction.

    `escape` is the Dockerfile's escape character. With `quotes` False quotes are ordinary characters, as in the body of
    a heredoc. `keep_quotes` leaves them in the result, `keep_unset` leaves variables without a value as they are
    written: both are for showing an instruction. Raises `ExpansionError`.
    """
    expander = _Expander(word, variables, escape, quotes, keep_quotes, keep_unset)
    try:
        text, words = expander.word_until(END, raw_escapes=False)
    except ExpansionError as error:
        shown = word if len(word) <= LONGEST_SHOWN else f"{word[:LONGEST_SHOWN]}..."
        message = f"cannot expand {shown!r}: {error.message}"
        raise ExpansionError(message, name=error.name, unset=frozenset(expander.unset)) from error
    return Expansion(text, tuple(words), frozenset(expander.used), frozenset(expander.unset))


def expand_word(word: str, variables: Mapping[str, str], *, escape: str = "\\") -> str:
    """The one word that `word` expands to. Raises `ExpansionError`."""
    return expand(word, variables, escape=escape).text


def expand_words(word: str, variables: Mapping[str, str], *, escape: str = "\\") -> tuple[str, ...]:
    """The words that `word` expands to, split at blanks that are not quoted, also those out of a variable's value."""
    return expand(word, variables, escape=escape).words


class _Reader:
    """The characters of a word, one after the other."""

    def __init__(self, text: str) -> None:
        self._text = text.removeprefix("\ufeff")
        self._position = 0

    def peek(self) -> str:
        """The next character, END at the end."""
        return self._text[self._position : self._position + 1]

    def next(self) -> str:
        """The next character, taken; END at the end."""
        character = self.peek()
        self._position += 1
        return character

    def take_while(self, wanted: Callable[[str], bool]) -> str:
        """All characters up to the first that is not wanted."""
        start = self._position
        while (character := self.peek()) and wanted(character):
            self._position += 1
        return self._text[start : self._position]


class _Splitter:
    """Collects characters into words.

    The word being built belongs to the whole expansion, not to one level of it: as in BuildKit, the word of a
    `${name:-word}` starts it anew, so what stood before it in the same word is lost to `words` (never to `text`).
    """

    def __init__(self, building: list[str]) -> None:
        building.clear()
        self._building = building
        self._in_word = False
        self.words: list[str] = []

    def add(self, text: str, *, split: bool) -> None:
        """Add characters; with `split`, blanks among them end the word."""
        if not split:
            if text:
                self._building.append(text)
            self._in_word = True
            return
        for character in text:
            if character not in SPACE:
                self._building.append(character)
                self._in_word = True
            elif self._in_word and self._building:
                self._end_word()

    def finish(self) -> list[str]:
        """The words."""
        if self._building:
            self._end_word()
        return self.words

    def _end_word(self) -> None:
        self.words.append("".join(self._building))
        self._building.clear()
        self._in_word = False


class _Expander:
    """Reads one word; every method continues where the reader stands."""

    def __init__(
        self,
        word: str,
        variables: Mapping[str, str],
        escape: str,
        quotes: bool,
        keep_quotes: bool,
        keep_unset: bool,
    ) -> None:
        self._reader = _Reader(word)
        self._variables = variables
        self._escape = escape
        self._quotes = quotes
        self._keep_quotes = keep_quotes
        self._keep_unset = keep_unset
        self._raw_escapes = False
        self._depth = 0
        self._building: list[str] = []
        self.used: set[str] = set()
        self.unset: set[str] = set()

    def word_until(self, stop: str, *, raw_escapes: bool) -> tuple[str, list[str]]:
        """The text and the words up to the character `stop`, which is taken. `raw_escapes` keeps escape characters."""
        before, self._raw_escapes = self._raw_escapes, raw_escapes
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpansionError(f"more than {DEEPEST} '${{' within each other")
        text: list[str] = []
        splitter = _Splitter(self._building)
        while character := self._reader.peek():
            if character == stop:
                self._reader.next()
                break
            if character == "$":
                piece = self._dollar()
                splitter.add(piece, split=True)
            elif character == "<":
                piece = self._less_than()
                splitter.add(piece, split=False)
            elif self._quotes and character in "'\"":
                piece = self._single_quoted() if character == "'" else self._double_quoted()
                splitter.add(piece, split=False)
            elif character == self._escape:
                piece = self._escaped()
                if piece:
                    splitter.add(piece, split=False)
            else:
                piece = self._reader.next()
                splitter.add(piece, split=True)
            text.append(piece)
        else:
            if stop != END:
                raise ExpansionError(f"missing {stop!r}")
        self._raw_escapes = before
        self._depth -= 1
        return "".join(text), splitter.finish()

    def _escaped(self) -> str:
        escape = self._reader.next()
        character = self._reader.next()
        return escape + character if self._raw_escapes else character

    def _less_than(self) -> str:
        # Blanks after `<<` belong to the mark of a heredoc, and are kept in its word.
        taken = self._reader.next()
        if self._reader.peek() == "<":
            taken += self._reader.next() + self._reader.take_while(lambda character: character in "\t\r ")
        return taken

    def _single_quoted(self) -> str:
        quote = self._reader.next()
        text = self._reader.take_while(lambda character: character != "'")
        if self._reader.next() == END:
            raise ExpansionError("a single quote is not closed")
        return f"{quote}{text}{quote}" if self._keep_quotes else text

    def _double_quoted(self) -> str:
        quote = self._reader.next()
        text: list[str] = []
        while (character := self._reader.peek()) != '"':
            if character == END:
                raise ExpansionError("a double quote is not closed")
            if character == "$":
                text.append(self._dollar())
                continue
            self._reader.next()
            if character == self._escape:
                if self._raw_escapes:
                    text.append(character)
                following = self._reader.peek()
                if following == END:
                    continue
                if following in ('"', "$", self._escape):
                    character = self._reader.next()
            text.append(character)
        self._reader.next()
        inner = "".join(text)
        return f"{quote}{inner}{quote}" if self._keep_quotes else inner

    def _dollar(self) -> str:
        self._reader.next()
        if self._reader.peek() == "{":
            self._reader.next()
            return self._braces()
        name = self._name()
        if not name:
            return "$"
        value = self._lookup(name)
        if value is None:
            return f"${name}" if self._keep_unset else ""
        return value

    def _braces(self) -> str:
        following = self._reader.peek()
        if following == END:
            raise ExpansionError("'${' is not closed: missing '}'")
        if following in "{}:":
            raise ExpansionError(f"bad substitution: '${{{following}': a name has to follow '${{'")
        name = self._name()
        operator = self._reader.next()
        if operator == "}":
            value = self._lookup(name)
            if value is None:
                return f"${{{name}}}" if self._keep_unset else ""
            return value
        if operator == "/":
            return self._replaced(name)
        modifier = operator
        if operator == ":":
            operator = self._reader.next()
            modifier += operator
        if operator == END:
            raise ExpansionError(f"'${{{name}' is not closed: missing '}}'")
        if operator not in "+-?#%" or modifier in (":#", ":%"):
            raise ExpansionError(f"unsupported modifier {modifier!r} in '${{{name}{modifier}'")
        return self._modified(name, operator, modifier)

    def _modified(self, name: str, operator: str, modifier: str) -> str:
        word = self._operand(name, "}", raw_escapes=operator in "#%")
        value = self._lookup(name)
        if value is None and self._keep_unset:
            return f"${{{name}{modifier}{word}}}"
        missing = value is None or (modifier.startswith(":") and value == "")
        if operator == "-":
            return word if value is None or missing else value
        if operator == "+":
            return "" if missing else word
        if operator == "?":
            if value is None or missing:
                reason = word or f"is not allowed to be {'unset' if value is None else 'empty'}"
                raise ExpansionError(f"{name}: {reason}", name=name)
            return value
        longest = word.startswith(operator)
        pattern = word[1:] if longest else word
        trim = _without_prefix if operator == "#" else _without_suffix
        return trim(pattern, value or "", longest, name)

    def _replaced(self, name: str) -> str:
        everywhere = self._reader.peek() == "/"
        if everywhere:
            self._reader.next()
        pattern = self._operand(name, "/", raw_escapes=True)
        replacement = self._operand(name, "}", raw_escapes=True)
        value = self._lookup(name)
        if value is None and self._keep_unset:
            return f"${{{name}/{pattern}/{replacement}}}"
        expression = _pattern(pattern, longest=True, name=name)
        if everywhere:
            return _replace_all(expression, value or "", replacement)
        found = expression.search(value or "")
        if found is None:
            return value or ""
        return found.string[: found.start()] + replacement + found.string[found.end() :]

    def _operand(self, name: str, stop: str, *, raw_escapes: bool) -> str:
        try:
            text, _ = self.word_until(stop, raw_escapes=raw_escapes)
        except ExpansionError as error:
            if self._reader.peek() == END and error.name is None:
                raise ExpansionError(f"'${{{name}' is not closed: missing {stop!r}") from error
            raise
        return text

    def _name(self) -> str:
        character = self._reader.peek()
        if character.isdecimal():
            return self._reader.take_while(str.isdecimal)
        if character in SPECIAL_PARAMETERS:
            return self._reader.next()
        return self._reader.take_while(lambda c: c.isalpha() or c.isdecimal() or c == "_")

    def _lookup(self, name: str) -> str | None:
        value = self._variables.get(name)
        if name:
            (self.unset if value is None else self.used).add(name)
        return value


def _pattern(pattern: str, *, longest: bool, name: str) -> re.Pattern[str]:
    """The regular expression of a shell pattern: `*`, `?`, and `\\` before one of these, `\\`, `/` or `}`."""
    out: list[str] = []
    reader = _Reader(pattern)
    while character := reader.next():
        if character == "*":
            out.append(".*" if longest else ".*?")
        elif character == "?":
            out.append(".")
        elif character == "\\":
            # The escape before these two served the braces around the pattern.
            if reader.peek() in ("}", "/"):
                continue
            escaped = reader.next()
            if escaped not in ("*", "?", "\\"):
                raise ExpansionError(f"invalid escape '\\{escaped}' in the pattern of '${{{name}'")
            out.append(re.escape(escaped))
        else:
            out.append(re.escape(character))
    return re.compile("".join(out))


def _without_prefix(pattern: str, value: str, longest: bool, name: str) -> str:
    found = _pattern(pattern, longest=longest, name=name).match(value)
    return value if found is None else value[found.end() :]


def _without_suffix(pattern: str, value: str, longest: bool, name: str) -> str:
    # A regular expression finds the leftmost match: so the shortest suffix is a prefix of everything reversed.
    return _without_prefix(_reversed_pattern(pattern), value[::-1], longest, name)[::-1]


def _reversed_pattern(pattern: str) -> str:
    """The pattern from its end to its start, each escape still before what it escapes."""
    return "".join(reversed(re.findall(r"\\.|.", pattern, re.DOTALL)))


def _replace_all(expression: re.Pattern[str], value: str, replacement: str) -> str:
    """Replace every match as Go's regexp does: no empty match right after another, `$0` is what was found."""
    out: list[str] = []
    end = 0
    for found in expression.finditer(value):
        out.append(value[end : found.start()])
        if found.end() > end or found.start() == 0:
            out.append(_go_template(replacement, found[0]))
        end = found.end()
    out.append(value[end:])
    return "".join(out)


def _go_template(template: str, found: str) -> str:
    """A replacement in the syntax of Go's `Regexp.Expand`, for an expression without groups."""

    def value(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        name = match[1] or match[2]
        return found if name.isdecimal() and int(name) == 0 else ""

    return re.sub(r"\$(?:\$|(\w+)|\{(\w+)\})", value, template)
