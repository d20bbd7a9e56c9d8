"""The scope of build arguments: which variables an instruction sees, and with which value.

As BuildKit has it, where the reference says less:
- ARG and ENV write to one set of variables, and the later one wins: an ARG after an ENV of the same name counts in the
  rest of its stage, though the image keeps the ENV's value.
- A stage that builds on another one inherits its arguments, but the ENV of the image they stand on goes first.
- Global arguments are seen by FROM only; `ARG NAME` brings one into a stage.
- The proxy arguments reach RUN without an ARG, last of all, and are no part of what a step depends on.
https://docs.docker.com/reference/dockerfile/#arg
"""

from collections.abc import Mapping
from dataclasses import field, replace

from stepper.dockerfile.contexts import NO_CONTEXTS, Contexts
from stepper.dockerfile.expansion import ExpansionError, expand_word
from stepper.dockerfile.model import Dockerfile
from stepper.dockerfile.operations import ArgOperation, EnvOperation, Operation
from stepper.dockerfile.platforms import Platform, parse_platform
from stepper.errors import DockerfileError
from stepper.frozen import frozen

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""The PATH that BuildKit puts into the configuration of a stage whose base has none."""

_PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy")
NEVER_IN_THE_ENVIRONMENT = frozenset({"BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"})
"""Arguments that are BuildKit's own business: they give no variable a value."""


def is_proxy(name: str) -> bool:
    """Whether a build argument is one of the proxies, in any case of letters: they reach RUN without an ARG."""
    return name.lower() in _PROXIES


def is_taken_without_arg(name: str) -> bool:
    """Whether a build argument needs no ARG: the proxies, and what BuildKit itself reads."""
    return is_proxy(name) or name.lower() == "source_date_epoch" or name.startswith("BUILDKIT_")


@frozen
class Scope:
    """The build arguments at one place of a Dockerfile. Immutable: what changes it returns the next scope.

    `build_args` are the command line's, `global_args` those that FROM sees (the platform's and the ARGs before the
    first FROM). `arguments` are the values that count in this stage in front of ENV. `declared` are the stage's
    arguments as the image's history shows them, None where one has no value.
    """

    build_args: Mapping[str, str] = field(default_factory=dict)
    global_args: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, str | None] = field(default_factory=dict)
    contexts: Contexts = field(default_factory=dict)
    """The additional build contexts, which FROM and `--from` may name."""

    @classmethod
    def start(
        cls,
        dockerfile: Dockerfile,
        build_args: Mapping[str, str],
        *,
        platform: str = "linux/amd64",
        build_platform: str | None = None,
        target: str | None = None,
        contexts: Contexts = NO_CONTEXTS,
    ) -> "Scope":
        """The global scope, before the first FROM.

        `platform` is what is built for, `build_platform` what builds (the same unless given), `target` the stage as
        the user named it. Raises `DockerfileError` where an ARG's default cannot be expanded.
        """
        values = _predefined(dockerfile, platform, build_platform or platform, target)
        values.update((name, build_args[name]) for name in values if name in build_args)
        for instruction in dockerfile.global_args:
            for word in instruction.words:
                name, equals, default = word.partition("=")
                if name in build_args:
                    values[name] = build_args[name]
                elif equals:
                    try:
                        values[name] = expand_word(default, values, escape=dockerfile.escape)
                    except ExpansionError as error:
                        raise DockerfileError(error.message, file=dockerfile.name, line=instruction.line) from error
        return cls(build_args=dict(build_args), global_args=values, contexts=contexts)

    def enter_stage(self, environment: Mapping[str, str]) -> "Scope":
        """The scope after a FROM.

        Called on the global scope for a stage on an image or on `scratch`, and on the scope at the end of the stage
        that this one builds on. `environment` is the ENV of the image that the stage starts from.
        """
        return self._without(environment)

    def after(self, operation: Operation) -> "Scope":
        """The scope after an instruction of a stage: an ARG or an ENV changes it, the others do not."""
        if isinstance(operation, ArgOperation):
            return self._with_arguments(operation)
        if isinstance(operation, EnvOperation):
            return self._without(dict(operation.pairs))
        return self

    def argument(self, name: str) -> str | None:
        """The value that `ARG name` without a default gives: the command line's, the global one, or None."""
        return self.build_args.get(name, self.global_args.get(name))

    def variables(self, environment: Mapping[str, str]) -> Mapping[str, str]:
        """What the words of a stage's instructions can use. `environment` is ENV as the image has it here."""
        return {**environment, **self.arguments}

    def run_environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The environment of a RUN: its variables, and the proxies in front of all. See `variables`."""
        return {**self.variables(environment), **self.proxies}

    @property
    def proxies(self) -> dict[str, str]:
        """The command line's proxies, each in upper and in lower case. No step depends on them, no image keeps them."""
        found: dict[str, str] = {}
        for name in sorted(self.build_args):
            if is_proxy(name) and (value := self.build_args[name]):
                found[name.upper()] = found[name.lower()] = value
        return found

    def history_arguments(self, environment: Mapping[str, str]) -> tuple[str, ...]:
        """The arguments as `docker history` shows them in front of a RUN: `("|1", "VERSION=2")`, empty without any."""
        if not self.declared:
            return ()
        variables = self.variables(environment)
        shown = [f"{name}={variables.get(name, value or '')}" for name, value in self.declared.items()]
        return (f"|{len(shown)}", *shown)

    def _without(self, names: Mapping[str, str]) -> "Scope":
        """ENV has set these names: from here on its values count."""
        kept = {name: value for name, value in self.arguments.items() if name not in names}
        return replace(self, arguments=kept)

    def _with_arguments(self, operation: ArgOperation) -> "Scope":
        arguments = dict(self.arguments)
        declared = dict(self.declared)
        for name, value in operation.pairs:
            declared[name] = value
            if value is not None and name not in NEVER_IN_THE_ENVIRONMENT:
                arguments[name] = value
        return replace(self, arguments=arguments, declared=declared)


def _predefined(dockerfile: Dockerfile, platform: str, build_platform: str, target: str | None) -> dict[str, str]:
    target_stage = target or (dockerfile.stages[-1].name if dockerfile.stages else None) or "default"
    built_for, built_on = parse_platform(platform), parse_platform(build_platform)
    return {**_platform_args("BUILD", built_on), **_platform_args("TARGET", built_for), "TARGETSTAGE": target_stage}


def _platform_args(prefix: str, platform: Platform) -> dict[str, str]:
    return {
        f"{prefix}PLATFORM": str(platform),
        f"{prefix}OS": platform.os,
        f"{prefix}OSVERSION": platform.os_version,
        f"{prefix}ARCH": platform.architecture,
        f"{prefix}VARIANT": platform.variant,
    }
