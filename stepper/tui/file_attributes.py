"""The extended attributes of single files, capabilities among them: read beside the steps when somebody looks at one.

A walk cannot tell them: there is no program for that in the toolbox.
"""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, NamedTuple

from stepper.debugger.state import StepRecord
from stepper.errors import StepperError
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind
from stepper.image.xattr_text import Xattrs, xattrs_text
from stepper.tui.controller import Controller
from stepper.tui.kept_answers import KeptAnswers

if TYPE_CHECKING:
    from stepper.debugger.session import Session

KEPT = 500
_EXECUTABLE = 0o111


class FileAttributes(NamedTuple):
    """What a file has, and what it had before the step; None where it was not there, or that was not asked."""

    before: Xattrs | None
    after: Xattrs | None


class FileAttributesStore:
    """`read` is called from another thread when an answer has come in."""

    def __init__(self, controller: Controller, read: Callable[[], None]) -> None:
        self._answers: KeptAnswers[FileAttributes] = KeptAnswers(controller.look, read, most=KEPT)

    def of(self, record: StepRecord, path: str) -> FileAttributes | StepperError | None:
        """Those of a file after a step, or why they cannot be read; None while they are not known."""
        return self._answers.of(_key(record, path))

    def ask(self, record: StepRecord, path: str, change: Change | None) -> None:
        """Have them read; with the `change` of the step also those before. What was asked before is dropped."""

        def attributes(session: "Session") -> FileAttributes:
            read = session.snapshots.attributes
            was_file = change is not None and change.kind is not ChangeKind.ADDED and _is_file(change.before)
            is_file = change is None or _is_file(change.after)
            return FileAttributes(
                read(record.id, path, before=True) if was_file else None, read(record.id, path) if is_file else None
            )

        self._answers.ask(_key(record, path), attributes)


def has_attributes(record: StepRecord, entry: Entry | None, change: Change | None) -> bool:
    """Whether a path can have any that an engine tells: it is a file, or was one, and the step has ended."""
    has_ended = record.ran or record.failure is not None
    return has_ended and (_is_file(entry) or (change is not None and _is_file(change.before)))


def is_likely_to_have_attributes(record: StepRecord, entry: Entry | None, change: Change | None) -> bool:
    """The same for rows, of which there are many: it can be executed, or nothing else tells what the step did to it."""
    if not has_attributes(record, entry, change):
        return False
    before = change.before if change is not None else None
    if any(each is not None and each.mode & _EXECUTABLE for each in (before, entry)):
        return True
    return change is not None and change.kind is ChangeKind.MODIFIED and not change.differs


def attributes_text(found: FileAttributes | StepperError) -> str:
    """`cap_net_raw=ep`, with what it was where that is something else; "" where there are and were none."""
    if isinstance(found, StepperError):
        return f"capabilities not known: {found}"
    return xattrs_text(found.before, found.after)


def _is_file(entry: Entry | None) -> bool:
    return entry is not None and entry.kind is EntryKind.FILE


def _key(record: StepRecord, path: str) -> Hashable:
    left = record.after.identity if record.after is not None else record.failure
    return record.id, record.status, left, path
