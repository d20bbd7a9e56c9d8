"""From a RUN as it is written to the operation that it asks for."""

from dataclasses import replace

from stepper.dockerfile.frontends import frontend_of
from stepper.dockerfile.heredocs import heredoc_mark
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Instruction, heredocs_text
from stepper.dockerfile.mount_flags import resolve_mounts
from stepper.dockerfile.operations import RunOperation
from stepper.dockerfile.place import Place


def resolve_run(instruction: Instruction, place: Place) -> RunOperation:
    """RUN. Raises `MalformedError`."""
    mounts = resolve_mounts(instruction, place)
    network = _flag(instruction, "network")
    history = place.scope.history_arguments(place.config.environment)
    if instruction.json_form:
        if not instruction.words:
            raise MalformedError("RUN [] has no command", hint='Write it as RUN ["executable", "argument"].')
        argv, script = instruction.words, None
        command: tuple[str, ...] = argv
    else:
        argv, script = None, script_of(instruction)
        command = (*place.shell, script)
    operation = RunOperation(
        argv=argv,
        script=script,
        name=" ".join((*history, *command)),
        heredocs=instruction.heredocs,
        network=None if network == "default" else network,
        mounts=mounts,
        insecure=_flag(instruction, "security") == "insecure",
    )
    operation = _with_devices(operation, instruction, place)
    if operation.script_file is None:
        return operation
    return replace(operation, name=" ".join((*history, *place.shell, operation.script_file.path)))


def _with_devices(operation: RunOperation, instruction: Instruction, place: Place) -> RunOperation:
    devices = tuple(flag.value or "" for flag in instruction.flags if flag.name == "device")
    if not devices:
        return operation
    frontend = frontend_of(place.dockerfile.text, place.scope.build_args)
    return replace(operation, devices=devices, frontend=frontend.command if frontend is not None else "")


def script_of(instruction: Instruction) -> str:
    """The shell form's text, with its heredocs behind it; the body alone where the command is nothing but a heredoc."""
    command = " ".join(instruction.words)
    if not instruction.heredocs:
        return command
    if heredoc_mark(command) is not None:
        return instruction.heredocs[0].body
    return command + heredocs_text(instruction.heredocs)


def _flag(instruction: Instruction, name: str) -> str | None:
    flag = instruction.flag(name)
    return None if flag is None else flag.value
