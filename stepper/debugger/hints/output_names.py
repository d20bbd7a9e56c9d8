"""The names in what a failed command printed: programs not found, files that are not there or not allowed. Pure.

Programs say it in their own words; these are those of the usual shells, C's `strerror`, Go, Python and Node.
"""

import re
from collections.abc import Iterable, Iterator

_NAME = r"[^\s:'\"`‘’“”\u2400-\u2426]+"
"""Without the pictures of control characters, which stand for what is in no name."""
_QUOTED = r"['\"`‘“]?([^'\"`’”\n]+?)['\"`’”]?"

_NOT_ALLOWED = r"(?:Permission denied|Operation not permitted)"

_COMMANDS = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rf"^\S*sh: (?:line )?(?:\d+: )?({_NAME}): (?:command )?not found",
        rf"^\S*sh: (?:line )?\d+: exec: ({_NAME}): not found",
        rf"^/bin/\w+: (?:line )?\d+: ({_NAME}): not found",
        r"exec: \"([^\"]+)\": (?:executable file not found|stat )",
        r"env: (?:can't execute )?[‘'\"]?([^\s'\"’:]+)[’'\"]?: No such file or directory",
        rf"({_NAME}): command not found",
        rf"make\S*: ({_NAME}): No such file or directory",
        rf"unable to start container process: exec: [\"']?({_NAME})",
    )
)
_MISSING = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"No such file or directory: '([^'\n]+)'",
        rf"can't (?:open|stat|cd to|read|access) {_QUOTED}(?::|$)",
        rf"cannot (?:open|stat|access|read) {_QUOTED}(?::|$)",
        r"(?:open|stat|lstat|chdir|scandir|fork/exec) [‘'\"]?([^\s'\"’:]+)[’'\"]?: no such file or directory",
        r"ENOENT: no such file or directory, \w+ '([^'\n]+)'",
        r"Cannot find module '([^'\n]+)'",
        r"No rule to make target ['`‘]([^'’\n]+)['’]",
        r"[Cc]ould not (?:open|find|read)(?: requirements| file)? ?(?:file)?:? ?.*?'([^'\n]+)'",
        rf"({_NAME}): No such file or directory",
        rf"({_NAME}): not found$",
    )
)
_DENIED = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"(?:EACCES|EPERM): (?:permission denied|operation not permitted), \w+ '([^'\n]+)'",
        r"Permission denied: '([^'\n]+)'",
        rf"can't (?:open|create|create directory|stat|cd to|remove|execute|change \w+ of) {_QUOTED}: {_NOT_ALLOWED}",
        rf"cannot (?:open|create [\w ]+|touch|remove|access|stat|change \w+ of) {_QUOTED}: {_NOT_ALLOWED}",
        r"(?:open|mkdir|fork/exec|unlink|rename|chmod|chown) ([^\s:]+): (?:permission denied|operation not permitted)",
        rf"exec: [\"']?({_NAME}?)[\"']?: permission denied",
        rf"({_NAME}): {_NOT_ALLOWED}",
    )
)
_WRONG_FORMAT = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"exec ([^\s:]+): exec format error",
        rf"[\"']?({_NAME}?)[\"']?: [Ee]xec format error",
        rf"({_NAME}): cannot execute binary file",
        rf"^({_NAME}): (?:line )?\d+: [Ss]yntax error",
    )
)


def commands_not_found(text: str) -> tuple[str, ...]:
    """The programs that could not be found, in the order of the output."""
    return _found(_COMMANDS, text)


def files_not_found(text: str) -> tuple[str, ...]:
    """The paths, as the program has them, that are not there."""
    return _found(_MISSING, text)


def paths_denied(text: str) -> tuple[str, ...]:
    """The paths that the program was not allowed to use."""
    return _found(_DENIED, text)


def wrong_formats(text: str) -> tuple[str, ...]:
    """The programs that the kernel does not know how to start."""
    return _found(_WRONG_FORMAT, text)


def _found(patterns: Iterable[re.Pattern[str]], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_names(patterns, text)))


def _names(patterns: Iterable[re.Pattern[str]], text: str) -> Iterator[str]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            name = match[1].strip()
            if name and name not in (".", "..", "/"):
                yield name
