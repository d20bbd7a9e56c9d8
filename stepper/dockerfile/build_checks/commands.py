"""Rules about what an image runs: JSONArgsRecommended, MultipleInstructionsDisallowed."""

from collections.abc import Iterator

from stepper.dockerfile.build_checks.subject import Subject, Visit
from stepper.dockerfile.build_checks.warning import Finding

_COMMANDS = frozenset({"CMD", "ENTRYPOINT"})
_ONCE = _COMMANDS | {"HEALTHCHECK"}


def shell_forms(subject: Subject) -> Iterator[Finding]:
    """CMD and ENTRYPOINT in shell form, unless a SHELL says which shell is meant."""
    for visit in subject.visits:
        if visit.keyword in _COMMANDS and not visit.instruction.json_form and not visit.shell:
            yield visit.finding(
                f"JSON arguments recommended for {visit.written_keyword} "
                "to prevent unintended behavior related to OS signals"
            )


def repeated(subject: Subject) -> Iterator[Finding]:
    """CMD, ENTRYPOINT and HEALTHCHECK that a later one of their stage makes void.

    The finding is at the void one; the comments that count and the keyword in the message are the later one's.
    """
    last: dict[tuple[int, str], Visit] = {}
    for visit in subject.visits:
        if visit.keyword not in _ONCE:
            continue
        void = last.get((visit.stage, visit.keyword))
        if void is not None:
            message = (
                f"Multiple {visit.written_keyword} instructions should not be used in the same stage "
                "because only the last one will be used"
            )
            yield Finding.at(void.instruction, message, visit.comments)
        last[visit.stage, visit.keyword] = visit
