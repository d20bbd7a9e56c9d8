"""The flags of an instruction: taking them off the front of its arguments, and checking them against what it knows."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import NamedTuple

from stepper.dockerfile.edit_distance import did_you_mean, nearest
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Flag
from stepper.dockerfile.whitespace import BYTE_SPACE


class _Kind(Enum):
    SWITCH = auto()
    VALUE = auto()
    VALUES = auto()


_FLAGS: Mapping[str, Mapping[str, _Kind]] = {
    "ADD": {
        "chown": _Kind.VALUE,
        "chmod": _Kind.VALUE,
        "link": _Kind.SWITCH,
        "keep-git-dir": _Kind.SWITCH,
        "checksum": _Kind.VALUE,
        "unpack": _Kind.SWITCH,
        "exclude": _Kind.VALUES,
    },
    "COPY": {
        "from": _Kind.VALUE,
        "chown": _Kind.VALUE,
        "chmod": _Kind.VALUE,
        "link": _Kind.SWITCH,
        "parents": _Kind.SWITCH,
        "exclude": _Kind.VALUES,
    },
    "FROM": {"platform": _Kind.VALUE},
    "HEALTHCHECK": {
        "interval": _Kind.VALUE,
        "timeout": _Kind.VALUE,
        "start-period": _Kind.VALUE,
        "start-interval": _Kind.VALUE,
        "retries": _Kind.VALUE,
    },
    "RUN": {
        "mount": _Kind.VALUES,
        "network": _Kind.VALUE,
        "security": _Kind.VALUE,
        "device": _Kind.VALUES,
    },
}

_CHOICES: Mapping[tuple[str, str], frozenset[str]] = {
    ("RUN", "network"): frozenset({"default", "none", "host"}),
    ("RUN", "security"): frozenset({"insecure", "sandbox"}),
}


def split_flags(arguments: str, escape: str) -> tuple[tuple[Flag, ...], str]:
    """The flags that the arguments begin with, and what follows them.

    Quotes are taken off and escapes undone, also within single quotes; `--` alone ends the flags and is dropped.
    BuildKit reads flags by bytes, not by characters, and its result is what ends up in the image: so a flag's value
    beyond ASCII comes out as Latin-1, and a byte that is a space in Latin-1 ends a flag.
    """
    words, rest = _flag_words(arguments, escape)
    flags: list[Flag] = []
    for word in words:
        name, equals, value = word.text[2:].partition("=")
        flags.append(Flag(name, value if equals else None))
    return tuple(flags), rest


def flag_places(arguments: str, escape: str) -> tuple[tuple[int, int], ...]:
    """Where the flags that the arguments begin with stand: the first character of each, and the one after it."""
    source = arguments.encode()
    words, _ = _flag_words(arguments, escape)
    return tuple(
        (len(source[: w.start].decode(errors="replace")), len(source[: w.end].decode(errors="replace"))) for w in words
    )


class _FlagWord(NamedTuple):
    """A flag, unquoted, and the bytes of the arguments that it is written in."""

    text: str
    start: int
    end: int


def _flag_words(arguments: str, escape: str) -> tuple[list[_FlagWord], str]:
    """The flags, and what follows them."""
    if not arguments.lstrip(BYTE_SPACE).startswith("--"):
        return [], arguments
    source = arguments.encode().decode("latin-1")
    words: list[_FlagWord] = []
    position = 0
    while True:
        while position < len(source) and source[position] in BYTE_SPACE:
            position += 1
        if not source.startswith("--", position):
            break
        start = position
        text, position = _flag_word(source, start, escape)
        if text == "--":
            break
        words.append(_FlagWord(text, start, position))
    return words, source[position:].encode("latin-1").decode(errors="replace")


def _flag_word(source: str, position: int, escape: str) -> tuple[str, int]:
    """The word at the position, unquoted, and the position after it."""
    characters: list[str] = []
    quote = ""
    while position < len(source):
        character = source[position]
        position += 1
        if quote and character == quote:
            quote = ""
        elif not quote and character in BYTE_SPACE:
            return "".join(characters), position - 1
        elif not quote and character in "'\"":
            quote = character
        elif character != escape:
            characters.append(character)
        elif position < len(source):
            characters.append(source[position])
            position += 1
    return "".join(characters), position


def check_flags(keyword: str, flags: tuple[Flag, ...]) -> None:
    """Raise `MalformedError` for a flag that the instruction does not know, and for one with a missing or wrong value.

    What a value means beyond that is checked where the flag is carried out.
    """
    known = _FLAGS.get(keyword, {})
    seen: set[str] = set()
    for flag in flags:
        kind = known.get(flag.name)
        if kind is None:
            meant = nearest(flag.name, known)
            suggestion = did_you_mean(None if meant is None else f"--{meant}")
            raise MalformedError(f"unknown flag: --{flag.name}{suggestion}", hint=_known_flags(keyword, known))
        if flag.name in seen and kind is not _Kind.VALUES:
            raise MalformedError(f"duplicate flag specified: --{flag.name}")
        seen.add(flag.name)
        if kind is _Kind.SWITCH:
            _check_switch(flag)
        elif flag.value is None:
            raise MalformedError(f"missing a value on flag: --{flag.name}", hint=f"Write it as --{flag.name}=VALUE.")
        _check_choice(keyword, flag)


def is_on(flag: Flag | None) -> bool:
    """Whether a switch such as `--link` is given and not switched off."""
    return flag is not None and (flag.value or "true").lower() == "true"


def _check_switch(flag: Flag) -> None:
    if flag.value == "":
        raise MalformedError(f"missing a value on flag: --{flag.name}")
    if flag.value is not None and flag.value.lower() not in ("true", "false"):
        raise MalformedError(f"expecting boolean value for flag --{flag.name}, not: {flag.value}")


def _check_choice(keyword: str, flag: Flag) -> None:
    choices = _CHOICES.get((keyword, flag.name))
    if choices is not None and flag.value not in choices:
        raise MalformedError(
            f"invalid value {flag.value!r} for flag --{flag.name}", hint=f"It can be {', '.join(sorted(choices))}."
        )


def _known_flags(keyword: str, known: Mapping[str, _Kind]) -> str:
    if not known:
        return f"{keyword} has no flags."
    return f"{keyword} knows {', '.join(f'--{name}' for name in known)}."
