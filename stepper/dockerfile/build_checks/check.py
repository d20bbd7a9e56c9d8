"""Runs the rules over a Dockerfile."""

from collections.abc import Iterator, Mapping

from stepper.dockerfile.build_checks.comments import comments_above
from stepper.dockerfile.build_checks.options import check_options
from stepper.dockerfile.build_checks.registry import RULES
from stepper.dockerfile.build_checks.subject import Subject
from stepper.dockerfile.build_checks.visits import Bases, Follower
from stepper.dockerfile.build_checks.warning import CheckWarning
from stepper.dockerfile.graph import find_stage, stage_graph
from stepper.dockerfile.ignore import IgnoreFile
from stepper.dockerfile.model import Dockerfile
from stepper.dockerfile.scope import Scope
from stepper.dockerfile.validate import unknown_target
from stepper.errors import DockerfileError


def check(
    dockerfile: Dockerfile,
    *,
    build_args: Mapping[str, str] | None = None,
    target: str | None = None,
    platform: str = "linux/amd64",
    ignore_file: IgnoreFile | None = None,
    bases: Bases | None = None,
) -> tuple[CheckWarning, ...]:
    """The warnings about a Dockerfile, in the order of their lines, each once.

    With a `target`, the name or number of a stage, the rules about what a stage does look at the stages that it needs;
    without one at all of them, as `docker build --check` does. `ignore_file` is that of the build context, `bases` what
    is known of the images that the stages start from (None for one that is not).

    The Dockerfile's own `# check=` and the build argument BUILDKIT_DOCKERFILE_CHECK say which rules count. Raises
    `DockerfileError` and `UsageError` where they cannot be read, and `DockerfileError` for a Dockerfile whose global
    arguments or stages make no sense; other errors of a build leave out only what hangs on them.
    """
    build_args = build_args or {}
    options = check_options(dockerfile, build_args)
    subject = _subject(dockerfile, build_args, target, platform, ignore_file, bases)
    found: dict[CheckWarning, int] = {}
    for number, rule in enumerate(RULES):
        for finding in rule.find(subject):
            if options.with_comments(finding.comments).wants(rule.name, is_experimental=rule.is_experimental):
                warning = CheckWarning(
                    rule.name, finding.line, finding.end_line, finding.message, rule.description, rule.url
                )
                found.setdefault(warning, number)
    return tuple(sorted(found, key=lambda warning: (warning.line, found[warning], warning.message)))


def _subject(
    dockerfile: Dockerfile,
    build_args: Mapping[str, str],
    target: str | None,
    platform: str,
    ignore_file: IgnoreFile | None,
    bases: Bases | None,
) -> Subject:
    scope = Scope.start(dockerfile, build_args, platform=platform, target=target)
    instructions = (
        *dockerfile.global_args,
        *(instruction for stage in dockerfile.stages for instruction in stage.instructions),
    )
    comments = comments_above(dockerfile, instructions)
    stages = _stages(dockerfile, build_args, target, platform)
    return Subject(
        dockerfile=dockerfile,
        instructions=instructions,
        comments=comments,
        visits=tuple(Follower(dockerfile, scope, comments, bases).visits(stages)),
        global_args=scope.global_args,
        default_args=_default_args(dockerfile, platform, target),
        ignore_file=ignore_file,
    )


def _stages(dockerfile: Dockerfile, build_args: Mapping[str, str], target: str | None, platform: str) -> Iterator[int]:
    if target is None:
        yield from range(len(dockerfile.stages))
        return
    index = find_stage(dockerfile, target)
    if index is None:
        raise unknown_target(dockerfile, target)
    yield from stage_graph(dockerfile, build_args, platform=platform, target=target).needed(index)


def _default_args(dockerfile: Dockerfile, platform: str, target: str | None) -> Mapping[str, str] | None:
    try:
        return Scope.start(dockerfile, {}, platform=platform, target=target).global_args
    except DockerfileError:
        return None
