"""What no listing tells of single files: their extended attributes, capabilities among them, and whether a file of the
same size and another time has another content. Read beside the steps when somebody looks at one.

A walk cannot tell them: there is no program for attributes in the toolbox, and contents take long.
"""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, NamedTuple

from stepper.debugger.state import StepRecord
from stepper.errors import StepperError
from stepper.image.comparison import is_undecided
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind
from stepper.image.xattr_text import Xattrs, xattrs_text
from stepper.tui.controller import Controller
from stepper.tui.kept_answers import KeptAnswers
from stepper.tui.widgets.change_text import Row

if TYPE_CHECKING:
    from stepper.debugger.session import Session

KEPT = 500
LARGEST_READ = 4 << 20
"""Bytes up to which the content of a file is read to compare it with what it was."""
_EXECUTABLE = 0o111


class FileAttributes(NamedTuple):
    """What a file has, and what it had before the step; None where it was not there, or that was not asked.

    `same_content` is None where not both contents were read.
    """

    before: Xattrs | None
    after: Xattrs | None
    same_content: bool | None = None

    def added_to(self, row: Row) -> Row:
        """A row of which all of this is known."""
        change, entry = row.change, _with(row.entry, self.after)
        if change is not None:
            same = change.same_content if self.same_content is None else self.same_content
            change = change._replace(before=_with(change.before, self.before), after=entry, same_content=same)
        return Row(change, entry)


class FileAttributesStore:
    """`read` is called from another thread when an answer has come in.

    What a file was before is that before the step, or after the step `against`.
    """

    def __init__(self, controller: Controller, read: Callable[[], None], *, against: StepRecord | None = None) -> None:
        self._against = against
        self._answers: KeptAnswers[FileAttributes] = KeptAnswers(controller.look, read, most=KEPT)

    def of(self, record: StepRecord, path: str) -> FileAttributes | StepperError | None:
        """Those of a file after a step, or why they cannot be read; None while they are not known."""
        return self._answers.of(_key(record, path))

    def ask(self, record: StepRecord, path: str, change: Change | None) -> None:
        """Have them read; with the `change` of the step also those before. What was asked before is dropped."""

        def attributes(session: "Session") -> FileAttributes:
            look = session.snapshots.look_into
            content = change is not None and _has_content_to_compare(change)
            was_file = change is not None and change.kind is not ChangeKind.ADDED and _is_file(change.before)
            base, is_own = (record, True) if self._against is None else (self._against, False)
            before = look(base.id, path, before=is_own, content=content) if was_file else None
            is_file = change is None or _is_file(change.after)
            after = look(record.id, path, content=content) if is_file else None
            return FileAttributes(
                before.xattrs if before is not None else None,
                after.xattrs if after is not None else None,
                before.digest == after.digest if content and before is not None and after is not None else None,
            )

        self._answers.ask(_key(record, path), attributes)


def has_attributes(record: StepRecord, row: Row) -> bool:
    """Whether a path can have any that an engine tells: it is a file, or was one, and the step has ended."""
    has_ended = record.ran or record.failure is not None
    return has_ended and (_is_file(row.entry) or (row.change is not None and _is_file(row.change.before)))


def is_worth_a_look(record: StepRecord, row: Row) -> bool:
    """Whether a row, of which there are many, is looked into: it can be executed, or it is not known what differs."""
    if not has_attributes(record, row):
        return False
    change = row.change
    before = change.before if change is not None else None
    if any(each is not None and each.mode & _EXECUTABLE for each in (before, row.entry)):
        return True
    if change is None or change.kind is not ChangeKind.MODIFIED:
        return False
    return not change.differs or _has_content_to_compare(change)


def attributes_text(found: FileAttributes | StepperError) -> str:
    """`cap_net_raw=ep`, with what it was where that is something else; "" where there are and were none."""
    if isinstance(found, StepperError):
        return f"capabilities not known: {found}"
    return xattrs_text(found.before, found.after)


def _has_content_to_compare(change: Change) -> bool:
    return change.size <= LARGEST_READ and is_undecided(change)


def _is_file(entry: Entry | None) -> bool:
    return entry is not None and entry.kind is EntryKind.FILE


def _with(entry: Entry | None, xattrs: Xattrs | None) -> Entry | None:
    return entry._replace(xattrs=tuple(xattrs)) if entry is not None and xattrs is not None else entry


def _key(record: StepRecord, path: str) -> Hashable:
    left = record.after.identity if record.after is not None else record.failure
    return record.id, record.status, left, path
