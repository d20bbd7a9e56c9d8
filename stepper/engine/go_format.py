"""Values written as Go's fmt and time packages write them, which is how BuildKit's histories read."""

from collections.abc import Iterable

_ESCAPES = {7: "\\a", 8: "\\b", 12: "\\f", 10: "\\n", 13: "\\r", 9: "\\t", 11: "\\v", 92: "\\\\"}
_NANOSECONDS = {"h": 3600 * 10**9, "m": 60 * 10**9, "s": 10**9}


def quoted(text: str) -> str:
    """`%q` of a string."""
    return '"' + "".join(_escaped(character, '"') for character in text) + '"'


def quoted_list(words: Iterable[str]) -> str:
    """`%q` of a list of strings."""
    return f"[{' '.join(map(quoted, words))}]"


def plain_list(words: Iterable[str]) -> str:
    """`%v` of a list of strings."""
    return f"[{' '.join(words)}]"


def quoted_rune(number: int) -> str:
    """`%q` of an integer: the character with that code."""
    try:
        character = chr(number)
    except (ValueError, OverflowError):
        character = "\ufffd"
    return "'" + _escaped(character, "'") + "'"


def duration(nanoseconds: int) -> str:
    """A time.Duration as text: `1h30m0s`, `1.5s`, `300ms`, `0s`."""
    if nanoseconds == 0:
        return "0s"
    sign, rest = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    for unit, size in (("ns", 1), ("µs", 10**3), ("ms", 10**6)):
        if rest < size * 1000:
            return f"{sign}{_decimal(rest, size)}{unit}"
    hours, rest = divmod(rest, _NANOSECONDS["h"])
    minutes, rest = divmod(rest, _NANOSECONDS["m"])
    text = f"{_decimal(rest, _NANOSECONDS['s'])}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return f"{sign}{hours}h{text}" if hours else f"{sign}{text}"


def _decimal(number: int, unit: int) -> str:
    whole, fraction = divmod(number, unit)
    digits = str(fraction).zfill(len(str(unit)) - 1).rstrip("0") if fraction else ""
    return f"{whole}.{digits}" if digits else str(whole)


def _escaped(character: str, quote: str) -> str:
    code = ord(character)
    if character == quote:
        return "\\" + character
    if code in _ESCAPES:
        return _ESCAPES[code]
    if character.isprintable():
        return character
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
