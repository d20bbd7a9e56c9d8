"""A RUN's script as commands that the same shell can run one at a time."""

from functools import lru_cache

from stepper.dockerfile.shell.commands import Command, commands_of
from stepper.dockerfile.shell.dialect import dialect_of
from stepper.dockerfile.shell.effects import check_text
from stepper.dockerfile.shell.unsure import UnsureError
from stepper.frozen import frozen

_LONGEST = 60_000
"""Characters: a script goes into one argument with what stands between its commands, and Linux takes 131,071 bytes."""
_MOST = 400


@frozen
class Split:
    """The commands of a script, in order; none where it is run as a whole, and `reason` says why."""

    script: str
    commands: tuple[Command, ...] = ()
    reason: str = ""

    def text(self, index: int) -> str:
        """What a command is, as it is written."""
        command = self.commands[index]
        return self.script[command.start : command.end]


@lru_cache(maxsize=64)
def split(script: str, shell: tuple[str, ...]) -> Split:
    """Split a script that is run by a shell with these words (those of SHELL)."""
    try:
        dialect = dialect_of(shell)
        if len(script) > _LONGEST:
            raise UnsureError("it is very long")
        check_text(script)
        commands = commands_of(script, dialect)
        if len(commands) > _MOST:
            raise UnsureError("it has very many commands")
    except UnsureError as error:
        return Split(script, reason=error.message)
    return Split(script, commands)
