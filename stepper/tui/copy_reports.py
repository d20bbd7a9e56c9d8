"""What each COPY and ADD copies, worked out in the session's thread; the newest few reports are kept."""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from stepper.debugger.state import SessionState, StepRecord
from stepper.errors import StepperError
from stepper.tui.controller import Controller
from stepper.tui.kept_answers import KeptAnswers, NotNowError

if TYPE_CHECKING:
    from stepper.debugger.copy_report import CopyReport

KEPT = 3
KEYWORDS = ("COPY", "ADD")


class CopyReportStore:
    """`reported` is called from the session's thread when a report has come in."""

    def __init__(self, controller: Controller, reported: Callable[[], None]) -> None:
        self._controller = controller
        self._answers: KeptAnswers[CopyReport] = KeptAnswers(controller.background, reported, most=KEPT)

    def of(self, state: SessionState, record: StepRecord) -> "CopyReport | StepperError | None":
        """What a step copies, or why that is not known; None while it is worked out."""
        return self._answers.of(_key(state, record))

    def ask(self, state: SessionState, record: StepRecord) -> None:
        """Have it worked out; `of` knows it after `reported`. What was asked before and not begun is dropped."""
        self._answers.ask(
            _key(state, record),
            lambda session: session.snapshots.copied(record.id, check=self._let_pass),
            is_outdated=_may_be_outdated,
        )

    def _let_pass(self) -> None:
        """What the user asks for does not wait until all of a large COPY is worked out.

        When the command is done the step is shown again, and asked for again.
        """
        if self._controller.busy:
            raise NotNowError


def _may_be_outdated(found: "CopyReport | StepperError") -> bool:
    """Whether it is a preview: files may change on disk while nobody looks."""
    return isinstance(found, StepperError) or found.is_preview


def _key(state: SessionState, record: StepRecord) -> Hashable:
    """What a report depends on: the step, the state before it, and how the other COPYs of its stage stand."""
    others = tuple(
        (other.id, other.status) for other in state.stage_steps(record.id.stage) if is_copy(other) and other.ran
    )
    before = record.before.identity if record.before is not None else None
    made = id(record.layer) if record.layer is not None else id(state.dockerfile)
    return record.id, record.instruction.text, record.status, before, made, state.position == record.id, others


def is_copy(record: StepRecord) -> bool:
    """Whether a step copies anything."""
    instruction = record.step.instruction if record.step is not None else record.instruction
    return instruction.keyword in KEYWORDS
