"""The words of a shell script: quotes, expansions, comments, here-documents. See XCU 2.2 to 2.7 of POSIX.

Only where they end is of interest. What the shells that may run a script read differently raises `UnsureError`.
"""

import re
from typing import NamedTuple

from stepper.dockerfile.shell.dialect import Dialect
from stepper.dockerfile.shell.unsure import UnsureError

_META = frozenset(" \t\n;&|<>()")
_PLAIN = re.compile(r"[^ \t\n;&|<>()'\"`$\\]+")
_SPECIAL_PARAMETERS = frozenset("@*#?-$!0123456789")
_IN_DOUBLE_QUOTES = re.compile(r"[^\"\\$`]+")
_DEEPEST = 40


class Word(NamedTuple):
    """One word. `plain` is set for one without any quotes or expansions, `value` also for a quoted one."""

    start: int
    end: int
    plain: str | None
    value: str | None


class _Heredoc(NamedTuple):
    name: str
    strip_tabs: bool
    expand: bool


class Words:
    """Reads the words of a script from a position on."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.at = 0
        self.dialect = dialect
        self._depth = 0
        self._blanks = (0, 0)
        self._heredocs: list[_Heredoc] = []

    def read_commands_in_parentheses(self) -> None:
        """Read commands up to a closing parenthesis and over it."""
        raise NotImplementedError

    @property
    def heredocs_are_open(self) -> bool:
        """Whether a here-document was announced whose body has not come yet."""
        return bool(self._heredocs)

    def only_in_bash(self, what: str) -> None:
        """Raise where it is not known that bash runs the script."""
        if self.dialect is not Dialect.BASH:
            raise UnsureError(f"what {what} means depends on the shell")

    def deeper(self) -> None:
        """Enter something nested; `shallower` leaves it."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnsureError("it is nested too deeply")

    def shallower(self) -> None:
        """Leave something nested."""
        self._depth -= 1

    def skip_blanks(self) -> None:
        """Go over blanks, continued lines and a comment, but not over the end of the line."""
        text, start = self.text, self.end_of_last
        while self.at < len(text):
            character = text[self.at]
            if character in " \t":
                self.at += 1
            elif text.startswith("\\\n", self.at):
                self.at += 2
            elif character == "#":
                end = text.find("\n", self.at)
                self.at = len(text) if end < 0 else end
            else:
                break
        self._blanks = (start, self.at)

    @property
    def end_of_last(self) -> int:
        """The end of what was read last, without the blanks behind it."""
        start, end = self._blanks
        return start if self.at == end else self.at

    def skip_lines(self) -> None:
        """Go over blanks and line ends, and the here-documents that begin behind them."""
        self.skip_blanks()
        while self.at < len(self.text) and self.text[self.at] == "\n":
            self.end_line()
            self.skip_blanks()

    def end_line(self) -> None:
        """Go over the end of the line at the position, and the bodies of the here-documents of the line."""
        self.at += 1
        heredocs, self._heredocs = self._heredocs, []
        for heredoc in heredocs:
            self._heredoc_body(heredoc)

    def at_operator(self, *operators: str) -> str | None:
        """The first of these operators that stands at the position."""
        return next((each for each in operators if self.text.startswith(each, self.at)), None)

    def word(self) -> Word:
        """The word at the position, which has to be one. Reading it moves the position behind it."""
        start = self.at
        value: list[str] | None = []
        plain = True
        while self.at < len(self.text):
            character = self.text[self.at]
            match = _PLAIN.match(self.text, self.at)
            if match is not None:
                self.at = match.end()
                piece: str | None = match[0]
            elif character in _META:
                if character in "<>" and self.text.startswith("(", self.at + 1):
                    self.only_in_bash(f"{character}(")
                    self._process()
                    piece, plain = None, False
                else:
                    break
            elif character == "$":
                piece, plain = self._dollar(in_quotes=False), False
            else:
                piece, plain = self._quoted(character), False
            value = None if value is None or piece is None else [*value, piece]
        if self.at == start:
            raise UnsureError(f"{_shown(self.text, start)} is not expected")
        text = None if value is None else "".join(value)
        return Word(start, self.at, text if plain else None, text)

    def announce_heredoc(self, *, strip_tabs: bool) -> None:
        """Read the name of a here-document; its body begins on the next line."""
        self.skip_blanks()
        word = self.word()
        if word.value is None or "\n" in word.value:
            raise UnsureError("the name of a here-document cannot be read")
        self._heredocs.append(_Heredoc(word.value, strip_tabs, word.plain is not None))

    def _quoted(self, character: str) -> str | None:
        """What begins with a quote or a backslash."""
        text = self.text
        if character == "\\":
            if self.at + 1 >= len(text):
                raise UnsureError("it ends with a backslash")
            self.at += 2
            return "" if text[self.at - 1] == "\n" else text[self.at - 1]
        if character == "'":
            return self._single_quotes()
        if character == "`":
            self._backquotes()
            return None
        return self._double_quotes()

    def _single_quotes(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise UnsureError("a quote is not closed")
        content = self.text[self.at + 1 : end]
        self.at = end + 1
        return content

    def _double_quotes(self) -> str | None:
        self.at += 1
        value: list[str] | None = []
        while self.at < len(self.text):
            match = _IN_DOUBLE_QUOTES.match(self.text, self.at)
            if match is not None:
                self.at = match.end()
                piece: str | None = match[0]
            else:
                character = self.text[self.at]
                if character == '"':
                    self.at += 1
                    return None if value is None else "".join(value)
                if character == "\\":
                    escaped = self.text[self.at + 1 : self.at + 2]
                    self.at += 2
                    piece = "" if escaped == "\n" else escaped if escaped in '$`"\\' else f"\\{escaped}"
                elif character == "$":
                    piece = self._dollar(in_quotes=True)
                else:
                    self._backquotes()
                    piece = None
            value = None if value is None or piece is None else [*value, piece]
        raise UnsureError("a quote is not closed")

    def _backquotes(self) -> None:
        at = self.at + 1
        while at < len(self.text) and self.text[at] != "`":
            at += 2 if self.text[at] == "\\" else 1
        if at >= len(self.text):
            raise UnsureError("a backquote is not closed")
        inside = self.text[self.at + 1 : at]
        if "#" in inside or "<<" in inside:
            # Shells differ in whether a comment or a here-document hides the closing one.
            raise UnsureError("a comment or a here-document stands in backquotes")
        self.at = at + 1

    def _dollar(self, *, in_quotes: bool) -> str | None:
        text = self.text
        following = text[self.at + 1 : self.at + 2]
        if following == "(":
            self._in_parentheses()
            return None
        if following == "{":
            self._parameter(in_quotes=in_quotes)
            return None
        if following == "[":
            raise UnsureError("$[ is read differently by different shells")
        if following == "'" and not in_quotes:
            self.only_in_bash("$'...'")
            self._ansi_quotes()
            return None
        if following in _SPECIAL_PARAMETERS and following:
            self.at += 2
            return None
        self.at += 1
        if following == "_" or following.isalpha():
            return None
        return "$"

    def _in_parentheses(self) -> None:
        """`$(...)` or `$((...))`."""
        if self.text.startswith("$((", self.at):
            self.at += 3
            self.arithmetic()
            return
        self.at += 2
        self._nested_commands()

    def _process(self) -> None:
        """`<(...)` or `>(...)`."""
        self.at += 2
        self._nested_commands()

    def _nested_commands(self) -> None:
        outer, self._heredocs = self._heredocs, []
        self.deeper()
        self.read_commands_in_parentheses()
        self.shallower()
        if self._heredocs:
            raise UnsureError("a here-document goes on behind the parenthesis")
        self._heredocs = outer

    def arithmetic(self) -> None:
        """Go over an arithmetic expression and the two parentheses that close it."""
        depth = 0
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == "(":
                depth += 1
            elif character == ")" and depth:
                depth -= 1
            elif character == ")":
                if not self.text.startswith("))", self.at):
                    break
                self.at += 2
                return
            elif character == "$":
                self._dollar(in_quotes=True)
                continue
            elif character == "`":
                self._backquotes()
                continue
            elif character in "'\"\\;":
                break
            self.at += 1
        raise UnsureError("an arithmetic expression cannot be read")

    def _parameter(self, *, in_quotes: bool) -> None:
        """`${...}`."""
        self.at += 2
        self.deeper()
        if self.at_operator("#") and not self.at_operator("#}"):
            self.at += 1
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == "}":
                self.at += 1
                self.shallower()
                return
            if character == "$":
                self._dollar(in_quotes=in_quotes)
            elif character == "'" and in_quotes:
                raise UnsureError("a quote stands in ${} in quotes, which shells read differently")
            elif character in "'`":
                self._quoted(character)
            elif character == '"':
                start = self.at
                self._double_quotes()
                if in_quotes and "}" in self.text[start : self.at]:
                    raise UnsureError("quotes stand in ${} in quotes, which shells read differently")
            elif character == "\\":
                self.at += 2
            elif character in "<>" and self.text.startswith("(", self.at + 1):
                raise UnsureError("a process stands in ${}")
            else:
                self.at += 1
        raise UnsureError("${ is not closed")

    def _ansi_quotes(self) -> None:
        at = self.at + 2
        while at < len(self.text) and self.text[at] != "'":
            at += 2 if self.text[at] == "\\" else 1
        if at >= len(self.text):
            raise UnsureError("a quote is not closed")
        self.at = at + 1

    def _heredoc_body(self, heredoc: _Heredoc) -> None:
        while self.at < len(self.text):
            end = self.text.find("\n", self.at)
            end = len(self.text) if end < 0 else end
            line = self.text[self.at : end]
            self.at = min(end + 1, len(self.text))
            if (line.lstrip("\t") if heredoc.strip_tabs else line) == heredoc.name:
                if end < len(self.text):
                    # The line's end is that of a command as well.
                    self.at = end + 1
                return
            if heredoc.expand and (len(line) - len(line.rstrip("\\"))) % 2:
                following = self.text[self.at :].partition("\n")[0]
                if following.strip() == heredoc.name:
                    raise UnsureError("the line before the end of a here-document is continued")
        raise UnsureError(f"the here-document {heredoc.name} has no end")


def _shown(text: str, at: int) -> str:
    return repr(text[at : at + 2].strip() or text[at : at + 1]) if at < len(text) else "its end"
