"""The commands of a shell script: the grammar of XCU 2.10 of POSIX, and what bash adds to it.

The commands at the top are found with their places; what is nested in them is only read to know where they end.
"""

import re
from enum import Enum
from typing import NamedTuple

from stepper.dockerfile.shell.dialect import Dialect
from stepper.dockerfile.shell.effects import check_function
from stepper.dockerfile.shell.simple import SimpleCommands
from stepper.dockerfile.shell.unsure import UnsureError
from stepper.dockerfile.shell.words import Word

_CLOSING = frozenset({"then", "else", "elif", "fi", "do", "done", "esac", "}", "in"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FUNCTION_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*")
_UNQUOTED = re.compile(r"[^ \t\n;&|<>()'\"`$\\]*")


class Joint(Enum):
    """What stands between a command and the one before it."""

    SEQUENCE = ";"
    """A semicolon, an ampersand or the end of a line; the first command has it too."""
    AND = "&&"
    OR = "||"


class Compound(Enum):
    """What holds other commands and is one command all the same; the value is what it is called."""

    IF = "an if"
    LOOP = "a loop"
    CASE = "a case"
    GROUP = "a group"
    SUBSHELL = "a subshell"
    DEFINITION = "the definition of a function"
    CALL = "a function"
    """The call of a function that the script defines."""


class Inner(NamedTuple):
    """A simple command inside of another: its characters, and its first word where that is known."""

    start: int
    end: int
    program: str | None


class Command(NamedTuple):
    """One command of a script: its characters from `start` to before `end`.

    A pipeline is one command, a compound command with all that is in it too, and so is a list that runs in the
    background. `program` is the first word of a simple command where that is known. `inner` are the simple commands in
    it, also those in substitutions; of the call of a function those of its definition.
    """

    start: int
    end: int
    joint: Joint
    program: str | None = None
    in_background: bool = False
    compound: Compound | None = None
    inner: tuple[Inner, ...] = ()


def commands_of(script: str, dialect: Dialect) -> tuple[Command, ...]:
    """The commands at the top of a script, in order. Raises `UnsureError` for what is not surely understood."""
    return _Grammar(script, dialect).script()


_COMPOUNDS = {
    "{": Compound.GROUP,
    "if": Compound.IF,
    "while": Compound.LOOP,
    "until": Compound.LOOP,
    "for": Compound.LOOP,
    "case": Compound.CASE,
    "function": Compound.DEFINITION,
}


class _Grammar(SimpleCommands):
    """Reads commands by recursive descent."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        super().__init__(text, dialect)
        self._inner: list[Inner] = []
        """All simple commands that were read so far."""
        self._functions: dict[str, tuple[Inner, ...]] = {}
        self._definitions = 0
        """How many functions were defined so far."""

    def script(self) -> tuple[Command, ...]:
        found: list[Command] = []
        self.skip_lines()
        while self.at < len(self.text):
            commands = self._and_or_list()
            found += map(self._with_function, commands)
            self._separator(is_ended=commands[-1].in_background)
            self.skip_lines()
        if self.heredocs_are_open:
            raise UnsureError("a here-document has no body")
        return tuple(found)

    def _with_function(self, command: Command) -> Command:
        inner = self._functions.get(command.program or "")
        return command if inner is None else command._replace(compound=Compound.CALL, inner=inner)

    def read_commands_in_parentheses(self) -> None:
        self._commands_until(")", may_be_empty=True)
        self.at += 1

    def _commands_until(self, *closing: str, may_be_empty: bool = False) -> str:
        """Read commands up to one of the closing words or operators, which is left to be read; which one it is."""
        self.deeper()
        self.skip_lines()
        is_empty = True
        while True:
            found = self._closing_at(closing)
            if found is not None:
                break
            if self.at >= len(self.text):
                raise UnsureError(f"{closing[0]} is missing")
            commands = self._and_or_list()
            is_empty = False
            if self._closing_at(tuple(each for each in closing if each[0] in ");")) is None:
                self._separator(is_ended=commands[-1].in_background)
            self.skip_lines()
        if is_empty and not may_be_empty:
            raise UnsureError(f"there is no command before {found}")
        self.shallower()
        return found

    def _closing_at(self, closing: tuple[str, ...]) -> str | None:
        for each in closing:
            if self.text.startswith(each, self.at):
                if each[0] in ");":
                    return each
                end = self.at + len(each)
                if end >= len(self.text) or self.text[end] in " \t\n;&|<>()":
                    return each
        return None

    def _separator(self, *, is_ended: bool) -> None:
        """Read what ends a list: a semicolon or the end of the line; `is_ended` where an ampersand did."""
        if self.at >= len(self.text) or self.text[self.at] == "\n":
            return
        if is_ended and self.text[self.at] not in ";&|)":
            return
        if self.at_operator(";;") or not self.at_operator(";"):
            raise UnsureError("the end of a command is not where it is expected")
        self.at += 1
        self.skip_blanks()
        if self.at_operator(";", "&", "|"):
            raise UnsureError("there is no command behind a semicolon")

    def _and_or_list(self) -> list[Command]:
        """Read an AND-OR list, and the ampersand behind it."""
        found: list[Command] = []
        joint = Joint.SEQUENCE
        while True:
            start, before = self.at, len(self._inner)
            program, compound = self._pipeline()
            end, inner = self.end_of_last, tuple(self._inner[before:])
            found.append(Command(start, end, joint, program, compound=compound, inner=inner))
            self.skip_blanks()
            operator = self.at_operator("&&", "||")
            if operator is None:
                break
            joint = Joint(operator)
            self.at += 2
            self.skip_lines()
        if self.at_operator("&") and not self.at_operator("&&"):
            self.at += 1
            self.skip_blanks()
            inner = tuple(each for command in found for each in command.inner)
            start, end = found[0].start, found[-1].end
            return [Command(start, end, Joint.SEQUENCE, None, in_background=True, inner=inner)]
        return found

    def _pipeline(self) -> tuple[str | None, Compound | None]:
        """Read a pipeline: the program of one that is a single simple command, and the last compound command in it."""
        is_plain = self._peek() not in ("!", "time")
        if self._peek() == "time" and self.dialect is Dialect.BASH:
            self._reserved("time")
            if self._peek() == "-p":
                self._reserved("-p")
        if self._peek() == "!":
            self._reserved("!")
        program, compound = self._command()
        while True:
            self.skip_blanks()
            if self.at_operator("||") or not self.at_operator("|"):
                return program if is_plain else None, compound
            is_plain = False
            if self.at_operator("|&"):
                self.only_in_bash("|&")
                self.at += 1
            self.at += 1
            self.skip_lines()
            if self._peek() == "!":
                raise UnsureError("! stands behind a pipe")
            compound = self._command()[1] or compound

    def _peek(self) -> str:
        """The unquoted word at the position, for telling reserved words; "" for a quoted one and for an operator."""
        match = _UNQUOTED.match(self.text, self.at)
        assert match is not None, "the pattern matches nothing too"
        end = match.end()
        if end < len(self.text) and self.text[end] in "'\"`$\\":
            return ""
        return match[0]

    def _command(self) -> tuple[str | None, Compound | None]:
        """Read a command: its program where it is a simple one, and what it is where it is a compound one."""
        self.deeper()
        program = compound = None
        if self.text.startswith("((", self.at):
            self.only_in_bash("((")
            self.at += 2
            self.arithmetic()
            self.redirections()
        elif self.at_operator("("):
            compound = Compound.SUBSHELL
            self.at += 1
            self._commands_until(")")
            self.at += 1
            self.redirections()
        else:
            word = self._peek()
            if self._compound(word):
                compound = _COMPOUNDS.get(word)
            else:
                if word in _CLOSING or word == "!":
                    raise UnsureError(f"{word} is not expected")
                program, compound = self._simple()
        self.shallower()
        return program, compound

    def _simple(self) -> tuple[str | None, Compound | None]:
        start, known = self.at, self._definitions
        program = self.simple()
        if program is None and self._definitions > known:
            return None, Compound.DEFINITION
        self._inner.append(Inner(start, self.end_of_last, program))
        return program, None

    def _compound(self, word: str) -> bool:
        """Read a compound command, if the word begins one."""
        match word:
            case "{":
                self._reserved("{")
                self._commands_until("}")
                self.at += 1
            case "if":
                self._if()
            case "while" | "until":
                self._reserved(word)
                self._commands_until("do")
                self._do_group()
            case "for":
                self._for()
            case "case":
                self._case()
            case "[[":
                self.only_in_bash("[[")
                self._test()
            case "function":
                self.only_in_bash("function")
                self._function()
                return True
            case "select" | "coproc":
                raise UnsureError(f"{word} is not understood")
            case _:
                return False
        self.redirections()
        return True

    def _reserved(self, word: str) -> None:
        if self._peek() != word:
            raise UnsureError(f"{word} is missing")
        self.at += len(word)
        self.skip_blanks()

    def _if(self) -> None:
        self._reserved("if")
        self._commands_until("then")
        self._reserved("then")
        while True:
            closing = self._commands_until("elif", "else", "fi")
            self.at += len(closing)
            if closing == "fi":
                return
            if closing == "else":
                self._commands_until("fi")
                self.at += 2
                return
            self._commands_until("then")
            self._reserved("then")

    def _do_group(self) -> None:
        self._reserved("do")
        self._commands_until("done")
        self.at += len("done")

    def _for(self) -> None:
        self._reserved("for")
        if self.at_operator("(("):
            self.only_in_bash("for ((")
            self._for_arithmetic()
        else:
            name = self.word()
            if name.plain is None or not _NAME.fullmatch(name.plain):
                raise UnsureError("the name of a loop's variable cannot be read")
            self.skip_lines()
            if self._peek() == "in":
                self._reserved("in")
                while not self.at_end_of_simple():
                    self.word()
                    self.skip_blanks()
        self.skip_blanks()
        if self.at_operator(";") and not self.at_operator(";;"):
            self.at += 1
        self.skip_lines()
        self._do_group()

    def _for_arithmetic(self) -> None:
        end = self.text.find("))", self.at)
        inside = self.text[self.at + 2 : end]
        if end < 0 or not re.fullmatch(r"[^'\"`\\(){}\n]*", inside):
            raise UnsureError("a for (( cannot be read")
        self.at = end + 2

    def _case(self) -> None:
        self._reserved("case")
        self.word()
        self.skip_lines()
        self._reserved("in")
        self.skip_lines()
        while self._peek() != "esac":
            if self.at_operator("("):
                self.at += 1
                self.skip_blanks()
            while True:
                self.word()
                self.skip_blanks()
                if not self.at_operator("|") or self.at_operator("||"):
                    break
                self.at += 1
                self.skip_blanks()
            if not self.at_operator(")"):
                raise UnsureError("a pattern of a case cannot be read")
            self.at += 1
            closing = self._commands_until(";;&", ";&", ";;", "esac", may_be_empty=True)
            if closing == "esac":
                break
            if closing != ";;":
                self.only_in_bash(closing)
            self.at += len(closing)
            self.skip_lines()
        self.at += len("esac")

    def _test(self) -> None:
        """`[[ ... ]]`: all words up to the closing one, operators and parentheses too."""
        self._reserved("[[")
        while True:
            self.skip_lines()
            if self.at >= len(self.text):
                raise UnsureError("]] is missing")
            if self._peek() == "]]":
                self.at += 2
                return
            if self.text[self.at] in "&|()<>":
                self.at += 1
            elif self.text[self.at] == ";":
                raise UnsureError("]] is missing")
            else:
                self.word()

    def _function(self) -> None:
        """`function name [()] { ...; }`, of bash."""
        self._reserved("function")
        name = self.word()
        self.skip_blanks()
        if self.at_operator("("):
            self.at += 1
            self.skip_blanks()
            if not self.at_operator(")"):
                raise UnsureError("a function cannot be read")
            self.at += 1
        self.read_function_body(name)

    def read_function_body(self, name: Word) -> None:
        """Read what stands behind the name of a function and its parentheses."""
        if name.plain is None or not _FUNCTION_NAME.fullmatch(name.plain):
            raise UnsureError("the name of a function cannot be read")
        check_function(name.plain)
        self.skip_lines()
        if self.at_operator("((") or (
            self._peek() not in ("{", "if", "for", "while", "until", "case") and not self.at_operator("(")
        ):
            raise UnsureError("the body of a function is no compound command")
        before = len(self._inner)
        self._command()
        self._functions[name.plain] = tuple(self._inner[before:])
        self._definitions += 1
