"""What stands between the commands of a split script: it tells how the last command ended, and may wait.

It must change nothing for the commands. So it is a subshell, which has its own variables, options and descriptors; it
gives on the exit code of the command before it; and between `&&`, `||` and in front of `&& (:)` a code other than 0
does not end a script under `set -e`. It writes to the outputs of the shell's parent process, since the shell may have
redirected its own; and what `set -x` tells of it goes nowhere. It needs no program but the shell.
"""

from stepper.dockerfile.shell.commands import Joint
from stepper.dockerfile.shell.split import Split
from stepper.frozen import frozen


@frozen
class Hook:
    """How a hook tells and waits.

    `mark` is what it writes before its number, once to each of the `outputs`: descriptors of the parent process. With
    `gate`, the path of a named pipe, it then waits until a line can be read from there. With `look`, the path of a
    script, the shell reads that beforehand: it sees the shell as it is, and can change nothing in it.
    """

    mark: str
    outputs: tuple[int, ...] = (1, 2)
    gate: str | None = None
    look: str | None = None

    def before(self, index: int) -> str:
        """The subshell in front of a command: it writes `<mark><index> <exit code of the command before>`."""
        lines = " && ".join(
            f'echo "{self.mark}{index} $__stepper" >>"/proc/$PPID/fd/{output}"' for output in self.outputs
        )
        wait = f" && read -r __wait <{self.gate}" if self.gate is not None else ""
        look = f"(. {self.look}); " if self.look is not None else ""
        return f'(__stepper=$?; {look}{lines}{wait}; exit "$__stepper") 2>/dev/null'


def with_hooks(split: Split, hook: Hook, *, at_first: bool) -> str:
    """The script with a hook in front of each command, in front of the first one too with `at_first`."""
    pieces: list[str] = []
    at = 0
    for index, command in enumerate(split.commands):
        if index == 0 and not at_first:
            continue
        pieces.append(split.script[at : command.start])
        at = command.start
        if command.joint is Joint.SEQUENCE:
            pieces.append(f"{hook.before(index)} && (:) 2>/dev/null; ")
        else:
            pieces.append(f"{hook.before(index)} {command.joint.value} ")
    return "".join((*pieces, split.script[at:]))
