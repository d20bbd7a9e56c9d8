"""What BuildKit asks of a single instruction before it builds anything: arguments, names, flags.

The wording is BuildKit's where that says what is wrong. What only shows once variables are expanded is checked there.
"""

import re
from collections.abc import Callable, Mapping

from stepper.dockerfile.flags import check_flags
from stepper.dockerfile.heredocs import heredoc_mark
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Instruction
from stepper.dockerfile.mount_options import mount_from
from stepper.dockerfile.whitespace import SPACE

_STAGE_NAME = re.compile(r"[a-z][a-z0-9-_.]*")
_NOT_TRIGGERS = frozenset({"FROM", "MAINTAINER"})
_FLAGS_IGNORED = frozenset({"ARG", "STOPSIGNAL"})
"""BuildKit drops the flags of these without a word."""


def check(instruction: Instruction) -> None:
    """Raise `MalformedError` where BuildKit would not take the instruction."""
    rule = _RULES.get(instruction.keyword)
    if rule is not None:
        rule(instruction)
    if instruction.keyword not in _FLAGS_IGNORED and not _is_healthcheck_none(instruction):
        check_flags(instruction.keyword, instruction.flags)


def stage_name(instruction: Instruction) -> str | None:
    """The name after AS of a FROM, in lower case, or None.

    Raises `MalformedError` for a FROM with the wrong number of words and for a name that cannot be one.
    """
    words = instruction.words
    if len(words) == 1:
        return None
    if len(words) != 3 or words[1].casefold() != "as":
        raise MalformedError(
            "FROM requires either one or three arguments", hint="Write it as FROM image, or as FROM image AS name."
        )
    name = words[2].lower()
    if _STAGE_NAME.fullmatch(name) is None:
        raise MalformedError(
            f'invalid name for build stage: "{words[2]}", name can\'t start with a number or contain symbols',
            hint="It starts with a letter; letters, digits, '-', '_' and '.' may follow.",
        )
    return name


def _at_least_one(instruction: Instruction) -> None:
    if not instruction.words:
        raise MalformedError(f"{instruction.keyword} requires at least one argument")


def _exactly_one(instruction: Instruction) -> None:
    if len(instruction.words) != 1:
        raise MalformedError(f"{instruction.keyword} requires exactly one argument")


def _pairs(instruction: Instruction) -> None:
    _at_least_one(instruction)
    if "" in instruction.words[::2]:
        raise MalformedError(f"{instruction.keyword} names can not be blank")


def _arg(instruction: Instruction) -> None:
    _at_least_one(instruction)
    if any(word.startswith("=") for word in instruction.words):
        raise MalformedError("ARG names can not be blank")


def _copy(instruction: Instruction) -> None:
    if len(instruction.words) < 2:
        raise MalformedError(
            f"{instruction.keyword} requires at least two arguments, but only one was provided. "
            "Destination could not be determined"
            if instruction.words
            else f"{instruction.keyword} requires at least two arguments",
            hint=f"Write it as {instruction.keyword} source destination.",
        )
    if _announces_heredoc(instruction.words[-1]):
        raise MalformedError(f"{instruction.keyword} cannot accept a heredoc as a destination")


def _announces_heredoc(word: str) -> bool:
    try:
        return heredoc_mark(word) is not None
    except MalformedError:
        return False


def _from(instruction: Instruction) -> None:
    stage_name(instruction)


def _healthcheck(instruction: Instruction) -> None:
    _at_least_one(instruction)
    kind, *command = instruction.words
    if _is_healthcheck_none(instruction):
        if command:
            raise MalformedError("HEALTHCHECK NONE takes no arguments")
    elif kind.upper() != "CMD":
        raise MalformedError(f'Unknown type "{kind.upper()}" in HEALTHCHECK (try CMD)')
    elif not command:
        raise MalformedError("Missing command after HEALTHCHECK CMD")


def _is_healthcheck_none(instruction: Instruction) -> bool:
    return instruction.keyword == "HEALTHCHECK" and instruction.words[0].upper() == "NONE"


def _onbuild(instruction: Instruction) -> None:
    _at_least_one(instruction)
    trigger = instruction.trigger
    if trigger is not None and trigger.keyword in _NOT_TRIGGERS:
        raise MalformedError(f"{trigger.keyword} isn't allowed as an ONBUILD trigger")


def _run(instruction: Instruction) -> None:
    for flag in instruction.flags:
        if flag.name == "mount" and flag.value is not None:
            mount_from(flag.value)


def _shell(instruction: Instruction) -> None:
    _at_least_one(instruction)
    if not instruction.json_form:
        raise MalformedError(
            "SHELL requires the arguments to be in JSON form", hint='Write it as SHELL ["executable", "argument"].'
        )


def _volume(instruction: Instruction) -> None:
    _at_least_one(instruction)
    if any(not word.strip(SPACE) for word in instruction.words):
        raise MalformedError("VOLUME specified can not be an empty string")


_RULES: Mapping[str, Callable[[Instruction], None]] = {
    "ADD": _copy,
    "ARG": _arg,
    "COPY": _copy,
    "ENV": _pairs,
    "EXPOSE": _at_least_one,
    "FROM": _from,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _pairs,
    "MAINTAINER": _exactly_one,
    "ONBUILD": _onbuild,
    "RUN": _run,
    "SHELL": _shell,
    "STOPSIGNAL": _exactly_one,
    "USER": _exactly_one,
    "VOLUME": _volume,
    "WORKDIR": _exactly_one,
}
