"""Rules about the image and the platform that a FROM names.

UndefinedArgInFrom, InvalidDefaultArgInFrom, RedundantTargetPlatform, FromPlatformFlagConstDisallowed. They look at all
stages, whatever is built.
"""

from collections.abc import Iterator

from stepper.dockerfile.build_checks.subject import Subject
from stepper.dockerfile.build_checks.warning import Finding, quoted
from stepper.dockerfile.edit_distance import did_you_mean, nearest
from stepper.dockerfile.expansion import Expansion, ExpansionError, expand
from stepper.dockerfile.model import Stage
from stepper.dockerfile.platforms import parse_platform
from stepper.dockerfile.references import reference_problem

_TARGET_PLATFORM = "TARGETPLATFORM"


def undefined_arguments(subject: Subject) -> Iterator[Finding]:
    """Variables that no ARG before the first FROM declares, and that are not predefined."""
    known = set(subject.global_args)
    known.update(word.partition("=")[0] for arg in subject.dockerfile.global_args for word in arg.words)
    for stage in subject.dockerfile.stages:
        for word in (stage.base, stage.platform or ""):
            try:
                unset = expand(word, subject.global_args, escape=subject.dockerfile.escape).unset
            except ExpansionError as error:
                unset = error.unset
            for name in sorted(unset - known):
                meant = did_you_mean(nearest(name, sorted(known)))
                yield subject.finding(stage.instructions[0], f"FROM argument '{name}' is not declared{meant}")


def invalid_defaults(subject: Subject) -> Iterator[Finding]:
    """Bases that are no image names as long as no build argument is given."""
    if subject.default_args is None:
        return
    for stage in subject.dockerfile.stages:
        try:
            base = expand(stage.base, subject.default_args, escape=subject.dockerfile.escape).text
        except ExpansionError:
            return
        if reference_problem(base) is not None:
            message = f"Default value for ARG {stage.base} results in empty or invalid base image name"
            yield Finding.at(stage.instructions[0], message)


def redundant_platforms(subject: Subject) -> Iterator[Finding]:
    """`--platform=$TARGETPLATFORM`, which is what a FROM without it does."""
    for stage, platform in _platforms(subject):
        is_target = platform.used == {_TARGET_PLATFORM} and not platform.unset
        if is_target and platform.text == subject.global_args.get(_TARGET_PLATFORM):
            message = (
                f"Setting platform to predefined {stage.platform} in FROM is redundant as this is the default behavior"
            )
            yield subject.finding(stage.instructions[0], message)


def constant_platforms(subject: Subject) -> Iterator[Finding]:
    """`--platform` with a value of its own, unless the stage's name says that it is for that platform."""
    for stage, platform in _platforms(subject):
        if platform.used or platform.unset:
            continue
        try:
            parsed = parse_platform(platform.text)
        except ValueError:
            continue
        name = stage.name or ""
        if parsed.os not in name and parsed.architecture not in name:
            message = f"FROM --platform flag should not use constant value {quoted(platform.text)}"
            yield subject.finding(stage.instructions[0], message)


def _platforms(subject: Subject) -> Iterator[tuple[Stage, Expansion]]:
    """The stages with a `--platform`, and what it expands to."""
    for stage in subject.dockerfile.stages:
        if not stage.platform:
            continue
        try:
            yield stage, expand(stage.platform, subject.global_args, escape=subject.dockerfile.escape)
        except ExpansionError:
            continue
