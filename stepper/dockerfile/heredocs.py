"""The heredocs of an instruction: their marks on its line, and their bodies below it.

RUN, COPY and ADD can have them, also as the trigger of an ONBUILD, and not in their JSON form.
"""

import re
from dataclasses import dataclass

from stepper.dockerfile.flags import split_flags
from stepper.dockerfile.heredoc_words import heredoc_words
from stepper.dockerfile.json_form import json_words
from stepper.dockerfile.keywords import find_keyword, split_keyword
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Heredoc
from stepper.dockerfile.whitespace import SPACE

_KEYWORDS = frozenset({"ADD", "COPY", "RUN"})
_MARK = re.compile(r"([0-9]*)<<(-?)[\t\n\f\r ]*([^<]*)")
_LEADING_TABS = re.compile(r"^\t+", re.MULTILINE)
_LARGEST_FD = 2**64 - 1


@dataclass(frozen=True, slots=True)
class HeredocMark:
    """`3<<-"EOF"`: what a word says about the heredoc that follows. The fields are those of `Heredoc`."""

    name: str
    expand: bool
    strip_tabs: bool
    fd: int

    def is_closed_by(self, line: str) -> bool:
        """Whether the line, which has no line end any more, is the closing line."""
        return (line.lstrip("\t") if self.strip_tabs else line) == self.name

    def with_body(self, written: str) -> Heredoc:
        """The heredoc, with what stands between the mark's line and the closing line."""
        body = _LEADING_TABS.sub("", written) if self.strip_tabs else written
        raw = written if body != written else None
        return Heredoc(self.name, body, self.expand, self.strip_tabs, self.fd, raw)


def heredoc_marks(line: str, escape: str) -> tuple[HeredocMark, ...]:
    """The heredocs that an instruction, given on one line, announces, in the order of their bodies."""
    if "<<" not in line or not _can_have_heredocs(line, escape):
        return ()
    try:
        words = heredoc_words(line, raw_quotes=True, raw_escapes=True)
    except MalformedError:
        return ()
    marks = (heredoc_mark(word) for word in words)
    return tuple(mark for mark in marks if mark is not None)


def heredoc_mark(word: str) -> HeredocMark | None:
    """What the word says if it announces a heredoc, else None. Any quote in the name makes the body literal.

    A word with half of a quoted name is none: its expansion is an error.
    """
    match = _MARK.fullmatch(word)
    if match is None or not match[3]:
        return None
    try:
        names = heredoc_words(match[3], raw_quotes=False, raw_escapes=False)
    except MalformedError:
        return None
    if len(names) != 1:
        return None
    quoted = heredoc_words(match[3], raw_quotes=True, raw_escapes=False)
    if len(quoted) != 1:
        raise MalformedError(f"the name of the heredoc cannot be read: {match[3]}")
    return HeredocMark(
        name=names[0],
        expand=_quotes(names[0]) == _quotes(quoted[0]),
        strip_tabs=match[2] == "-",
        fd=min(int(match[1] or "0"), _LARGEST_FD),
    )


def _quotes(word: str) -> int:
    return word.count("'") + word.count('"')


def _can_have_heredocs(line: str, escape: str) -> bool:
    keyword, arguments = split_keyword(line)
    if find_keyword(keyword) == "ONBUILD":
        keyword, arguments = split_keyword(split_flags(arguments, escape)[1])
    if find_keyword(keyword) not in _KEYWORDS:
        return False
    return json_words(split_flags(arguments, escape)[1].strip(SPACE)) is None
