"""A RUN that the session stands inside of: its commands, which of them is next, and what each one did."""

from typing import TYPE_CHECKING

from stepper.engine.step import CommandRun, StepId
from stepper.frozen import frozen
from stepper.image.entry import Entry
from stepper.image.layer import EMPTY_LAYER, Change, ChangeKind, Layer, layer_of

if TYPE_CHECKING:
    from stepper.debugger.run_commands import ScriptCommand


@frozen
class Inside:
    """The session stands before a command of a RUN."""

    step: StepId
    commands: "tuple[ScriptCommand, ...]"
    """All commands of the script."""
    next: int
    """The number of the command that runs next."""
    runs: tuple[CommandRun, ...] = ()
    """The commands that have run, in order."""
    changes: tuple[Layer, ...] = ()
    """What each of `runs` changed on disk; of commands that ran without a stop between them the last has it all."""
    layer: Layer = EMPTY_LAYER
    """What the RUN changed on disk so far."""

    @property
    def next_command(self) -> "ScriptCommand":
        """The command that runs next."""
        return self.commands[self.next]

    def result_of(self, number: int) -> tuple[CommandRun, Layer] | None:
        """How a command ended and what it changed; None for one that has not run."""
        for run, layer in zip(self.runs, self.changes, strict=True):
            if run.number == number:
                return run, layer
        return None


def changes_between(before: Layer, after: Layer) -> Layer:
    """What changed between two looks at one step, each given as its changes since the step began."""
    earlier = {change.path: change for change in before.changes}
    changes: list[Change] = []
    for change in after.changes:
        known = earlier.pop(change.path, None)
        if known is None:
            changes.append(change)
        elif known.after != change.after:
            changes.append(_change(change.path, known, change.after))
    changes += (_change(path, known, known.before) for path, known in earlier.items())
    return layer_of(changes)


def _change(path: str, known: Change, after: Entry | None) -> Change:
    changed = ChangeKind.DELETED if after is None else ChangeKind.MODIFIED
    kind = ChangeKind.ADDED if known.after is None else changed
    return Change(path, kind, known.after, after)
