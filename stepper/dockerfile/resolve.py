"""From an instruction as it is written to the operation that it asks for: variables expanded, values checked.

What expands and what does not is BuildKit's choice: not the commands of RUN, CMD, ENTRYPOINT and HEALTHCHECK, not
SHELL, MAINTAINER and ONBUILD, not `COPY --from`. The pairs of one ENV or LABEL all see the state before it, those of
one ARG see each other. Nothing is silently ignored.
"""

import posixpath
from collections.abc import Callable, Mapping

from stepper.dockerfile.checks import check
from stepper.dockerfile.edit_distance import did_you_mean, nearest
from stepper.dockerfile.expansion import ExpansionError, expand, expand_word, expand_words
from stepper.dockerfile.graph import from_source
from stepper.dockerfile.healthcheck import parse_healthcheck
from stepper.dockerfile.heredocs import heredoc_mark
from stepper.dockerfile.keywords import KEYWORDS
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.dockerfile.mount_options import mount_words
from stepper.dockerfile.operations import (
    ArgOperation,
    BuildOperation,
    CmdOperation,
    EntrypointOperation,
    EnvOperation,
    ExposeOperation,
    FromOperation,
    HealthcheckOperation,
    LabelOperation,
    MaintainerOperation,
    OnbuildOperation,
    Operation,
    ShellOperation,
    StopSignalOperation,
    UserOperation,
    VolumeOperation,
    WorkdirOperation,
)
from stepper.dockerfile.place import BareConfig, Place, StageConfig
from stepper.dockerfile.platforms import parse_platform
from stepper.dockerfile.ports import exposed_ports
from stepper.dockerfile.resolve_copy import resolve_add, resolve_copy
from stepper.dockerfile.resolve_run import resolve_run
from stepper.dockerfile.scope import Scope
from stepper.dockerfile.signals import is_signal
from stepper.dockerfile.whitespace import SPACE
from stepper.errors import DockerfileError


def resolve(
    instruction: Instruction, scope: Scope, *, dockerfile: Dockerfile, stage: int, config: StageConfig | None = None
) -> Operation:
    """The operation that the instruction asks for.

    `scope` and `config` are as they are before the instruction (no `config` is that of an empty image). `stage` is the
    index of the stage that runs it: for an ONBUILD trigger the one that it is triggered in.

    A file of another language is one operation. Raises `DockerfileError` with the instruction's line for what BuildKit
    would not build.
    """
    if dockerfile.handed_over is not None:
        return BuildOperation(dockerfile.handed_over.frontend, dockerfile.handed_over.data)
    try:
        resolver = _RESOLVERS.get(instruction.keyword)
        if resolver is None:
            meant = did_you_mean(nearest(instruction.keyword, sorted(KEYWORDS)))
            raise MalformedError(f"unknown instruction: {instruction.keyword}{meant}")
        check(instruction)
        return resolver(instruction, Place(dockerfile, stage, scope, config or BareConfig()))
    except (MalformedError, ExpansionError) as error:
        word = error.word if isinstance(error, MalformedError) else None
        raise DockerfileError(
            error.message, file=dockerfile.name, line=instruction.line, hint=error.hint, word=word
        ) from error


def unset_variables(
    instruction: Instruction, scope: Scope, *, dockerfile: Dockerfile, config: StageConfig | None = None
) -> frozenset[str]:
    """The variables that the instruction uses and that have no value. A word that cannot be expanded counts as far as
    it was read.
    """
    if instruction.keyword == "FROM":
        variables = scope.global_args
    else:
        variables = scope.variables((config or BareConfig()).environment)
    unset: set[str] = set()
    for word in _expandable_words(instruction):
        try:
            unset |= expand(word, variables, escape=dockerfile.escape).unset
        except ExpansionError as error:
            unset |= error.unset
    return frozenset(unset)


def _expandable_words(instruction: Instruction) -> list[str]:
    match instruction.keyword:
        case "FROM":
            return [*instruction.words[:1], _flag_value(instruction, "platform")]
        case "ARG":
            return [default for _, equals, default in (word.partition("=") for word in instruction.words) if equals]
        case "ADD" | "COPY":
            words = [word for word in instruction.words if heredoc_mark(word) is None]
            return [*words, *(_flag_value(instruction, name) for name in ("chown", "chmod"))]
        case "RUN":
            mounts = [flag.value or "" for flag in instruction.flags if flag.name == "mount"]
            return [word for mount in mounts for word in mount_words(mount)]
        case "ENV" | "LABEL" | "EXPOSE" | "STOPSIGNAL" | "USER" | "VOLUME" | "WORKDIR":
            return list(instruction.words)
        case _:
            return []


def _flag_value(instruction: Instruction, name: str) -> str:
    flag = instruction.flag(name)
    return (flag.value or "") if flag is not None else ""


def _from(instruction: Instruction, place: Place) -> FromOperation:
    source = from_source(instruction, place.dockerfile, place.stage, place.scope)
    flag = instruction.flag("platform")
    platform = None if flag is None else _platform(flag.value or "", place)
    return FromOperation(source.image, source.stage, None if source.image is None else platform, source.context)


def _platform(written: str, place: Place) -> str:
    text = expand_word(written, place.scope.global_args, escape=place.dockerfile.escape)
    if not text:
        raise MalformedError(f"--platform={written} is empty once its arguments are expanded")
    try:
        return str(parse_platform(text))
    except ValueError as error:
        raise MalformedError(str(error)) from error


def _workdir(instruction: Instruction, place: Place) -> WorkdirOperation:
    path = place.expanded(instruction.words[0])
    workdir = place.config.working_dir
    current = workdir if workdir.startswith("/") else _joined("/", workdir)
    if not path:
        return WorkdirOperation(current)
    return WorkdirOperation(path if path.startswith("/") else _joined(current, path))


def _joined(parent: str, path: str) -> str:
    # POSIX keeps two slashes at the start, Go and the kernel do not.
    return "/" + posixpath.normpath(posixpath.join(parent, path)).lstrip("/")


def _env(instruction: Instruction, place: Place) -> EnvOperation:
    return EnvOperation(_pairs(instruction, place))


def _label(instruction: Instruction, place: Place) -> LabelOperation:
    return LabelOperation(_pairs(instruction, place))


def _pairs(instruction: Instruction, place: Place) -> tuple[tuple[str, str], ...]:
    words = [place.expanded(word) for word in instruction.words]
    return tuple(zip(words[::2], words[1::2], strict=True))


def _arg(instruction: Instruction, place: Place) -> ArgOperation:
    scope = place.scope
    pairs: list[tuple[str, str | None]] = []
    for word in instruction.words:
        name, equals, default = word.partition("=")
        if equals and name not in scope.build_args:
            variables = scope.variables(place.config.environment)
            value: str | None = expand_word(default, variables, escape=place.dockerfile.escape)
        else:
            value = scope.argument(name)
        pairs.append((name, value))
        scope = scope.after(ArgOperation(((name, value),)))
    return ArgOperation(tuple(pairs))


def _user(instruction: Instruction, place: Place) -> UserOperation:
    return UserOperation(place.expanded(instruction.words[0]))


def _expose(instruction: Instruction, place: Place) -> ExposeOperation:
    ports: list[str] = []
    for word in sorted(instruction.words):
        for specification in expand_words(word, place.variables, escape=place.dockerfile.escape):
            ports.extend(exposed_ports(specification))
    return ExposeOperation(tuple(ports))


def _volume(instruction: Instruction, place: Place) -> VolumeOperation:
    paths = tuple(place.expanded(word.strip(SPACE)) for word in instruction.words)
    if not all(paths):
        raise MalformedError("VOLUME specified can not be an empty string")
    return VolumeOperation(paths)


def _stopsignal(instruction: Instruction, place: Place) -> StopSignalOperation:
    signal = place.expanded(instruction.words[0])
    if not is_signal(signal):
        raise MalformedError(f"invalid signal: {signal}", hint="Write a name such as SIGTERM, or its number.")
    return StopSignalOperation(signal)


def _cmd(instruction: Instruction, place: Place) -> CmdOperation:
    return CmdOperation(*_command(instruction))


def _entrypoint(instruction: Instruction, place: Place) -> EntrypointOperation:
    return EntrypointOperation(*_command(instruction))


def _command(instruction: Instruction) -> tuple[tuple[str, ...] | None, str | None]:
    return (instruction.words, None) if instruction.json_form else (None, " ".join(instruction.words))


def _healthcheck(instruction: Instruction, place: Place) -> HealthcheckOperation:
    return parse_healthcheck(instruction)


def _shell(instruction: Instruction, place: Place) -> ShellOperation:
    return ShellOperation(instruction.words)


def _onbuild(instruction: Instruction, place: Place) -> OnbuildOperation:
    if instruction.trigger is None:
        raise MalformedError("ONBUILD requires at least one argument")
    return OnbuildOperation(instruction.words[0], instruction.trigger)


def _maintainer(instruction: Instruction, place: Place) -> MaintainerOperation:
    return MaintainerOperation(instruction.words[0])


_RESOLVERS: Mapping[str, Callable[[Instruction, Place], Operation]] = {
    "ADD": resolve_add,
    "ARG": _arg,
    "CMD": _cmd,
    "COPY": resolve_copy,
    "ENTRYPOINT": _entrypoint,
    "ENV": _env,
    "EXPOSE": _expose,
    "FROM": _from,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _label,
    "MAINTAINER": _maintainer,
    "ONBUILD": _onbuild,
    "RUN": resolve_run,
    "SHELL": _shell,
    "STOPSIGNAL": _stopsignal,
    "USER": _user,
    "VOLUME": _volume,
    "WORKDIR": _workdir,
}
