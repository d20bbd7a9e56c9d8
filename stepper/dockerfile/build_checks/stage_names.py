"""Rules about the names of stages: DuplicateStageName, ReservedStageName."""

from collections.abc import Iterator

from stepper.dockerfile.build_checks.subject import Subject
from stepper.dockerfile.build_checks.warning import Finding, quoted

_RESERVED = frozenset({"context", "scratch"})


def duplicates(subject: Subject) -> Iterator[Finding]:
    """A name that an earlier stage has already."""
    seen: set[str] = set()
    for stage in subject.dockerfile.stages:
        if stage.name in seen:
            message = f"Duplicate stage name {quoted(stage.name)}, stage names should be unique"
            yield Finding.at(stage.instructions[0], message)
        if stage.name is not None:
            seen.add(stage.name)


def reserved(subject: Subject) -> Iterator[Finding]:
    """A name that means something else where a stage can be named."""
    for stage in subject.dockerfile.stages:
        if stage.name in _RESERVED:
            message = f"Stage name should not use the same name as reserved stage {quoted(stage.name)}"
            yield Finding.at(stage.instructions[0], message)
