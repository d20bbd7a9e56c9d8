"""The lines that a terminal makes of what is typed, and which of them a shell has read. Pure."""

import re

ENTER = re.compile(rb"[\r\n]")
PASTED = re.compile(rb"\x1b\[200~.*?\x1b\[201~", re.DOTALL)
_REPLY = re.compile(rb"\x1b\[\d+;\d+R")
"""A terminal's answer to where its cursor is, which busybox asks for at its prompt."""
_KILL, _WORD, _LITERAL = 0x15, 0x17, 0x16


def without_replies(data: bytes) -> bytes:
    """What the user typed, without what the terminal answered."""
    return _REPLY.sub(b"", data)


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


def length_of(text: str, typed: bytes) -> int | None:
    """How much of what was typed is this text with the Enters that ended its lines; None where it begins otherwise.

    Spaces around a line do not count: histories have some of their own.
    """
    at = 0
    for line in text.split("\n"):
        entered = ENTER.search(typed, at)
        if entered is None or typed_line(typed[at : entered.end()]).strip() != line.strip():
            return None
        at = entered.end()
    return at


def length_of_line(typed: bytes) -> int | None:
    """How much of what was typed is its first line, Enter included; None where that was not entered."""
    entered = ENTER.search(typed)
    return None if entered is None else entered.end()
