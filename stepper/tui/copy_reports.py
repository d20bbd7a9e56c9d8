"""What each COPY and ADD copies, worked out in the session's thread; the newest few reports are kept."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from stepper.debugger.state import SessionState, StepRecord
from stepper.errors import StepperError
from stepper.tui.controller import Controller

if TYPE_CHECKING:
    from stepper.debugger.copy_report import CopyReport
    from stepper.debugger.session import Session

KEPT = 3
KEYWORDS = ("COPY", "ADD")


class CopyReportStore:
    """`reported` is called from the session's thread when a report has come in."""

    def __init__(self, controller: Controller, reported: Callable[[], None]) -> None:
        self._controller = controller
        self._reported = reported
        self._kept: OrderedDict[Hashable, CopyReport | StepperError] = OrderedDict()
        self._asked: Hashable = None

    def of(self, state: SessionState, record: StepRecord) -> "CopyReport | StepperError | None":
        """What a step copies, or why that is not known; None while it is worked out."""
        return self._kept.get(_key(state, record))

    def ask(self, state: SessionState, record: StepRecord) -> None:
        """Have it worked out; `of` knows it after `reported`. What was asked before and not begun is dropped."""
        key = _key(state, record)
        if key in self._kept or key == self._asked:
            return
        self._asked = key

        def job(session: "Session") -> None:
            if self._asked != key:
                return
            try:
                found: CopyReport | StepperError = session.copied(record.id, check=self._let_pass)
            except _CommandWaitsError:
                # When the command is done the step is shown again, and asked for again.
                self._asked = None
                return
            except StepperError as error:
                found = error
            self._forget_previews()
            self._kept[key] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            self._asked = None
            self._reported()

        self._controller.background(job)

    def _forget_previews(self) -> None:
        """Files may change on disk while nobody looks."""
        for key in [key for key, found in self._kept.items() if getattr(found, "is_preview", True)]:
            del self._kept[key]

    def _let_pass(self) -> None:
        """What the user asks for does not wait until all of a large COPY is worked out."""
        if self._controller.busy:
            raise _CommandWaitsError


class _CommandWaitsError(Exception):
    """The user asked for something."""


def _key(state: SessionState, record: StepRecord) -> Hashable:
    """What a report depends on: the step, the state before it, and how the other COPYs of its stage stand."""
    others = tuple(
        (other.id, other.status) for other in state.stage_steps(record.id.stage) if is_copy(other) and other.ran
    )
    before = record.before.image if record.before is not None else None
    made = id(record.layer) if record.layer is not None else id(state.dockerfile)
    return record.id, record.instruction.text, record.status, before, made, state.position == record.id, others


def is_copy(record: StepRecord) -> bool:
    """Whether a step copies anything."""
    instruction = record.step.instruction if record.step is not None else record.instruction
    return instruction.keyword in KEYWORDS
