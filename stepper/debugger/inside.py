"""A RUN that the session stands inside of: its commands, and which of them is next."""

from typing import TYPE_CHECKING, NamedTuple

from stepper.engine.step import StepId
from stepper.frozen import frozen
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer, changed_directories, layer_of

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
    shells: int = 0
    """How many shells were opened here that have ended."""

    @property
    def next_command(self) -> "ScriptCommand":
        """The command that runs next."""
        return self.commands[self.next]


class ShellChanges(NamedTuple):
    """What a shell changed in a RUN that stood before its command number `before` meanwhile."""

    before: int
    layer: Layer


def changes_between(before: Layer, after: Layer) -> Layer:
    """What changed between two looks at one step, each given as its changes since the step began.

    As in `stepper.image.diff` a directory that was only touched counts where something in it came or went: the engine
    touches those above a file that it copies into the layer.
    """
    earlier = {change.path: change for change in before.changes}
    changes: list[Change] = []
    touched: list[Change] = []
    for change in after.changes:
        known = earlier.pop(change.path, None)
        if known is None:
            changes.append(change)
        elif known.after != change.after:
            is_touched = _is_touched(known.after, change.after)
            (touched if is_touched else changes).append(_change(change.path, known, change.after))
    changes += (_change(path, known, known.before) for path, known in earlier.items())
    changed = changed_directories(changes)
    changes += (change for change in touched if change.path in changed)
    return layer_of(changes)


def _is_touched(before: Entry | None, after: Entry | None) -> bool:
    """Whether two looks at a path show a directory that differs in nothing but the time of its last change."""
    if before is None or after is None or after.kind is not EntryKind.DIRECTORY:
        return False
    return before._replace(ctime_ns=0) == after._replace(ctime_ns=0)


def _change(path: str, known: Change, after: Entry | None) -> Change:
    changed = ChangeKind.DELETED if after is None else ChangeKind.MODIFIED
    kind = ChangeKind.ADDED if known.after is None else changed
    return Change(path, kind, known.after, after)
