"""From an instruction as it is written to the operation that it asks for: variables expanded, values checked.

What expands and what does not is BuildKit's choice: not the commands of RUN, CMD, ENTRYPOINT and HEALTHCHECK, not
SHELL, MAINTAINER and ONBUILD, not `COPY --from`. The pairs of one ENV or LABEL all see the state before it, those of
one ARG see each other. What Stepper does not run yet is an error that says so: nothing is silently ignored.
"""

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from stepper.dockerfile.checks import check
from stepper.dockerfile.edit_distance import did_you_mean, nearest
from stepper.dockerfile.expansion import ExpansionError, expand, expand_word, expand_words
from stepper.dockerfile.flags import is_on
from stepper.dockerfile.graph import copy_source, from_source
from stepper.dockerfile.healthcheck import parse_healthcheck
from stepper.dockerfile.heredocs import heredoc_mark
from stepper.dockerfile.keywords import KEYWORDS
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.dockerfile.modes import check_mode
from stepper.dockerfile.operations import (
    ArgOperation,
    CmdOperation,
    CopyOperation,
    EntrypointOperation,
    EnvOperation,
    ExposeOperation,
    FromOperation,
    HealthcheckOperation,
    InlineFile,
    LabelOperation,
    MaintainerOperation,
    OnbuildOperation,
    Operation,
    RunOperation,
    ShellOperation,
    StopSignalOperation,
    UserOperation,
    VolumeOperation,
    WorkdirOperation,
)
from stepper.dockerfile.platforms import parse_platform
from stepper.dockerfile.ports import exposed_ports
from stepper.dockerfile.scope import DEFAULT_PATH, Scope
from stepper.dockerfile.signals import is_signal
from stepper.dockerfile.sources import SourceKind, source_kind
from stepper.dockerfile.whitespace import SPACE
from stepper.errors import DockerfileError

DEFAULT_SHELL = ("/bin/sh", "-c")
"""What runs a shell form where no SHELL says otherwise."""


class StageConfig(Protocol):
    """What an instruction's meaning takes from the image configuration before it."""

    @property
    def environment(self) -> Mapping[str, str]:
        """ENV."""

    @property
    def working_dir(self) -> str:
        """WORKDIR, "" where none was set."""

    @property
    def shell(self) -> tuple[str, ...] | None:
        """SHELL, None where none was set."""


@dataclass(frozen=True)
class BareConfig:
    """The configuration of an empty image, as far as instructions look at it."""

    environment: Mapping[str, str] = field(default_factory=lambda: {"PATH": DEFAULT_PATH})
    working_dir: str = ""
    shell: tuple[str, ...] | None = None


@dataclass(frozen=True)
class _Place:
    """Where an instruction stands, as far as its meaning depends on it."""

    dockerfile: Dockerfile
    stage: int
    scope: Scope
    config: StageConfig

    @property
    def variables(self) -> Mapping[str, str]:
        return self.scope.variables(self.config.environment)

    @property
    def shell(self) -> tuple[str, ...]:
        return self.config.shell or DEFAULT_SHELL


def resolve(
    instruction: Instruction, scope: Scope, *, dockerfile: Dockerfile, stage: int, config: StageConfig | None = None
) -> Operation:
    """The operation that the instruction asks for.

    `scope` and `config` are as they are before the instruction (no `config` is that of an empty image). `stage` is the
    index of the stage that runs it: for an ONBUILD trigger the one that it is triggered in.

    Raises `DockerfileError` with the instruction's line for what BuildKit would not build and for what Stepper does not
    run yet.
    """
    try:
        resolver = _RESOLVERS.get(instruction.keyword)
        if resolver is None:
            meant = did_you_mean(nearest(instruction.keyword, sorted(KEYWORDS)))
            raise MalformedError(f"unknown instruction: {instruction.keyword}{meant}")
        check(instruction)
        return resolver(instruction, _Place(dockerfile, stage, scope, config or BareConfig()))
    except (MalformedError, ExpansionError) as error:
        raise DockerfileError(error.message, file=dockerfile.name, line=instruction.line, hint=error.hint) from error


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
            return [*instruction.words[:1], _flag(instruction, "platform") or ""]
        case "ARG":
            return [default for _, equals, default in (word.partition("=") for word in instruction.words) if equals]
        case "ADD" | "COPY":
            words = [word for word in instruction.words if heredoc_mark(word) is None]
            return [*words, *(_flag(instruction, name) or "" for name in ("chown", "chmod"))]
        case "ENV" | "LABEL" | "EXPOSE" | "STOPSIGNAL" | "USER" | "VOLUME" | "WORKDIR":
            return list(instruction.words)
        case _:
            return []


def _from(instruction: Instruction, place: _Place) -> FromOperation:
    source = from_source(instruction, place.dockerfile, place.stage, place.scope)
    flag = instruction.flag("platform")
    platform = None if flag is None else _platform(flag.value or "", place)
    return FromOperation(source.image, source.stage, None if source.image is None else platform, source.context)


def _platform(written: str, place: _Place) -> str:
    text = expand_word(written, place.scope.global_args, escape=place.dockerfile.escape)
    if not text:
        raise MalformedError(f"--platform={written} is empty once its arguments are expanded")
    try:
        return str(parse_platform(text))
    except ValueError as error:
        raise MalformedError(str(error)) from error


def _run(instruction: Instruction, place: _Place) -> RunOperation:
    if instruction.flag("mount") is not None:
        raise _not_yet("RUN --mount")
    if instruction.flag("device") is not None:
        raise _not_yet("RUN --device")
    if _flag(instruction, "security") == "insecure":
        raise _not_yet("RUN --security=insecure")
    network = _flag(instruction, "network")
    history = place.scope.history_arguments(place.config.environment)
    if instruction.json_form:
        if not instruction.words:
            raise MalformedError("RUN [] has no command", hint='Write it as RUN ["executable", "argument"].')
        argv, script = instruction.words, None
        command: tuple[str, ...] = argv
    else:
        argv, script = None, _script(instruction)
        command = (*place.shell, script)
    operation = RunOperation(
        argv=argv,
        script=script,
        name=" ".join((*history, *command)),
        heredocs=instruction.heredocs,
        network=None if network == "default" else network,
    )
    if operation.script_file is None:
        return operation
    return replace(operation, name=" ".join((*history, *place.shell, operation.script_file.path)))


def _script(instruction: Instruction) -> str:
    """The shell form's text, with its heredocs behind it; the body alone where the command is nothing but a heredoc."""
    command = " ".join(instruction.words)
    if not instruction.heredocs:
        return command
    if heredoc_mark(command) is not None:
        return instruction.heredocs[0].body
    return command + "".join(f"\n{heredoc.written}{heredoc.name}" for heredoc in instruction.heredocs)


def _copy(instruction: Instruction, place: _Place) -> CopyOperation:
    return _copied(instruction, place, unpack=False)


def _add(instruction: Instruction, place: _Place) -> CopyOperation:
    unpack = instruction.flag("unpack")
    return _copied(instruction, place, unpack=True if unpack is None else is_on(unpack))


def _copied(instruction: Instruction, place: _Place, *, unpack: bool) -> CopyOperation:
    for name in ("link", "parents", "keep-git-dir"):
        if is_on(instruction.flag(name)):
            raise _not_yet(f"{instruction.keyword} --{name}")
    for name in ("exclude", "checksum"):
        if instruction.flag(name) is not None:
            raise _not_yet(f"{instruction.keyword} --{name}")
    paths: list[str] = []
    inline_files: list[InlineFile] = []
    for word in instruction.words[:-1]:
        mark = heredoc_mark(word)
        if mark is None:
            paths.append(_word(word, place))
        else:
            inline_files.append(_inline_file(mark.name, instruction, place))
    for path in paths:
        _check_source(instruction.keyword, path)
    chmod = _word(_flag(instruction, "chmod") or "", place)
    if chmod:
        check_mode(chmod)
    source = copy_source(instruction, place.dockerfile, place.stage, place.scope.contexts)
    return CopyOperation(
        sources=tuple(paths),
        destination=_word(instruction.words[-1], place),
        from_stage=None if source is None else source.stage,
        from_image=None if source is None else source.image,
        from_context=None if source is None else source.context,
        chown=_word(_flag(instruction, "chown") or "", place) or None,
        chmod=chmod or None,
        inline_files=tuple(inline_files),
        unpack=unpack,
    )


def _inline_file(name: str, instruction: Instruction, place: _Place) -> InlineFile:
    """The file of a heredoc. Of two with one name the last body counts for both, as in BuildKit."""
    heredoc = next((heredoc for heredoc in reversed(instruction.heredocs) if heredoc.name == name), None)
    if heredoc is None:
        return InlineFile(name, "")
    if not heredoc.expand:
        return InlineFile(name, heredoc.body)
    # The escape character of a body is the backslash, whatever the Dockerfile's is.
    return InlineFile(name, expand(heredoc.body, place.variables, quotes=False).text)


def _check_source(keyword: str, source: str) -> None:
    kind = source_kind(source)
    if kind is SourceKind.PATH:
        return
    if keyword == "COPY":
        raise MalformedError(f"source can't be {kind.value} for COPY: {source}", hint="Use ADD for it.")
    raise _not_yet(f"ADD of {kind.value} ({source})")


def _workdir(instruction: Instruction, place: _Place) -> WorkdirOperation:
    path = _word(instruction.words[0], place)
    workdir = place.config.working_dir
    current = workdir if workdir.startswith("/") else _joined("/", workdir)
    if not path:
        return WorkdirOperation(current)
    return WorkdirOperation(path if path.startswith("/") else _joined(current, path))


def _joined(parent: str, path: str) -> str:
    # POSIX keeps two slashes at the start, Go and the kernel do not.
    return "/" + posixpath.normpath(posixpath.join(parent, path)).lstrip("/")


def _env(instruction: Instruction, place: _Place) -> EnvOperation:
    return EnvOperation(_pairs(instruction, place))


def _label(instruction: Instruction, place: _Place) -> LabelOperation:
    return LabelOperation(_pairs(instruction, place))


def _pairs(instruction: Instruction, place: _Place) -> tuple[tuple[str, str], ...]:
    words = [_word(word, place) for word in instruction.words]
    return tuple(zip(words[::2], words[1::2], strict=True))


def _arg(instruction: Instruction, place: _Place) -> ArgOperation:
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


def _user(instruction: Instruction, place: _Place) -> UserOperation:
    return UserOperation(_word(instruction.words[0], place))


def _expose(instruction: Instruction, place: _Place) -> ExposeOperation:
    ports: list[str] = []
    for word in sorted(instruction.words):
        for specification in expand_words(word, place.variables, escape=place.dockerfile.escape):
            ports.extend(exposed_ports(specification))
    return ExposeOperation(tuple(ports))


def _volume(instruction: Instruction, place: _Place) -> VolumeOperation:
    paths = tuple(_word(word.strip(SPACE), place) for word in instruction.words)
    if not all(paths):
        raise MalformedError("VOLUME specified can not be an empty string")
    return VolumeOperation(paths)


def _stopsignal(instruction: Instruction, place: _Place) -> StopSignalOperation:
    signal = _word(instruction.words[0], place)
    if not is_signal(signal):
        raise MalformedError(f"invalid signal: {signal}", hint="Write a name such as SIGTERM, or its number.")
    return StopSignalOperation(signal)


def _cmd(instruction: Instruction, place: _Place) -> CmdOperation:
    return CmdOperation(*_command(instruction))


def _entrypoint(instruction: Instruction, place: _Place) -> EntrypointOperation:
    return EntrypointOperation(*_command(instruction))


def _command(instruction: Instruction) -> tuple[tuple[str, ...] | None, str | None]:
    return (instruction.words, None) if instruction.json_form else (None, " ".join(instruction.words))


def _healthcheck(instruction: Instruction, place: _Place) -> HealthcheckOperation:
    return parse_healthcheck(instruction)


def _shell(instruction: Instruction, place: _Place) -> ShellOperation:
    return ShellOperation(instruction.words)


def _onbuild(instruction: Instruction, place: _Place) -> OnbuildOperation:
    if instruction.trigger is None:
        raise MalformedError("ONBUILD requires at least one argument")
    return OnbuildOperation(instruction.words[0], instruction.trigger)


def _maintainer(instruction: Instruction, place: _Place) -> MaintainerOperation:
    return MaintainerOperation(instruction.words[0])


def _word(word: str, place: _Place) -> str:
    return expand_word(word, place.variables, escape=place.dockerfile.escape)


def _flag(instruction: Instruction, name: str) -> str | None:
    flag = instruction.flag(name)
    return None if flag is None else flag.value


def _not_yet(feature: str) -> MalformedError:
    return MalformedError(f"Stepper does not run {feature} yet")


_RESOLVERS: Mapping[str, Callable[[Instruction, _Place], Operation]] = {
    "ADD": _add,
    "ARG": _arg,
    "CMD": _cmd,
    "COPY": _copy,
    "ENTRYPOINT": _entrypoint,
    "ENV": _env,
    "EXPOSE": _expose,
    "FROM": _from,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _label,
    "MAINTAINER": _maintainer,
    "ONBUILD": _onbuild,
    "RUN": _run,
    "SHELL": _shell,
    "STOPSIGNAL": _stopsignal,
    "USER": _user,
    "VOLUME": _volume,
    "WORKDIR": _workdir,
}
