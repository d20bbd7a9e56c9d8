"""The whole filesystem after a step, and who wrote each path of it.

It is listed beside the session's thread, and the newest few are kept.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from stepper.debugger.provenance import is_known, steps_below, writers
from stepper.debugger.state import SessionState, StepRecord
from stepper.errors import StepperError
from stepper.image.layer import Listing
from stepper.tui.controller import Controller
from stepper.tui.kept_answers import KeptAnswers

if TYPE_CHECKING:
    from stepper.debugger.session import Session

KEPT = 3
"""A listing of 100,000 files takes some 40 MB; neighbouring ones share most of it."""


class StateFiles(NamedTuple):
    """The filesystem that a step left. Paths that are not in `writers` are the base image's.

    But for a file that the engine's own builder built: then `writers` is None.
    """

    listing: Listing
    writers: Mapping[str, StepRecord] | None


class StateFilesStore:
    """`listed` is called from another thread when something has come in."""

    def __init__(self, controller: Controller, listed: Callable[[], None]) -> None:
        self._answers: KeptAnswers[StateFiles] = KeptAnswers(controller.look, listed, most=KEPT)

    def of(self, state: SessionState, record: StepRecord) -> StateFiles | StepperError | None:
        """The files after a step, or why they cannot be listed; None while that is not known."""
        return self._answers.of(_key(state, record))

    def ask(self, state: SessionState, record: StepRecord) -> None:
        """Have the files listed; `of` knows them after `listed`. What was asked before and not begun is dropped."""

        def files(session: "Session") -> StateFiles:
            known = writers(state, record.id) if is_known(state, record.id) else None
            return StateFiles(session.snapshots.listing(record.id), known)

        self._answers.ask(_key(state, record), files)


def _key(state: SessionState, record: StepRecord) -> Hashable:
    """What the files after a step and their writers depend on: where the steps stand, and what they left."""
    left = record.after.identity if record.after is not None else record.failure
    return record.id, left, tuple((each.id, each.instruction.line) for each in steps_below(state, record.id))
