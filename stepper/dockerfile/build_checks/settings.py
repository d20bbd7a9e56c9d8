"""Rules about single instructions.

MaintainerDeprecated, WorkdirRelativePath, LegacyKeyValueFormat, SecretsUsedInArgOrEnv.
"""

from collections.abc import Iterator

from stepper.dockerfile.build_checks.subject import Subject, Visit
from stepper.dockerfile.build_checks.warning import Finding, quoted
from stepper.dockerfile.expansion import ExpansionError
from stepper.dockerfile.flags import split_flags
from stepper.dockerfile.keywords import split_keyword
from stepper.dockerfile.secret_names import is_secret_name
from stepper.dockerfile.whitespace import SEPARATOR, SPACE


def maintainers(subject: Subject) -> Iterator[Finding]:
    """MAINTAINER, in any stage."""
    for instruction in subject.instructions:
        if instruction.keyword == "MAINTAINER":
            yield subject.finding(instruction, "Maintainer instruction is deprecated in favor of using label")


def relative_workdirs(subject: Subject) -> Iterator[Finding]:
    """The first WORKDIR of a stage and of the stages that it builds on, when it is relative."""
    for visit in subject.visits:
        if visit.keyword != "WORKDIR" or visit.has_workdir:
            continue
        try:
            path = visit.expand(visit.instruction.words[0])
        except ExpansionError:
            continue
        if visit.is_known(path) and not path.text.startswith("/"):
            message = f"Relative workdir {quoted(path.text)} can have unexpected results if the base image changes"
            yield visit.finding(message)


def legacy_pairs(subject: Subject) -> Iterator[Finding]:
    """`ENV name value` and `LABEL name value`, without an equals sign."""
    for visit in subject.visits:
        if visit.keyword in ("ENV", "LABEL") and _is_legacy(visit):
            keyword = visit.written_keyword
            yield visit.finding(
                f'"{keyword} key=value" should be used instead of legacy "{keyword} key value" format',
            )


def secrets(subject: Subject) -> Iterator[Finding]:
    """Names of ARG and ENV that say that the value is a secret: the image keeps what they hold."""
    for visit in subject.visits:
        for name in _names(visit):
            if is_secret_name(name):
                yield visit.finding(
                    f"Do not use ARG or ENV instructions for sensitive data ({visit.keyword} {quoted(name)})"
                )


def _is_legacy(visit: Visit) -> bool:
    # Only this form takes everything after the first blank as the value.
    arguments = split_flags(split_keyword(visit.instruction.text)[1], visit.escape)[1].strip(SPACE)
    return visit.instruction.words == tuple(SEPARATOR.split(arguments, maxsplit=1))


def _names(visit: Visit) -> Iterator[str]:
    words = visit.instruction.words
    if visit.keyword == "ARG":
        yield from (word.partition("=")[0] for word in words)
    elif visit.keyword == "ENV":
        for word in words[::2]:
            try:
                yield visit.expand(word).text
            except ExpansionError:
                continue
