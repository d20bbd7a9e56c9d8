"""Runs the rules over a Dockerfile."""

from collections.abc import Iterator, Mapping

from stepper.dockerfile.build_checks.comments import comments_above
from stepper.dockerfile.build_checks.options import check_options
from stepper.dockerfile.build_checks.registry import RULES
from stepper.dockerfile.build_checks.subject import Subject
from stepper.dockerfile.build_checks.visits import Bases, Follower
from stepper.dockerfile.build_checks.warning import CheckWarning
from stepper.dockerfile.contexts import NO_CONTEXTS, Contexts
from stepper.dockerfile.graph import find_stage, stage_graph
from stepper.dockerfile.ignore import IgnoreFile
from stepper.dockerfile.model import Dockerfile
from stepper.dockerfile.scope import Scope
from stepper.dockerfile.validate import unknown_target
from stepper.errors import DockerfileError
from stepper.frozen import frozen


def check(
    dockerfile: Dockerfile,
    *,
    build_args: Mapping[str, str] | None = None,
    target: str | None = None,
    platform: str = "linux/amd64",
    build_platform: str | None = None,
    contexts: Contexts = NO_CONTEXTS,
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
    request = _Request(build_args or {}, target, platform, build_platform, contexts)
    options = check_options(dockerfile, request.build_args)
    subject = _subject(dockerfile, request, ignore_file, bases)
    found: dict[CheckWarning, int] = {}
    for number, rule in enumerate(RULES):
        for finding in rule.find(subject):
            if options.with_comments(finding.comments).wants(rule.name, is_experimental=rule.is_experimental):
                warning = CheckWarning(
                    rule.name, finding.line, finding.end_line, finding.message, rule.description, rule.url
                )
                found.setdefault(warning, number)
    return tuple(sorted(found, key=lambda warning: (warning.line, found[warning], warning.message)))


@frozen
class _Request:
    """What the build is asked for; see `check`."""

    build_args: Mapping[str, str]
    target: str | None
    platform: str
    build_platform: str | None
    contexts: Contexts

    def scope(self, dockerfile: Dockerfile, build_args: Mapping[str, str]) -> Scope:
        """The scope before the first FROM with these build arguments."""
        return Scope.start(
            dockerfile,
            build_args,
            platform=self.platform,
            build_platform=self.build_platform,
            target=self.target,
            contexts=self.contexts,
        )

    def stages(self, dockerfile: Dockerfile) -> Iterator[int]:
        """The stages to look at."""
        if self.target is None:
            yield from range(len(dockerfile.stages))
            return
        index = find_stage(dockerfile, self.target)
        if index is None:
            raise unknown_target(dockerfile, self.target)
        graph = stage_graph(
            dockerfile,
            self.build_args,
            platform=self.platform,
            build_platform=self.build_platform,
            target=self.target,
            contexts=self.contexts,
        )
        yield from graph.needed(index)


def _subject(dockerfile: Dockerfile, request: _Request, ignore_file: IgnoreFile | None, bases: Bases | None) -> Subject:
    scope = request.scope(dockerfile, request.build_args)
    instructions = (
        *dockerfile.global_args,
        *(instruction for stage in dockerfile.stages for instruction in stage.instructions),
    )
    comments = comments_above(dockerfile, instructions)
    return Subject(
        dockerfile=dockerfile,
        instructions=instructions,
        comments=comments,
        visits=tuple(Follower(dockerfile, scope, comments, bases).visits(request.stages(dockerfile))),
        global_args=scope.global_args,
        default_args=_default_args(dockerfile, request),
        ignore_file=ignore_file,
    )


def _default_args(dockerfile: Dockerfile, request: _Request) -> Mapping[str, str] | None:
    try:
        return request.scope(dockerfile, {}).global_args
    except DockerfileError:
        return None
