"""What an instruction does to the image configuration, and the line it adds to the image's history.

The rules and the wording are BuildKit's Dockerfile frontend's, since the final image is to be the same as that of
`docker build`.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from stepper.dockerfile.operations import (
    ArgOperation,
    CmdOperation,
    CopyOperation,
    EntrypointOperation,
    EnvOperation,
    ExposeOperation,
    FromOperation,
    HealthcheckOperation,
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
from stepper.dockerfile.place import DEFAULT_SHELL
from stepper.dockerfile.scope import DEFAULT_PATH
from stepper.engine import go_format
from stepper.image.config import Healthcheck, HistoryEntry, ImageConfig

HISTORY_COMMENT = "buildkit.dockerfile.v0"
"""The mark that tools know the wording of `created_by` by."""


def scratch_config(platform: str) -> ImageConfig:
    """The configuration of `FROM scratch` on a platform such as `linux/arm64/v8`."""
    os, _, rest = platform.partition("/")
    architecture, _, variant = rest.partition("/")
    return begin_stage(ImageConfig(working_dir="/", os=os, architecture=architecture, variant=variant))


def begin_stage(config: ImageConfig) -> ImageConfig:
    """The configuration that a stage starts with, from that of the image or the stage in its FROM.

    The ONBUILD triggers are gone (they become steps of this stage), CMD counts as inherited, and PATH is always set.
    """
    env = config.env if "PATH" in config.environment else (*config.env, ("PATH", DEFAULT_PATH))
    return replace(config, env=env, on_build=(), cmd_in_stage=False)


def apply(operation: Operation, config: ImageConfig, *, created: str | None = None) -> ImageConfig:
    """The configuration after an instruction other than FROM, with its history entry (ONBUILD has none).

    `created` is the time in the history (RFC 3339), None for now. The entry of RUN, COPY, ADD and WORKDIR says that
    they made a layer; `without_layer` corrects that for one that did not.
    """
    if isinstance(operation, FromOperation):
        raise TypeError("a stage starts with begin_stage")
    change: Callable[[Any, ImageConfig], ImageConfig] | None = _CHANGES.get(type(operation))
    changed = config if change is None else change(operation, config)
    if isinstance(operation, OnbuildOperation):
        return changed
    entry = HistoryEntry(
        created=created or now(),
        created_by=_created_by(operation, changed),
        empty_layer=not _makes_layer(operation),
        comment=HISTORY_COMMENT,
    )
    return replace(changed, history=(*config.history, entry))


def without_layer(config: ImageConfig) -> ImageConfig:
    """The configuration whose last history entry made no layer."""
    return replace(config, history=(*config.history[:-1], replace(config.history[-1], empty_layer=True)))


def shell_of(config: ImageConfig) -> tuple[str, ...]:
    """The words that a shell form is run with."""
    return config.shell or DEFAULT_SHELL


def now() -> str:
    """The time as it is written into a history."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def time_text(seconds: int) -> str:
    """A time in seconds since 1970 as it is written into a history. Raises `OverflowError` where no year has it."""
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    return (epoch + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _command(operation: CmdOperation | EntrypointOperation, config: ImageConfig) -> tuple[str, ...]:
    if operation.argv is not None:
        return operation.argv
    return (*shell_of(config), operation.script or "")


def _env(operation: EnvOperation, config: ImageConfig) -> ImageConfig:
    return replace(config, env=tuple({**config.environment, **dict(operation.pairs)}.items()))


def _label(operation: LabelOperation, config: ImageConfig) -> ImageConfig:
    labels = {**dict(config.labels), **dict(operation.pairs)}
    return replace(config, labels=tuple(sorted(labels.items())))


def _cmd(operation: CmdOperation, config: ImageConfig) -> ImageConfig:
    return replace(config, cmd=_command(operation, config), args_escaped=True, cmd_in_stage=True)


def _entrypoint(operation: EntrypointOperation, config: ImageConfig) -> ImageConfig:
    cmd = config.cmd if config.cmd_in_stage else None
    return replace(config, entrypoint=_command(operation, config), cmd=cmd)


def _user(operation: UserOperation, config: ImageConfig) -> ImageConfig:
    return replace(config, user=operation.user)


def _workdir(operation: WorkdirOperation, config: ImageConfig) -> ImageConfig:
    return replace(config, working_dir=operation.path)


def _expose(operation: ExposeOperation, config: ImageConfig) -> ImageConfig:
    return replace(config, exposed_ports=_union(config.exposed_ports, operation.ports))


def _volume(operation: VolumeOperation, config: ImageConfig) -> ImageConfig:
    return replace(config, volumes=_union(config.volumes, operation.paths))


def _stop_signal(operation: StopSignalOperation, config: ImageConfig) -> ImageConfig:
    return replace(config, stop_signal=operation.signal)


def _healthcheck(operation: HealthcheckOperation, config: ImageConfig) -> ImageConfig:
    healthcheck = Healthcheck(
        test=operation.test,
        interval=operation.interval,
        timeout=operation.timeout,
        start_period=operation.start_period,
        start_interval=operation.start_interval,
        retries=operation.retries,
    )
    return replace(config, healthcheck=healthcheck)


def _shell(operation: ShellOperation, config: ImageConfig) -> ImageConfig:
    return replace(config, shell=operation.argv)


def _onbuild(operation: OnbuildOperation, config: ImageConfig) -> ImageConfig:
    return replace(config, on_build=(*config.on_build, operation.text))


def _maintainer(operation: MaintainerOperation, config: ImageConfig) -> ImageConfig:
    return replace(config, author=operation.author)


def _union(known: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*known, *more}))


_CHANGES: dict[type, Callable[[Any, ImageConfig], ImageConfig]] = {
    EnvOperation: _env,
    LabelOperation: _label,
    CmdOperation: _cmd,
    EntrypointOperation: _entrypoint,
    UserOperation: _user,
    WorkdirOperation: _workdir,
    ExposeOperation: _expose,
    VolumeOperation: _volume,
    StopSignalOperation: _stop_signal,
    HealthcheckOperation: _healthcheck,
    ShellOperation: _shell,
    OnbuildOperation: _onbuild,
    MaintainerOperation: _maintainer,
}


def _makes_layer(operation: Operation) -> bool:
    if isinstance(operation, WorkdirOperation):
        return operation.path != "/"
    return isinstance(operation, RunOperation | CopyOperation)


def _created_by(operation: Operation, changed: ImageConfig) -> str:
    """The instruction as BuildKit writes it into the history. `changed` is the configuration after it."""
    match operation:
        case RunOperation(name=name):
            return f"RUN {name} # buildkit"
        case CopyOperation():
            return f"{_copy_text(operation)} # buildkit"
        case WorkdirOperation(path=path):
            return f"WORKDIR {path}"
        case EnvOperation(pairs=pairs):
            return " ".join(["ENV", *(f"{name}={value}" for name, value in pairs)])
        case LabelOperation(pairs=pairs):
            return " ".join(["LABEL", *(f"{name}={value}" for name, value in pairs)])
        case ArgOperation(pairs=arguments):
            return " ".join(["ARG", *(name if value is None else f"{name}={value}" for name, value in arguments)])
        case CmdOperation():
            return f"CMD {go_format.quoted_list(changed.cmd or ())}"
        case EntrypointOperation():
            return f"ENTRYPOINT {go_format.quoted_list(changed.entrypoint or ())}"
        case _:
            return _created_by_rarer(operation)


def _created_by_rarer(operation: Operation) -> str:
    match operation:
        case UserOperation(user=user):
            return f"USER {user}"
        case ExposeOperation(ports=ports):
            return f"EXPOSE {go_format.plain_list(ports)}"
        case VolumeOperation(paths=paths):
            return f"VOLUME {go_format.plain_list(paths)}"
        case StopSignalOperation(signal=signal):
            return f"STOPSIGNAL {signal}"
        case HealthcheckOperation():
            return f"HEALTHCHECK {_healthcheck_text(operation)}"
        case ShellOperation(argv=argv):
            return f"SHELL {go_format.plain_list(argv)}"
        case MaintainerOperation(author=author):
            return f"MAINTAINER {author}"
        case _:
            raise TypeError(f"no history for {operation!r}")


def _copy_text(operation: CopyOperation) -> str:
    words = ["ADD" if operation.is_add else "COPY"]
    if operation.parents:
        words.append("--parents")
    if operation.chown is not None:
        words.append(f"--chown={operation.chown}")
    if operation.chmod is not None:
        words.append(f"--chmod={operation.chmod}")
    words.extend(operation.sources)
    words.extend(f"<<{file.path}" for file in operation.inline_files)
    return " ".join([*words, operation.destination])


def _healthcheck_text(check: HealthcheckOperation) -> str:
    times = (check.interval, check.timeout, check.start_period, check.start_interval)
    durations = " ".join(go_format.quoted(go_format.duration(time)) for time in times)
    return f"&{{{go_format.quoted_list(check.test)} {durations} {go_format.quoted_rune(check.retries)}}}"
