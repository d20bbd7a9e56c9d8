"""The rule InvalidDefinitionDescription, which is experimental."""

from collections.abc import Iterator

from stepper.dockerfile.build_checks.subject import Subject
from stepper.dockerfile.build_checks.warning import Finding


def descriptions(subject: Subject) -> Iterator[Finding]:
    """A comment right above a named stage or an ARG that does not begin with the name it should describe."""
    for instruction in subject.instructions:
        comments = subject.comments.get(instruction.line)
        names = _names(instruction.keyword, instruction.words)
        if not comments or not names or comments[-1].partition(" ")[0] in names:
            continue
        example = names[0] if len(names) == 1 else "<arg_key>"
        message = f"Comment for {instruction.keyword} should follow the format: `# {example} <description>`"
        yield subject.finding(instruction, message)


def _names(keyword: str, words: tuple[str, ...]) -> tuple[str, ...]:
    if keyword == "ARG":
        return tuple(word.partition("=")[0] for word in words)
    return (words[2].lower(),) if keyword == "FROM" and len(words) == 3 else ()
