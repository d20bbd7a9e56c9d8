"""A RUN that the session stands inside of: its commands, and which of them is next."""

from typing import TYPE_CHECKING

from stepper.engine.step import StepId
from stepper.frozen import frozen
from stepper.image.entry import Entry
from stepper.image.layer import Change, ChangeKind, Layer, layer_of

if TYPE_CHECKING:
    from stepper.debugger.run_commands import ScriptCommand


@frozen
class Inside:
    """The session stands before a command of a RUN. What those before it did is in the step's record."""

    step: StepId
    commands: "tuple[ScriptCommand, ...]"
    """All commands of the script."""
    next: int
    """The number of the command that runs next."""

    @property
    def next_command(self) -> "ScriptCommand":
        """The command that runs next."""
        return self.commands[self.next]


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
