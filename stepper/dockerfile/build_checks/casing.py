"""Rules about capital and small letters: StageNameCasing, FromAsCasing, ConsistentInstructionCasing."""

from collections.abc import Iterator

from stepper.dockerfile.build_checks.subject import Subject, keyword_as_written
from stepper.dockerfile.build_checks.warning import Finding


def stage_names(subject: Subject) -> Iterator[Finding]:
    """Stage names with a capital letter: BuildKit compares them in small ones."""
    for stage in subject.dockerfile.stages:
        start = stage.instructions[0]
        if len(start.words) == 3 and start.words[2] != start.words[2].lower():
            yield subject.finding(start, f"Stage name '{start.words[2]}' should be lowercase")


def as_keywords(subject: Subject) -> Iterator[Finding]:
    """FROM and AS in different letters. A FROM in mixed letters is another rule's matter."""
    for stage in subject.dockerfile.stages:
        start = stage.instructions[0]
        keyword = keyword_as_written(start)
        if len(start.words) != 3 or not _is_consistent(keyword):
            continue
        written = start.words[1]
        if written != (written.lower() if keyword == keyword.lower() else written.upper()):
            yield subject.finding(start, f"'{written}' and '{keyword}' keywords' casing do not match")


def keywords(subject: Subject) -> Iterator[Finding]:
    """Keywords that are not in the letters of most of them. The ARGs before the first FROM do not count."""
    instructions = [instruction for stage in subject.dockerfile.stages for instruction in stage.instructions]
    written = [keyword_as_written(instruction) for instruction in instructions]
    consistent = [keyword for keyword in written if _is_consistent(keyword)]
    lower = sum(keyword == keyword.lower() for keyword in consistent)
    is_lower = lower > len(consistent) - lower
    for instruction, keyword in zip(instructions, written, strict=True):
        if keyword != (keyword.lower() if is_lower else keyword.upper()):
            majority = "lowercase" if is_lower else "uppercase"
            message = f"Command '{keyword}' should match the case of the command majority ({majority})"
            yield Finding.at(instruction, message)


def _is_consistent(keyword: str) -> bool:
    return keyword in (keyword.lower(), keyword.upper())
