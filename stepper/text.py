"""Figures and foreign text in the form that every front end shows: sizes, times, names that may hold anything."""

import re

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")

_ESCAPE_SEQUENCE = re.compile(
    r"\x1b(?:"
    r"\[[0-?]*[ -/]*[@-~]?"  # CSI
    r"|[\]PX^_][^\x07\x1b\x18\x1a\n\r]*(?:\x07|\x1b\\|\x18|\x1a)?"  # OSC, DCS, SOS, PM, APC up to their terminator
    r"|[ -/]*[0-~]"  # all others
    r")?"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def human_size(size: int, *, signed: bool = False) -> str:
    """Bytes in decimal units as the docker command counts them: `0 B`, `999 B`, `14.2 MB`, `141 MB`.

    One decimal below 100 of a unit. A negative size has a minus; `signed` puts a plus before the others but 0.
    """
    sign = "-" if size < 0 else "+" if signed and size > 0 else ""
    amount = float(abs(size))
    if amount < 1000:
        return f"{sign}{abs(size)} B"
    for unit in _UNITS[1:]:
        amount /= 1000
        if amount < 99.95:
            return f"{sign}{amount:.1f} {unit}"
        if amount < 999.5 or unit == _UNITS[-1]:
            return f"{sign}{amount:.0f} {unit}"
    raise AssertionError("the last unit takes every amount")


def human_seconds(seconds: float) -> str:
    """A duration: `0.06s`, `3.1s`, `42.0s`, `2m 05s`, `1h 02m`."""
    seconds = max(0.0, seconds)
    if seconds < 0.995:
        return f"{seconds:.2f}s"
    if seconds < 59.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    minutes = whole // 60
    return f"{minutes // 60}h {minutes % 60:02d}m"


def clock(seconds: float) -> str:
    """A running time as on a clock: `0:12`, `12:05`, `1:02:03`."""
    whole = int(max(0.0, seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def counted(count: int, name: str) -> str:
    """How many of something: `1 file`, `2,000 files`."""
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def printable(text: str) -> str:
    """A name or value on one line, harmless to any terminal: what cannot be printed is written as an escape.

    Control characters, line ends, invisible and direction-changing characters become `\\n`, `\\x1b`, `\\u202e`;
    undecodable bytes (surrogate escapes) become `\\xff`. A backslash of the text itself stays as it is.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")


def strip_control(data: bytes | str) -> str:
    """What a program printed as plain text: no escape sequence and no control character is left but `\\n` and tab.

    `\\r\\n` becomes `\\n`; bytes that are not UTF-8 become `\\ufffd`. For whole texts: a stream is the work
    of `stepper.terminal_text`.
    """
    text = data.decode("utf-8", errors="replace") if isinstance(data, bytes) else data
    text = text.replace("\r\n", "\n")
    return _CONTROL.sub("", _ESCAPE_SEQUENCE.sub("", text))
