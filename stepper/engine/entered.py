"""What was entered in a shell: told by marks in its prompts, by records that it writes at each, and by what was typed.

Every prompt holds an invisible mark, which is taken out of the output: since then the shell reads, and from the next
Enter on something runs. At every prompt the shell also writes a record: the exit code of what ran before, and the last
line of its history. Of a shell without one the lines are those that were typed, as the terminal makes them. Pure.
"""

import itertools
import re
import threading
from dataclasses import dataclass, field
from typing import NamedTuple

from stepper.engine.protocol import EnteredCommand

START, MAIN, MORE = "0", "1", "2"
"""The kinds of records: at the beginning, at a prompt for a new command, at one for another line of it."""
_MARK = rb"(?:\\\[)?\x1b\]77;%s;([12]);(\d+)\x07(?:\\\])?"
_LONGEST_MARK = 80
_REPLY = re.compile(rb"\x1b\[\d+;\d+R")
"""A terminal's answer to where its cursor is, which busybox asks for at its prompt."""
_ENTER = re.compile(rb"[\r\n]")
_PASTED = re.compile(rb"\x1b\[200~.*?\x1b\[201~", re.DOTALL)
_NUMBERED = re.compile(r"\s*(\d+)\*?\s(.*)", re.DOTALL)
_COMMAND_WORD = re.compile(r"(?:^|[;&|(\n{]|\b(?:then|do|else|time)\s|!\s)[ \t]*(?=([\w.+-]+))")
_KILL, _WORD, _LITERAL = 0x15, 0x17, 0x16


def mark(key: str, kind: str, number: str) -> str:
    """The mark for a prompt. `number` is what the shell expands to the prompt's number."""
    return f"\x1b]77;{key};{kind};{number}\x07"


@dataclass
class _Prompt:
    """What was typed while a prompt stood, with the Enter that ended it, and what was typed while a command ran."""

    typed: bytearray = field(default_factory=bytearray)
    during: bytearray = field(default_factory=bytearray)

    @property
    def line(self) -> bytes:
        """What was typed, without answers of the terminal."""
        return _REPLY.sub(b"", bytes(self.typed))

    @property
    def was_entered(self) -> bool:
        """Whether Enter was typed at it."""
        return _ENTER.search(_PASTED.sub(b"", self.line)) is not None

    @property
    def has_text(self) -> bool:
        """Whether more than Enter was."""
        return bool(self.line.strip(b"\r\n"))

    @property
    def was_typed_into(self) -> bool:
        """Whether something was typed while the command ran."""
        return bool(_REPLY.sub(b"", bytes(self.during)))


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
        pasted = _PASTED.sub(lambda found: b" " * len(found[0]), bytes(current.typed))
        entered = _ENTER.search(pasted, self._since)
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

    def commands(self, records: list[Record]) -> tuple[list[EnteredCommand], bool]:
        """The commands, in order, and whether these are surely all."""
        found: list[EnteredCommand] = []
        lines: list[str] = []
        is_sure = bool(records) and all(record.last for record in records[1:])
        for before, record in itertools.pairwise(records):
            prompt = self._prompts.get(before.number, _Prompt())
            text, is_known = _entered_between(before, record, prompt)
            is_sure &= is_known
            if text is not None:
                lines.append(text)
            if record.kind == MAIN:
                whole = "\n".join(lines).strip()
                if whole:
                    following = self._prompts.get(record.number, _Prompt())
                    # What was typed ahead is another command, if no Enter was needed for that.
                    into = prompt.was_typed_into and following.was_entered
                    found.append(EnteredCommand(whole, record.exit_code, typed_into=into))
                lines = []
        return found, is_sure


def _entered_between(before: Record, record: Record, prompt: _Prompt) -> tuple[str | None, bool]:
    """The line that was entered at a prompt, None for an empty one, and whether that is sure."""
    if not record.last:
        if before.last:
            return None, False
        return (typed_line(prompt.line) if prompt.has_text else None), False
    told = _NUMBERED.fullmatch(record.last)
    if told is None:
        return None, False
    if record.last != before.last:
        return told[2], True
    # Busybox keeps a line that is entered twice only once.
    if prompt.has_text:
        return told[2], True
    return None, prompt.was_entered


def typed_line(data: bytes) -> str:
    """The line that a terminal makes of what is typed, by the usual keys to erase; "" where it was given up."""
    line: list[bytes] = []
    is_literal = False
    for at in range(len(data)):
        each = data[at : at + 1]
        if is_literal:
            line.append(each)
            is_literal = False
        elif each in (b"\x03", b"\x1c", b"\x1a"):
            line.clear()
        elif each[0] == _LITERAL:
            is_literal = True
        elif each in (b"\r", b"\n", b"\x04"):
            break
        elif each in (b"\x7f", b"\x08"):
            while line and 0x80 <= line[-1][0] < 0xC0:
                line.pop()
            if line:
                line.pop()
        elif each[0] == _KILL:
            line.clear()
        elif each[0] == _WORD:
            text = b"".join(line).rstrip()
            kept = text[: max(text.rfind(b" "), text.rfind(b"\t")) + 1]
            del line[len(kept) :]
        else:
            line.append(each)
    return b"".join(line).decode("utf-8", "replace")


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
        elif kind in (MAIN, MORE) and number.isdecimal():
            records.append(Record(kind, int(number), int(code) if code.isdecimal() else None, last))
    return Records(records, aliases, is_as_given)


def uses_alias(text: str, aliases: frozenset[str]) -> bool:
    """Whether a word at the place of a command is an alias."""
    return any(found[1] in aliases for found in _COMMAND_WORD.finditer(text))
