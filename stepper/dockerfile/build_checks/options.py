"""The configuration of the checks: `# check=skip=A,B;error=true;experimental=C`, and the argument that replaces it.

As in BuildKit the directive ends at its first space, and the build argument BUILDKIT_DOCKERFILE_CHECK replaces all of
it. A comment of the same form above an instruction adds to what is skipped and what is experimental for that
instruction, as in the newest BuildKit.
https://docs.docker.com/reference/dockerfile/#check
"""

from collections.abc import Mapping
from dataclasses import replace

from stepper.dockerfile.directives import MalformedDirectiveError, read_directives
from stepper.dockerfile.model import Dockerfile
from stepper.dockerfile.whitespace import SPACE
from stepper.errors import DockerfileError, UsageError
from stepper.frozen import frozen

ARGUMENT = "BUILDKIT_DOCKERFILE_CHECK"
"""The build argument with the options."""

_ALL = "all"
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_HINT = "Write it as skip=Rule,Rule or skip=all, error=true, experimental=Rule or experimental=all, with ';' between."


@frozen
class CheckOptions:
    """Which rules count. `returns_error` makes a build with any warning fail."""

    skipped: frozenset[str] = frozenset()
    skips_all: bool = False
    experimental: frozenset[str] = frozenset()
    experimental_all: bool = False
    returns_error: bool = False

    def wants(self, rule: str, *, is_experimental: bool) -> bool:
        """Whether the rule counts. What is experimental has to be asked for, and `skip` says nothing about it."""
        if is_experimental:
            return self.experimental_all or rule in self.experimental
        return not (self.skips_all or rule in self.skipped)

    def with_comments(self, comments: tuple[str, ...]) -> "CheckOptions":
        """The options for an instruction that has these comments above it: the first `check=` among them counts."""
        for comment in comments:
            value = _directive_value((f"#{comment}",))
            if value is None:
                continue
            try:
                added = parse_options(value)
            except ValueError:
                return self
            return replace(
                self,
                skipped=self.skipped | added.skipped,
                skips_all=self.skips_all or added.skips_all,
                experimental=self.experimental | added.experimental,
                experimental_all=self.experimental_all or added.experimental_all,
            )
        return self


def check_options(dockerfile: Dockerfile, build_args: Mapping[str, str]) -> CheckOptions:
    """The options of the checks for one build.

    Raises `DockerfileError` for a directive that BuildKit would not take, `UsageError` for such a build argument.
    """
    argument = build_args.get(ARGUMENT)
    if argument is not None:
        try:
            return parse_options(argument)
        except ValueError as problem:
            raise UsageError(f"failed to parse build argument {ARGUMENT}: {problem}", hint=_HINT) from problem
    lines = dockerfile.lines
    if lines and lines[0].startswith("#!"):
        lines = lines[1:]
    try:
        return parse_options(_directive_value(lines) or "")
    except ValueError as problem:
        line = next((d.line for d in dockerfile.directives if d.name == "check"), None)
        raise DockerfileError(
            f"failed to parse check options: {problem}", file=dockerfile.name, line=line, hint=_HINT
        ) from problem


def parse_options(text: str) -> CheckOptions:
    """The options in a text as the directive has it. Raises `ValueError` with the reason."""
    options = CheckOptions()
    if not text.strip(SPACE):
        return options
    for part in text.strip(SPACE).split(";", 2):
        name, equals, value = part.partition("=")
        name, value = name.strip(SPACE), value.strip(SPACE)
        if not equals:
            raise ValueError(f'invalid check option "{part}"')
        if name == "skip":
            options = replace(options, skipped=_rules(value), skips_all=options.skips_all or value == _ALL)
        elif name == "experimental":
            options = replace(options, experimental=_rules(value), experimental_all=value == _ALL)
        elif name == "error":
            if value not in _TRUE | _FALSE:
                raise ValueError(f'failed to parse check option "{part}": {value!r} is neither true nor false')
            options = replace(options, returns_error=value in _TRUE)
        else:
            raise ValueError(f'invalid check option "{name}"')
    return options


def _rules(value: str) -> frozenset[str]:
    return frozenset(rule.strip(SPACE) for rule in value.split(","))


def _directive_value(lines: tuple[str, ...]) -> str | None:
    """The value of the check directive that the lines begin with; a wrong directive ends them."""
    try:
        directives = read_directives(lines)
    except MalformedDirectiveError as problem:
        directives = read_directives(lines[: problem.line - 1])
    directive = next((d for d in directives if d.name == "check"), None)
    return None if directive is None else directive.value.partition(" ")[0]
