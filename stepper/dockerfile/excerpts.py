"""Where in its line an error is: the word or flag that its message names, to be shown with the source."""

import re
from collections.abc import Iterator

from stepper.dockerfile.continuation import JoinedLine, join_lines
from stepper.dockerfile.directives import escape_in
from stepper.dockerfile.model import split_lines
from stepper.errors import Excerpt

_FLAG = re.compile(r"--[a-z][a-z-]*")
_QUOTED = re.compile(r"""(?<![\w$])(?:'([^']+)'|"([^"]+)")(?!\w)""")
_SUGGESTION = re.compile(r" \(did you mean [^)]*\)")
_REST_OF_WORD = re.compile(r"[^\s]*")
_NAMED_LAST = re.compile(r"(?:stage index|frontend) (\S+?):?(?: |$)")
_MEANT = (
    (re.compile(r"circular dependency|cannot copy from|from scratch"), re.compile(r"(?<!\S)--from=\S+")),
    (re.compile(r"circular dependency"), re.compile(r"(?<=from=)[^\s,]+")),
    (re.compile(r"heredoc"), re.compile(r"<<\S+")),
    (re.compile(r"JSON array"), re.compile(r"\[.*")),
)
"""What a message is about that does not repeat it."""


def excerpt(text: str, line: int, message: str, word: str | None = None) -> Excerpt | None:
    """The line of a Dockerfile that an error is about, and what of it the message names; None beyond the text's end.

    `word` is what the error means where its message does not tell. In an instruction over several lines the line is the
    one with that word, and the first where none is found.
    """
    lines = split_lines(text.removeprefix("\ufeff"))
    if not 1 <= line <= len(lines):
        return None
    joined = join_lines(lines, line, escape_in(lines))
    for start, end in (*_places([word or ""], joined.text), *_named(message, joined)):
        for place, first, last in joined.places(start, end):
            return Excerpt(place, lines[place - 1], first, last)
    return Excerpt(line, lines[line - 1])


def line_excerpt(text: str, line: int, message: str) -> Excerpt | None:
    """The same for a file whose lines stand alone, as those of an ignore file."""
    lines = split_lines(text.removeprefix("\ufeff"))
    if not 1 <= line <= len(lines):
        return None
    found = excerpt(lines[line - 1], 1, message)
    return Excerpt(line, lines[line - 1]) if found is None else Excerpt(line, found.text, found.start, found.end)


def _named(message: str, joined: JoinedLine) -> Iterator[tuple[int, int]]:
    """Where in the joined line stands what the message names, the likeliest first."""
    text = joined.text
    for flag in _FLAG.findall(message):
        found = re.search(rf"(?<!\S){re.escape(flag)}(?![\w-])", text)
        if found is not None:
            rest = _REST_OF_WORD.match(text, found.end())
            yield found.start(), rest.end() if rest is not None else found.end()
    plain = _SUGGESTION.sub("", message)
    names = [first or second for first, second in _QUOTED.findall(plain)]
    names += _NAMED_LAST.findall(plain)
    names += reversed(plain.split(": ")[1:])
    yield from _places(names, text)
    for about, meant in _MEANT:
        found = meant.search(text) if about.search(message) else None
        if found is not None:
            yield found.span()
    yield from _places([plain.split(" ", 1)[0]], text)


def _places(names: list[str], text: str) -> Iterator[tuple[int, int]]:
    for name in filter(None, names):
        before = r"(?<![\w-])" if name[0].isalnum() else ""
        after = r"(?![\w-])" if name[-1].isalnum() else ""
        found = re.search(before + re.escape(name) + after, text)
        if found is not None:
            yield found.span()
