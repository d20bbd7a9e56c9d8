"""The simple commands of a shell script, and redirections: XCU 2.7 and 2.9.1 of POSIX, and what bash adds to them."""

import re

from stepper.dockerfile.shell.effects import check_command
from stepper.dockerfile.shell.unsure import UnsureError
from stepper.dockerfile.shell.words import Word, Words

_DECLARING = frozenset({"declare", "export", "local", "readonly", "typeset"})
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\[[^]]*\])?\+?=")
_DIGITS = re.compile(r"[0-9]*")
_REDIRECTIONS = ("<<-", "<<<", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">")
_BOTH_OUTPUTS = ("&>>", "&>")


class SimpleCommands(Words):
    """Reads simple commands and redirections from a position on."""

    def read_function_body(self, name: Word) -> None:
        """Read what stands behind the name of a function and its parentheses."""
        raise NotImplementedError

    def simple(self) -> str | None:
        """Read a simple command, or the definition of a function; the first word where that is known."""
        words: list[Word] = []
        is_bare = True
        while not self.at_end_of_simple():
            if self._redirection():
                is_bare = False
                self.skip_blanks()
                continue
            word = self.word()
            is_assigned = not words or words[0].value in _DECLARING
            assignment = _ASSIGNMENT.match(self.text, word.start) if is_assigned else None
            if assignment is not None and self.at_operator("("):
                if self.at != assignment.end():
                    raise UnsureError("a parenthesis is not expected")
                self.only_in_bash("name=(")
                self._array()
                is_bare = False
                if words:
                    words.append(word._replace(plain=None, value=None))
            elif self.at_operator("("):
                if words or not is_bare:
                    raise UnsureError("a parenthesis is not expected")
                self._function_behind(word)
                return None
            elif assignment is not None and not words:
                is_bare = False
            else:
                words.append(word)
            self._fd_before_redirection(word)
            self.skip_blanks()
            if self.at_operator("(") and len(words) == 1 and is_bare:
                self._function_behind(word)
                return None
        if not words and is_bare:
            raise UnsureError("a command is missing")
        check_command(tuple(word.value for word in words))
        return words[0].value if words else None

    def _function_behind(self, name: Word) -> None:
        self.at += 1
        self.skip_blanks()
        if not self.at_operator(")"):
            raise UnsureError("a parenthesis is not expected")
        self.at += 1
        self.read_function_body(name)

    def _fd_before_redirection(self, word: Word) -> None:
        if word.plain is not None and word.plain.startswith("{") and self.at_operator("<", ">"):
            self.only_in_bash("{name}>")

    def _array(self) -> None:
        self.at += 1
        self.skip_lines()
        while not self.at_operator(")"):
            if self.at >= len(self.text):
                raise UnsureError("an array is not closed")
            self.word()
            self.skip_lines()
        self.at += 1

    def at_end_of_simple(self) -> bool:
        """Go over blanks; whether the words of a command end here."""
        self.skip_blanks()
        if self.at >= len(self.text):
            return True
        return self.text[self.at] in "\n;&|)" and not self.at_operator(*_BOTH_OUTPUTS)

    def redirections(self) -> None:
        """Read the redirections behind a compound command."""
        self.skip_blanks()
        while self._redirection():
            self.skip_blanks()

    def _redirection(self) -> bool:
        """Read one redirection, if there is one."""
        digits = _DIGITS.match(self.text, self.at)
        assert digits is not None, "the pattern matches nothing too"
        begin = self.at
        self.at = digits.end()
        operator = self.at_operator(*_REDIRECTIONS)
        if operator is None and digits.end() == begin:
            operator = self.at_operator(*_BOTH_OUTPUTS)
            if operator is not None:
                self.only_in_bash(operator)
        if operator is None or self.text.startswith("(", self.at + len(operator)):
            self.at = begin
            return False
        if len(digits[0]) > 1:
            self.only_in_bash("a descriptor of two digits")
        self.at += len(operator)
        if operator == "<<<":
            self.only_in_bash("<<<")
        if operator in ("<<", "<<-"):
            self.announce_heredoc(strip_tabs=operator == "<<-")
            return True
        self.skip_blanks()
        self.word()
        return True
