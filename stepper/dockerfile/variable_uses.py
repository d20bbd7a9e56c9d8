"""The variables in a text as they are written: each `$NAME` and `${NAME:-word}`, the outermost ones."""

import re
from collections.abc import Iterator

_NAME = re.compile(r"[A-Za-z_]\w*")


def variable_uses(text: str, *, escape: str = "\\") -> tuple[str, ...]:
    """Each use once, in order. What is in single quotes or behind an escape character is none."""
    return tuple(dict.fromkeys(_uses(text, escape)))


def _uses(text: str, escape: str) -> Iterator[str]:
    at, in_double = 0, False
    while at < len(text):
        character = text[at]
        if character == escape:
            at += 2
        elif character == "'" and not in_double:
            end = text.find("'", at + 1)
            at = len(text) if end < 0 else end + 1
        elif character == "$":
            use = text[at : _end(text, at + 1)]
            if len(use) > 1:
                yield use
            at += len(use)
        else:
            in_double ^= character == '"'
            at += 1


def _end(text: str, at: int) -> int:
    """Where the use ends whose `$` stands before `at`; `at` where it is none."""
    name = _NAME.match(text, at)
    if name is not None:
        return name.end()
    if text[at : at + 1] != "{" or _NAME.match(text, at + 1) is None:
        return at
    depth = 0
    for end in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth == 0:
            return end + 1
    return at


def used_name(use: str) -> str:
    """The variable of a use."""
    found = _NAME.search(use)
    return found[0] if found is not None else ""
