"""The words of an instruction whose undefined variables BuildKit reports.

Those of EXPOSE expand without a report. A default that a build argument replaces is not looked at.
"""

from collections.abc import Iterator
from typing import NamedTuple

from stepper.dockerfile.heredocs import heredoc_mark
from stepper.dockerfile.model import Instruction
from stepper.dockerfile.mount_options import mount_words

_PAIRS_AND_WORDS = frozenset({"ENV", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"})


class ExpandedWord(NamedTuple):
    """A word as written; a heredoc's body expands without regard to quotes, and its escape is the backslash."""

    text: str
    is_body: bool = False


def expanded_words(instruction: Instruction, overridden: frozenset[str]) -> Iterator[ExpandedWord]:
    """The words, in the order in which BuildKit expands them. `overridden` are the names of build arguments given."""
    if instruction.keyword in _PAIRS_AND_WORDS:
        yield from map(ExpandedWord, instruction.words)
    elif instruction.keyword == "ARG":
        for word in instruction.words:
            name, _, default = word.partition("=")
            if name not in overridden:
                yield ExpandedWord(default)
    elif instruction.keyword == "RUN":
        for flag in instruction.flags:
            if flag.name == "mount" and flag.value:
                yield from map(ExpandedWord, mount_words(flag.value))
    elif instruction.keyword in ("ADD", "COPY"):
        yield from _of_copy(instruction)


def _of_copy(instruction: Instruction) -> Iterator[ExpandedWord]:
    for name in ("chown", "chmod", "checksum"):
        flag = instruction.flag(name)
        if flag is not None and flag.value:
            yield ExpandedWord(flag.value)
    marks = [heredoc_mark(word) for word in instruction.words]
    for word, mark in zip(instruction.words, marks, strict=True):
        if mark is None:
            yield ExpandedWord(word)
    bodies = {heredoc.name: heredoc for heredoc in instruction.heredocs if heredoc.expand}
    for mark in marks:
        if mark is not None and mark.name in bodies:
            yield ExpandedWord(bodies[mark.name].body, is_body=True)
