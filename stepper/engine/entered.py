"""What was entered in a shell: told by marks in its prompts, by records that it writes at each, and by what was typed.

Every prompt holds an invisible mark, which is taken out of the output: since then the shell reads, and from the next
Enter on something runs. At every prompt, and when it exits, the shell also writes a record: the exit code of what ran
before, and the last line of its history. Of a shell without one the lines are those that were typed, as the terminal
makes them.

What is typed while a command runs is read by that command, or by the shell as its next lines. It was surely the shell
where its lines are those that were entered next, all of them: then the command read nothing. Pure.
"""

import itertools
import re
import threading
from dataclasses import dataclass, field
from typing import NamedTuple

from stepper.engine.protocol import EnteredCommand
from stepper.engine.shell_exit import without_exit
from stepper.engine.typed_lines import ENTER, PASTED, length_of, length_of_line, typed_line, without_replies

START, MAIN, MORE, END = "0", "1", "2", "3"
"""The kinds of records: at the beginning, at a prompt for a new command, at one for another line of it, at the exit."""
_MARK = rb"(?:\\\[)?\x1b\]77;%s;([12]);(\d+)\x07(?:\\\])?"
_LONGEST_MARK = 80
_NUMBERED = re.compile(r"\s*(\d+)\*?\s(.*)", re.DOTALL)
_COMMAND_WORD = re.compile(r"(?:^|[;&|(\n{]|\b(?:then|do|else|time)\s|!\s)[ \t]*(?=([\w.+-]+))")
_END_OF_FILE = b"\x04"


def mark(key: str, kind: str, number: str) -> str:
    """The mark for a prompt. `number` is what the shell expands to the prompt's number."""
    return f"\x1b]77;{key};{kind};{number}\x07"


@dataclass
class _Prompt:
    """What was typed while a prompt stood, with the Enter that ended it, and what was typed while a command ran."""

    typed: bytearray = field(default_factory=bytearray)
    during: bytearray = field(default_factory=bytearray)

    @property
    def everything(self) -> bytes:
        """All that was typed since it stands, without answers of the terminal."""
        return without_replies(bytes(self.typed + self.during))


class Record(NamedTuple):
    """What a shell told at a prompt: its kind and number, the exit code before it, and the history's last line."""

    kind: str
    number: int
    exit_code: int | None
    last: str


class Recorder:
    """Listens to what goes through a terminal. `key` is in the marks, so that nothing else can be one.

    What is typed and what is printed may come from two threads.
    """

    def __init__(self, key: str) -> None:
        self._mark = re.compile(_MARK % key.encode())
        self._begin = b"\x1b]77;%s;" % key.encode()
        self._prompts: dict[int, _Prompt] = {}
        self._current: _Prompt | None = None
        self._ahead = b""
        """What was typed before the first prompt stood: it is read there."""
        self._since = 0
        """How much was typed at it when its mark came: a prompt for another line may have the number of the first."""
        self._runs = False
        self._held = b""
        self._lock = threading.Lock()

    def typed(self, data: bytes) -> None:
        """The user typed."""
        with self._lock:
            current = self._current
            if current is None:
                self._ahead += data
            elif self._runs:
                current.during += data
            else:
                self._read(current, data)

    def printed(self, data: bytes) -> bytes:
        """The shell printed; what of it the user is to see."""
        data = self._held + data
        seen, at = bytearray(), 0
        for found in self._mark.finditer(data):
            seen += data[at : found.start()]
            at = found.end()
            self._stands_at(found[1].decode(), int(found[2]))
        rest = data[at:]
        cut = rest.rfind(b"\x1b")
        half = rest[cut:]
        is_half = self._begin.startswith(half) or (half.startswith(self._begin) and len(half) < _LONGEST_MARK)
        if cut < 0 or not is_half:
            cut = len(rest)
        self._held = bytes(rest[cut:])
        return bytes(seen + rest[:cut])

    def _read(self, current: _Prompt, data: bytes) -> None:
        """The shell reads what is typed, up to Enter."""
        current.typed += data
        pasted = PASTED.sub(lambda found: b" " * len(found[0]), bytes(current.typed))
        entered = ENTER.search(pasted, self._since)
        if entered is not None:
            current.during += current.typed[entered.end() :]
            del current.typed[entered.end() :]
            self._runs = True

    def _stands_at(self, kind: str, number: int) -> None:
        """A prompt is there. One that is only drawn again, as after Ctrl+L, stands already."""
        with self._lock:
            if number in self._prompts and not self._runs:
                return
            before, self._runs = self._current, False
            current = self._current = self._prompts.setdefault(number, _Prompt())
            self._since = len(current.typed)
            if before is None:
                self._read(current, self._ahead)
            elif kind == MORE:
                # Nothing ran since the last line: what was typed ahead is read by the shell.
                ahead, before.during = bytes(before.during), bytearray()
                self._read(current, ahead)

    def rest(self) -> bytes:
        """What was held back, at the end."""
        held, self._held = self._held, b""
        return held

    @property
    def has_prompted(self) -> bool:
        """Whether the shell has come as far as a prompt."""
        return self._current is not None

    def commands(self, records: list[Record]) -> tuple[list[EnteredCommand], bool]:
        """The commands, in order, and whether these are surely all."""
        found: list[EnteredCommand] = []
        lines: list[str] = []
        is_sure = bool(records) and all(record.last for record in records[1:])
        ahead = _Ahead()
        for before, record in itertools.pairwise(records):
            typed = ahead.line(before, record, self._prompts.get(before.number, _Prompt()))
            text, is_known = _entered_between(before, record, typed)
            is_sure &= is_known
            if text is not None:
                lines.append(text)
            if record.kind != MORE:
                whole, code = "\n".join(lines).strip(), record.exit_code
                if record.kind == END:
                    whole, code = without_exit(whole, code)
                if whole:
                    ahead.ran(len(found))
                    found.append(EnteredCommand(whole, code))
                lines = []
        for number in ahead.end():
            found[number] = found[number]._replace(typed_into=True)
        return found, is_sure


class _Ahead:
    """What was typed ahead, while the records of a shell are gone through: who read it?"""

    def __init__(self) -> None:
        self._rest = b""
        """What was typed and not entered yet."""
        self._waiting: list[int] = []
        """The commands that ran since there was nothing typed ahead: as long as there is some, one may have read it."""
        self._read: list[int] = []

    def line(self, before: Record, record: Record, prompt: _Prompt) -> bytes:
        """What was entered between two records, as it was typed, at this prompt or ahead of it."""
        if self._rest:
            all_typed = self._rest + prompt.everything
            length = _length_between(before, record, all_typed)
            if length is not None:
                self._rest = all_typed[length:]
                if not self._rest:
                    self._waiting.clear()
                return all_typed[:length]
            self._read += self._waiting
            self._waiting.clear()
        self._rest = without_replies(bytes(prompt.during))
        return without_replies(bytes(prompt.typed))

    def ran(self, command: int) -> None:
        """A command has run since."""
        if self._rest:
            self._waiting.append(command)

    def end(self) -> list[int]:
        """The commands that may have read what was typed while they ran: the shell did not read it all."""
        return self._read + self._waiting


def _length_between(before: Record, record: Record, typed: bytes) -> int | None:
    """How much of what was typed ahead is what the shell read between two records; None where it read other things."""
    if record.kind == END and record.last == before.last and typed.startswith(_END_OF_FILE):
        return 1
    told = _NUMBERED.fullmatch(record.last)
    if told is None:
        return length_of_line(typed)
    if record.last != before.last:
        return length_of(told[2], typed)
    is_empty = length_of("", typed)
    return length_of(told[2], typed) if is_empty is None else is_empty


def _entered_between(before: Record, record: Record, typed: bytes) -> tuple[str | None, bool]:
    """The line that was entered at a prompt, None for an empty one, and whether that is sure."""
    was_entered = ENTER.search(PASTED.sub(b"", typed)) is not None
    if record.kind == END and record.last == before.last and not was_entered:
        return None, True
    has_text = bool(typed.strip(b"\r\n"))
    if not record.last:
        if before.last:
            return None, False
        return (typed_line(typed) if has_text else None), False
    told = _NUMBERED.fullmatch(record.last)
    if told is None:
        return None, False
    if record.last != before.last:
        return told[2], True
    # Busybox keeps a line that is entered twice only once.
    if has_text:
        return told[2], True
    return None, was_entered


class Records(NamedTuple):
    """All that a shell wrote."""

    records: list[Record]
    aliases: frozenset[str] = frozenset()
    """Those it had when it began."""
    is_as_given: bool = True
    """Whether its environment was that which it was started with, after what it reads by itself."""


def read_records(data: bytes) -> Records:
    """Read what a shell wrote: kind, number, exit code and line, each ended by a NUL."""
    fields = data.decode("utf-8", "surrogateescape").split("\0")[:-1]
    records = []
    aliases: frozenset[str] = frozenset()
    is_as_given = True
    for at in range(0, len(fields) - 3, 4):
        kind, number, code, last = fields[at : at + 4]
        if kind == START:
            is_as_given = code == "0"
            aliases = frozenset(re.findall(r"^(?:alias )?([^\s=']+)=", last, re.MULTILINE))
        elif kind in (MAIN, MORE, END) and number.isdecimal():
            records.append(Record(kind, int(number), int(code) if code.isdecimal() else None, last))
    return Records(records, aliases, is_as_given)


def uses_alias(text: str, aliases: frozenset[str]) -> bool:
    """Whether a word at the place of a command is an alias."""
    return any(found[1] in aliases for found in _COMMAND_WORD.finditer(text))
