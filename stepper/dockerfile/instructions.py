"""The instructions of a Dockerfile as the parser sees them, before anyone asks whether they make sense.

dockerfile-parse finds the instructions and their lines; what is within an instruction is taken apart here.
"""

import re
from dataclasses import dataclass
from io import BytesIO

from dockerfile_parse import DockerfileParser

from stepper.dockerfile.dialect import Dialect, from_dialect, to_dialect
from stepper.dockerfile.flags import split_flags
from stepper.dockerfile.keywords import find_keyword, known_keyword, split_keyword
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Heredoc, Instruction, heredocs_text
from stepper.dockerfile.whitespace import SPACE
from stepper.dockerfile.words import Words, split_words
from stepper.errors import DockerfileError

_ONBUILD = re.compile(r"[\t\n\f\r ]*ONBUILD[\t\n\f\r ]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Place:
    line: int
    end_line: int
    escape: str
    heredocs: tuple[Heredoc, ...]


def read_instructions(text: str, name: str) -> tuple[tuple[Instruction, ...], Dialect]:
    """All instructions in order, and what the Dockerfile has beside them.

    `name` is the file's name for messages. Raises `DockerfileError` for what BuildKit's parser itself does not read, an
    unknown keyword and an ONBUILD of an ONBUILD; missing arguments, unknown flags and the like are no matter of this.
    """
    dialect = to_dialect(text, name)
    instructions: list[Instruction] = []
    for entry in DockerfileParser(fileobj=BytesIO(dialect.text.encode())).structure:
        line = entry["startline"] + 1
        place = _Place(line, entry["endline"] + 1, dialect.escape, dialect.heredocs.get(line, ()))
        try:
            instructions.append(_instruction(from_dialect(entry["value"]), place))
        except MalformedError as problem:
            raise DockerfileError(problem.message, file=name, line=line, hint=problem.hint) from None
    if not instructions:
        raise DockerfileError(
            "file with no instructions", file=name, hint="A Dockerfile starts with FROM and the image to build on."
        )
    return tuple(instructions), dialect


def _instruction(written: str, place: _Place) -> Instruction:
    """The instruction that is written on this one line."""
    keyword_written, arguments = split_keyword(written)
    keyword = known_keyword(keyword_written)
    flags, arguments = split_flags(arguments, place.escape)
    arguments = arguments.strip(SPACE)
    trigger = None
    if keyword == "ONBUILD" and arguments:
        words, json_form = Words((_stored_trigger(written, place),))
        trigger = _trigger(arguments, place)
    else:
        words, json_form = split_words(keyword, arguments, place.escape)
    return Instruction(
        keyword=keyword,
        line=place.line,
        end_line=place.end_line,
        text=written.strip(SPACE),
        words=words,
        flags=flags,
        json_form=json_form,
        heredocs=place.heredocs,
        trigger=trigger,
    )


def _trigger(written: str, place: _Place) -> Instruction:
    """The instruction that an ONBUILD registers. BuildKit does not mind an unknown one before it is triggered."""
    keyword_written, arguments = split_keyword(written)
    keyword = find_keyword(keyword_written)
    if keyword == "ONBUILD":
        raise MalformedError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
    if keyword is not None:
        return _instruction(written, place)
    flags, _ = split_flags(arguments, place.escape)
    return Instruction(keyword_written.upper(), place.line, place.end_line, written, (), flags, heredocs=place.heredocs)


def _stored_trigger(written: str, place: _Place) -> str:
    """The trigger as it is stored in the image configuration, with its heredocs."""
    return _ONBUILD.sub("", written, count=1) + heredocs_text(place.heredocs)
