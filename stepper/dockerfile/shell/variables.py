"""The variables of a shell, as its `set` lists them, and as commands that set them again.

See `set` in XCU 2.14 of POSIX: the list can be read by the shell itself. Values that only that shell could read, the
arrays of bash, are left out, and named.
"""

import re
import shlex
from collections.abc import Mapping
from typing import NamedTuple

from stepper.dockerfile.shell.dialect import Dialect
from stepper.dockerfile.shell.unsure import UnsureError
from stepper.dockerfile.shell.words import Words

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")
_OF_THE_SHELL = re.compile(
    r"_|__stepper.*|BASH.*|COLUMNS|COMP_.*|DIRSTACK|EPOCH.*|EUID|FUNCNAME|GROUPS|HISTCMD|HISTFILE.*|HISTSIZE|HOSTNAME"
    r"|HOSTTYPE|IFS|LINENO|LINES|MACHTYPE|MAILCHECK|OPTARG|OPTERR|OPTIND|OSTYPE|PIPESTATUS|POSIXLY_CORRECT|PPID"
    r"|OLDPWD|PATH|PS[0-9]|PWD|RANDOM|SECONDS|SHELL|SHELLOPTS|SHLVL|SRANDOM|TERM|UID"
)
"""Those that a shell makes itself."""


class Variables(NamedTuple):
    """The variables that a script made: their values, and the names of those whose values only the shell could read."""

    values: dict[str, str]
    unread: tuple[str, ...] = ()


def variables_of(listed: str) -> Variables:
    """The variables in what `set` printed, without those that a shell makes itself."""
    words = Words(listed, Dialect.BASH)
    found: dict[str, str] = {}
    unread: list[str] = []
    while words.at < len(listed):
        match = _ASSIGNMENT.match(listed, words.at)
        value = _value(words, match.end()) if match is not None else None
        if match is not None and not _OF_THE_SHELL.fullmatch(match[1]):
            if value is not None:
                found[match[1]] = value
            else:
                unread.append(match[1])
        end = listed.find("\n", words.at)
        words.at = len(listed) if end < 0 else end + 1
    return Variables(found, tuple(unread))


def assignments(variables: Mapping[str, str]) -> str:
    """Commands that set these variables, to stand on the line of the command that is to see them."""
    return "".join(f"{name}={shlex.quote(value)}; " for name, value in variables.items())


def _value(words: Words, start: int) -> str | None:
    """The value that begins here, None where it cannot be read. The position is moved into the value's last line."""
    words.at = start
    if words.text[start : start + 1] in ("", "\n"):
        return ""
    try:
        word = words.word()
    except UnsureError:
        words.at = start
        return None
    return word.value if words.text[words.at : words.at + 1] in ("", "\n") else None
