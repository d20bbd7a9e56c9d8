"""The comments above an instruction, which describe it and may configure its checks."""

from collections.abc import Mapping

from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.dockerfile.whitespace import SPACE


def comments_above(dockerfile: Dockerfile, instructions: tuple[Instruction, ...]) -> Mapping[int, tuple[str, ...]]:
    """The comments above each instruction, by its first line; those without any are left out.

    They are all since the instruction before, blank lines or not, except that one without text starts anew: this is
    what BuildKit does, whatever its documentation says of blank lines. A comment comes without its `#`, unless it
    is indented.
    """
    lines = dockerfile.lines
    comments: dict[int, tuple[str, ...]] = {}
    after = len(dockerfile.directives)
    for instruction in instructions:
        found: list[str] = []
        for line in lines[after : instruction.line - 1]:
            if not line.lstrip(SPACE).startswith("#"):
                continue
            text = line[1:].strip(SPACE)
            found = [*found, text] if text else []
        if found:
            comments[instruction.line] = tuple(found)
        after = instruction.end_line
    return comments
