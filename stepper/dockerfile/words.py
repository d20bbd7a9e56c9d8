"""The words of an instruction's arguments, by the rules that BuildKit's parser has for each keyword.

Words are as written: quotes and escapes stay in them, variables are not expanded; only a JSON form is decoded.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from stepper.dockerfile.json_form import json_words
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.whitespace import BYTE_SPACE, SEPARATOR, SPACE


class Words(NamedTuple):
    """The words, and whether they came from a JSON array."""

    words: tuple[str, ...]
    json_form: bool = False


def split_words(keyword: str, arguments: str, escape: str) -> Words:
    """The words of the arguments, which have no flags and no white space around them any more.

    Raises `MalformedError` where they break the keyword's own rule. ONBUILD has no words of its own.
    """
    if not arguments:
        return Words(())
    return _RULES[keyword](keyword, arguments, escape)


def _whole(_keyword: str, arguments: str, _escape: str) -> Words:
    return Words((arguments,))


def _separated(_keyword: str, arguments: str, _escape: str) -> Words:
    return Words(tuple(SEPARATOR.split(arguments)))


def _command(_keyword: str, arguments: str, _escape: str) -> Words:
    items = json_words(arguments)
    return Words((arguments,)) if items is None else Words(items, json_form=True)


def _paths(_keyword: str, arguments: str, _escape: str) -> Words:
    items = json_words(arguments)
    return Words(tuple(SEPARATOR.split(arguments))) if items is None else Words(items, json_form=True)


def _names(_keyword: str, arguments: str, escape: str) -> Words:
    return Words(tuple(_quoted_words(arguments, escape)))


def _pairs(keyword: str, arguments: str, escape: str) -> Words:
    words = _quoted_words(arguments, escape)
    if words and "=" not in words[0]:
        legacy = tuple(SEPARATOR.split(arguments, maxsplit=1))
        if len(legacy) < 2:
            raise MalformedError(f"{keyword} must have two arguments", hint=f"Write it as {keyword} name=value.")
        return Words(legacy)
    pairs: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise MalformedError(
                f'Syntax error - can\'t find = in "{word}". Must be of the form: name=value',
                hint="Put a value with spaces in double quotes.",
            )
        pairs += name, value
    return Words(tuple(pairs))


def _health(keyword: str, arguments: str, escape: str) -> Words:
    """The type and the command after it; BuildKit looks for the space between them by bytes."""
    source = arguments.encode().decode("latin-1")
    end = next((position for position, byte in enumerate(source) if byte in BYTE_SPACE), len(source))
    kind, rest = (
        part.encode("latin-1").decode(errors="replace") for part in (source[:end], source[end:].lstrip(BYTE_SPACE))
    )
    command = _command(keyword, rest, escape) if rest else Words(())
    return Words((kind, *command.words), command.json_form)


def _quoted_words(text: str, escape: str) -> list[str]:
    """The words between white space; white space in quotes or after an escape character separates nothing."""
    words: list[str] = []
    position = 0
    while True:
        while position < len(text) and text[position] in SPACE:
            position += 1
        if position == len(text):
            return words
        word, position = _quoted_word(text, position, escape)
        if word:
            words.append(word)


def _quoted_word(text: str, position: int, escape: str) -> tuple[str, int]:
    """The word at the position, with its quotes and escapes, and the position after it.

    An escape character that nothing follows is dropped.
    """
    characters: list[str] = []
    quote = ""
    while position < len(text):
        character = text[position]
        position += 1
        if character == escape and quote != "'":
            if position == len(text):
                break
            characters += character, text[position]
            position += 1
            continue
        if character == quote:
            quote = ""
        elif not quote and character in SPACE:
            break
        elif not quote and character in "'\"":
            quote = character
        characters.append(character)
    return "".join(characters), position


_RULES: Mapping[str, Callable[[str, str, str], Words]] = {
    "ADD": _paths,
    "ARG": _names,
    "CMD": _command,
    "COPY": _paths,
    "ENTRYPOINT": _command,
    "ENV": _pairs,
    "EXPOSE": _separated,
    "FROM": _separated,
    "HEALTHCHECK": _health,
    "LABEL": _pairs,
    "MAINTAINER": _whole,
    "RUN": _command,
    "SHELL": _command,
    "STOPSIGNAL": _whole,
    "USER": _whole,
    "VOLUME": _paths,
    "WORKDIR": _whole,
}
