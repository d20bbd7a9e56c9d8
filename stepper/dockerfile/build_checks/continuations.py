"""The rule NoEmptyContinuation."""

from collections.abc import Iterator

from stepper.dockerfile.build_checks.subject import Subject
from stepper.dockerfile.build_checks.warning import Finding
from stepper.dockerfile.continuation import join_lines
from stepper.dockerfile.whitespace import SPACE


def empty_lines(subject: Subject) -> Iterator[Finding]:
    """Blank lines within an instruction; the finding is at its last line, in front of its heredocs."""
    dockerfile = subject.dockerfile
    lines = dockerfile.lines
    for instruction in subject.instructions:
        end = join_lines(lines, instruction.line, dockerfile.escape).end_line
        if any(not line.strip(SPACE) for line in lines[instruction.line : end]):
            yield Finding(end, end, "Empty continuation line")
