"""The parser directives at the top of a Dockerfile: `# syntax=`, `# escape=` and `# check=`.

The rules are those of the Dockerfile reference and of BuildKit's parser: directives come before anything else, blank
lines and other comments included; their names have no case; each may be given once; an unknown one is a comment, and
ends the directives.
"""

import re
from collections.abc import Iterable

from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Directive
from stepper.dockerfile.whitespace import SPACE

DEFAULT_ESCAPE = "\\"

_NAMES = frozenset({"syntax", "escape", "check"})
_ESCAPES = frozenset({"\\", "`"})
_SPACES = r"[\t\n\f\r ]*"
_DIRECTIVE = re.compile(rf"([a-zA-Z][a-zA-Z0-9]*){_SPACES}={_SPACES}(.+?){_SPACES}", re.DOTALL)


class MalformedDirectiveError(MalformedError):
    """A directive that breaks a rule, at its line."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def read_directives(lines: tuple[str, ...]) -> tuple[Directive, ...]:
    """The directives that the lines begin with.

    Raises `MalformedDirectiveError` for a directive that is there twice and for an escape character that cannot be one.
    """
    directives: dict[str, Directive] = {}
    for number, line in enumerate(lines, start=1):
        directive = _directive(line, number)
        if directive is None:
            break
        if directive.name in directives:
            raise MalformedDirectiveError(f"only one {directive.name} parser directive can be used", number)
        if directive.name == "escape" and directive.value not in _ESCAPES:
            raise MalformedDirectiveError(f"invalid escape token '{directive.value}' does not match ` or \\", number)
        directives[directive.name] = directive
    return tuple(directives.values())


def escape_of(directives: Iterable[Directive]) -> str:
    """The escape character that directives give."""
    return next((each.value for each in directives if each.name == "escape"), DEFAULT_ESCAPE)


def escape_in(lines: tuple[str, ...]) -> str:
    """The escape character of a Dockerfile; the usual one where its directives break a rule."""
    try:
        return escape_of(read_directives(lines))
    except MalformedDirectiveError:
        return DEFAULT_ESCAPE


def _directive(line: str, number: int) -> Directive | None:
    written = line.lstrip(SPACE)
    if not written.startswith("#"):
        return None
    match = _DIRECTIVE.fullmatch(written[1:].lstrip(SPACE))
    if match is None:
        return None
    name = match[1].lower()
    return Directive(name, match[2], number) if name in _NAMES else None
