"""The commands of a RUN: where they stand in the Dockerfile, which one failed, and which failures it went on after."""

from dataclasses import replace
from itertools import pairwise

from stepper.debugger.state import StepRecord
from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.dockerfile.operations import RunOperation
from stepper.dockerfile.place import DEFAULT_SHELL
from stepper.dockerfile.resolve_run import script_of
from stepper.dockerfile.shell.commands import Command, Compound, Inner, Joint
from stepper.dockerfile.shell.places import Place, script_places
from stepper.dockerfile.shell.split import Split, split
from stepper.engine.step import CommandRun, Failure
from stepper.frozen import frozen

_ASKING = frozenset(
    {"[", "[[", "((", "test", "command", "which", "type", "hash", "grep", "egrep", "fgrep", "diff", "cmp"}
)
"""Programs that tell something by their exit code, as well as by failing."""
_SHOWN = 60


@frozen
class ScriptCommand:
    """One command of a RUN's script. `line` is None, and `places` are none, where it is not in the Dockerfile."""

    number: int
    """From 0."""
    text: str
    joint: Joint
    line: int | None
    places: tuple[Place, ...]
    compound: Compound | None = None

    @property
    def is_one(self) -> str:
        """That there are commands in it which are run as one, in words; "" where there are none."""
        if self.compound is None or self.compound is Compound.DEFINITION:
            return ""
        return f"{self.compound.value}, run as one command"

    @property
    def title(self) -> str:
        """The text on one line, shortened."""
        return title_of(self.text)


def title_of(text: str) -> str:
    """A command's text on one line, shortened."""
    line = " ".join(text.replace("\\\n", " ").split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def split_of(record: StepRecord) -> Split:
    """The commands of a step's script; none for what is no RUN, or cannot be split, with the reason."""
    instruction = record.instruction
    if instruction.keyword != "RUN":
        return Split("", reason="it is no RUN")
    if instruction.json_form:
        return Split("", reason="it starts its program without a shell")
    operation = record.step.operation if record.step is not None else None
    if isinstance(operation, RunOperation) and operation.devices:
        return Split("", reason="the engine's own builder carries out a RUN with --device")
    script = script_of(instruction)
    if script.startswith("#!") and instruction.heredocs and script == instruction.heredocs[0].body:
        return Split("", reason="its own first line says what runs it")
    shell = record.before.config.shell if record.before is not None else None
    return split(script, shell or DEFAULT_SHELL)


def commands_of(record: StepRecord, dockerfile: Dockerfile | None) -> tuple[ScriptCommand, ...]:
    """The commands of a RUN's script with their places in the Dockerfile."""
    found = split_of(record)
    if not found.commands or dockerfile is None:
        return ()
    places = script_places(dockerfile, record.instruction)
    commands: list[ScriptCommand] = []
    for number, command in enumerate(found.commands):
        at = places.places(command.start, command.end)
        line = at[0].line if at else None
        commands.append(ScriptCommand(number, found.text(number), command.joint, line, at, command.compound))
    return tuple(commands)


def line_of(dockerfile: Dockerfile | None, instruction: Instruction, command: Command | Inner) -> int | None:
    """The line of a command's first character; None where it is not in the Dockerfile."""
    return script_places(dockerfile, instruction).line(command.start) if dockerfile is not None else None


def with_command(failure: Failure, record: StepRecord, dockerfile: Dockerfile | None) -> Failure:
    """The failure of a RUN, with the one of its commands that failed; as it is where the script is one command."""
    last = record.commands[-1]
    if not last.exit_code or failure.exit_code != last.exit_code or len(split_of(record).commands) < 2:
        return failure
    line = line_of(dockerfile, record.instruction, last.command)
    command = title_of(last.text)
    place = f" on line {line}" if line is not None else ""
    message = f"`{command}`{place} ended with exit code {last.exit_code}"
    return replace(failure, message=message, command=command, line=line)


def swallowed_failures(runs: tuple[CommandRun, ...]) -> tuple[CommandRun, ...]:
    """The commands that failed and that the script went on after, as if nothing was.

    Not those that are followed by `||`, which somebody thought of, nor programs that answer by their exit code.
    """
    return tuple(
        run
        for run, following in pairwise(runs)
        if run.exit_code and following.command.joint is Joint.SEQUENCE and not _asks(run.command, run.text)
    )


def _asks(command: Command, text: str) -> bool:
    return command.program in _ASKING or text.startswith(("!", "((", "[["))
