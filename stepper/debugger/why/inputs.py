"""What a step depends on besides the state before it, in a form that can be kept and compared.

Variables, the files that it reads of folders of this machine, how it is run, and its images and remote sources.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import field, replace
from typing import NamedTuple

from stepper.debugger.expander import Expander
from stepper.debugger.inputs import Input, mount_inputs, source_input
from stepper.debugger.state import StepRecord
from stepper.debugger.variable_scopes import Giver, VariableScope
from stepper.dockerfile.operations import CopyOperation, Operation, RunOperation
from stepper.dockerfile.place import DEFAULT_SHELL
from stepper.dockerfile.resolve import resolve
from stepper.dockerfile.secret_names import is_secret_name
from stepper.dockerfile.sources import SourceKind, source_kind
from stepper.dockerfile.variable_uses import used_name, variable_uses
from stepper.engine.remote.secrecy import without_credentials
from stepper.engine.step import ContextSource, RunSettings, Snapshot
from stepper.errors import StepperError
from stepper.frozen import frozen
from stepper.image.config import ImageConfig

MOST_FILES = 5000
"""Of a COPY of more files it is only kept that they are others."""
_LONGEST_VALUE = 200
_HIDDEN = "•"
_DIGEST_LETTERS = 16
_WHOLE_ENVIRONMENT = frozenset({"RUN"})
_DEFAULT = "the default"
_NONE = "nothing"


@frozen
class Inputs:
    """What the Dockerfile and the command line say of a step, and what it reads.

    `variables` are those that the step can use, by name; of secrets and long values a digest in their place. `files`
    are digests by path, None where the step reads no folder of this machine, or too much of it. `settings` are how it
    is run, by what people call that; a setting that is not known yet is not there. `sources` are what tells each image
    and remote source from any other, by its name; there once the step has run.
    """

    variables: Mapping[str, str]
    files: Mapping[str, str] | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


class FolderRead(NamedTuple):
    """What a step reads of a folder of this machine: names or patterns."""

    folder: ContextSource
    paths: tuple[str, ...]


def inputs_of(record: StepRecord, expander: Expander, scope: VariableScope, versions: tuple[str, ...] = ()) -> Inputs:
    """The inputs of a step as things are now, whether it has run or not. Raises `StepperError`.

    `scope` is what is in force before it, `versions` are those of its remote sources, once they are known.
    """
    given = [*scope.scope.arguments, *(name for name, by in scope.environment.items() if by.giver is Giver.ENV)]
    values = scope.scope.global_args if record.instruction.keyword == "FROM" else scope.scope.variables(scope.env)
    if record.instruction.keyword in _WHOLE_ENVIRONMENT:
        names: Iterable[str] = given
    else:
        names = map(used_name, variable_uses(record.instruction.text, escape=expander.plan.dockerfile.escape))
    variables = {name: _kept(name, values[name]) for name in names if name in values}
    operation = _operation(record, expander, scope)
    return Inputs(
        variables,
        _files(operation, expander),
        dict(_settings(record, operation, expander.settings)),
        dict(_sources(record, operation, versions)),
    )


def folder_reads(record: StepRecord, expander: Expander, scope: VariableScope) -> Iterator[FolderRead]:
    """What a step reads of folders of this machine. Raises `StepperError`."""
    operation = _operation(record, expander, scope)
    if operation is None:
        return
    for read in (source_input(operation), *mount_inputs(operation)):
        folder = _folder(read, expander)
        if read is not None and folder is not None:
            yield FolderRead(folder, tuple(path for path in read.paths if source_kind(path) is SourceKind.PATH))


def _operation(record: StepRecord, expander: Expander, scope: VariableScope) -> Operation | None:
    """What a step does; of one that has not run only where it may read something."""
    instruction, plan = record.instruction, expander.plan
    if record.step is not None:
        return record.step.operation
    if instruction.keyword not in ("COPY", "ADD") and instruction.flag("mount") is None:
        return None
    config = ImageConfig(env=tuple(scope.env.items()))
    return resolve(instruction, scope.scope, dockerfile=plan.dockerfile, stage=record.id.stage, config=config)


def _folder(read: Input | None, expander: Expander) -> ContextSource | None:
    if read is None or read.image is not None:
        return None
    if read.origin is None:
        return expander.context
    return expander.named.get(read.origin.context) if read.origin.context is not None else None


def _files(operation: Operation | None, expander: Expander) -> Mapping[str, str] | None:
    """The digests of all files of folders of this machine that are read; None for none, and for too many."""
    copies: list[tuple[CopyOperation, ContextSource]] = []
    if isinstance(operation, CopyOperation):
        folder = _folder(source_input(operation), expander)
        if folder is not None:
            local = tuple(path for path in operation.sources if source_kind(path) is SourceKind.PATH)
            copies.append((replace(operation, sources=local), folder))
    elif isinstance(operation, RunOperation) and operation.mounts:
        from stepper.engine.mounts.sources import copy_of  # Not before something is mounted.

        for mount, read in zip(operation.mounts, mount_inputs(operation), strict=True):
            folder = _folder(read, expander)
            if folder is not None:
                with suppress(StepperError):
                    copies.append((copy_of(mount, folder).operation, folder))
    if not copies:
        return None
    from stepper.engine.copy_digest import file_digests  # Not before something is copied.

    found: dict[str, str] = {}
    with suppress(StepperError):
        for copy, folder in copies:
            digests = file_digests(copy, folder, most=MOST_FILES)
            if digests is None:
                return None
            found.update(digests)
        return found
    return None


def _settings(record: StepRecord, operation: Operation | None, settings: RunSettings) -> Iterator[tuple[str, str]]:
    keyword = record.instruction.keyword
    if keyword == "RUN":
        if record.instruction.flag("network") is None:
            yield "--network", settings.network or _DEFAULT
        yield "--add-host", " ".join(f"{host.name}={host.address}" for host in settings.extra_hosts) or _NONE
        yield "--shm-size", str(settings.shm_size) if settings.shm_size is not None else _DEFAULT
        limits = (f"{limit.name}={limit.soft}:{limit.hard}" for limit in settings.ulimits)
        yield "--ulimit", " ".join(limits) or _DEFAULT
    if record.before is None:
        return
    config = record.before.config
    if keyword in ("RUN", "COPY", "ADD"):
        yield "the working directory", config.working_dir or "/"
    if keyword in ("RUN", "WORKDIR"):
        yield "the user", config.user or "root"
    if keyword == "RUN":
        yield "the shell", " ".join(config.shell or DEFAULT_SHELL)


def _sources(record: StepRecord, operation: Operation | None, versions: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if operation is None or record.step is None or record.instruction.keyword == "FROM":
        return
    reads = (source_input(operation), *mount_inputs(operation))
    for read, source in zip(reads, (record.step.source, *record.step.mount_sources), strict=False):
        if read is not None and read.image is not None and isinstance(source, Snapshot):
            yield f"the image {read.image}", source.image or ""
    if isinstance(operation, CopyOperation):
        remote = (path for path in operation.sources if source_kind(path) is not SourceKind.PATH)
        yield from ((without_credentials(path), version) for path, version in zip(remote, versions, strict=False))


def _kept(name: str, value: str) -> str:
    if len(value) <= _LONGEST_VALUE and not is_secret_name(name):
        return value
    return _HIDDEN + hashlib.sha256(f"{name}\0{value}".encode()).hexdigest()[:_DIGEST_LETTERS]


def is_hidden(value: str) -> bool:
    """Whether a kept value is a digest in place of the value."""
    return value.startswith(_HIDDEN)
