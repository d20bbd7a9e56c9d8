"""The rule UndefinedVar."""

from collections.abc import Iterator

from stepper.dockerfile.build_checks.subject import Subject
from stepper.dockerfile.build_checks.warning import Finding
from stepper.dockerfile.edit_distance import nearest
from stepper.dockerfile.scope import NEVER_IN_THE_ENVIRONMENT


def undefined(subject: Subject) -> Iterator[Finding]:
    """Variables that have no value and no ARG.

    Where it is not known what the base image sets, only those that look like a misspelling of one that is there.
    """
    for visit in subject.visits:
        for name in visit.unset():
            if name in visit.declared or name in NEVER_IN_THE_ENVIRONMENT:
                continue
            meant = nearest(name, visit.variables)
            if meant is not None or not visit.is_open:
                suggestion = "" if meant is None else f" (did you mean ${meant}?)"
                yield visit.finding(f"Usage of undefined variable '${name}'{suggestion}")
