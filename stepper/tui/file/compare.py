"""Compares a file with what it was before a step, not for the event loop."""

from typing import TYPE_CHECKING

from stepper.debugger.file_contents import Content
from stepper.engine.step import StepId
from stepper.errors import StepperError
from stepper.image.entry import EntryKind
from stepper.image.layer import Change
from stepper.text import human_size
from stepper.tui.file.content import looks_binary
from stepper.tui.file.rows import FixedRows, Rows, difference

if TYPE_CHECKING:
    from stepper.debugger.session import Session

MOST_COMPARED = 4 << 20
"""Bytes of a file up to which it is compared."""


def compare(session: "Session", step: StepId, path: str, change: Change | None) -> Rows:
    """What a step did to the content of a file, or in one row why that is not shown."""
    try:
        if change is None:
            return saying("This step did not change it")
        before = (
            session.snapshots.content_before(step, path, limit=MOST_COMPARED) if change.before is not None else None
        )
        after = session.snapshots.content(step, path, limit=MOST_COMPARED) if change.after is not None else None
        return content_difference(before, after)
    except StepperError as error:
        return saying(str(error))


def compare_with(session: "Session", step: StepId, other: StepId, path: str, *, is_there: bool) -> Rows:
    """What differs in a file from what it is after another step, or in one row why that is not shown.

    `is_there` says whether it is there after the step.
    """
    try:
        was_there = path in session.snapshots.listing(other)
        if not was_there and not is_there:
            return saying("It is there after none of the two")
        before = session.snapshots.content(other, path, limit=MOST_COMPARED) if was_there else None
        after = session.snapshots.content(step, path, limit=MOST_COMPARED) if is_there else None
        return content_difference(before, after)
    except StepperError as error:
        return saying(str(error))


def content_difference(before: Content | None, after: Content | None) -> Rows:
    """The difference of two files, None for one that is not there, or in one row why it is not shown.

    Raises `StepperError` where that would take too long.
    """
    for content in (before, after):
        if content is None:
            continue
        if content.header.kind is not EntryKind.FILE:
            return saying("There are no two files to compare")
        if not content.is_whole:
            return saying(f"Files over {human_size(MOST_COMPARED)} are not compared here")
        if content.header.stored != content.size:
            return saying("A file that is kept with its holes left out is not compared here")
    old = before.data if before is not None else b""
    new = after.data if after is not None else b""
    if old != new and (looks_binary(old[:8192]) or looks_binary(new[:8192])):
        return saying(f"The contents differ and are no text: {human_size(len(old))} before, {human_size(len(new))} now")
    return difference(old, new)


def saying(text: str) -> Rows:
    """One row that says something in the place of a file."""
    return FixedRows([[(text, "note")]])
