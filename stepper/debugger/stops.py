"""Judges at every step whether a run stops there, and tells what logpoints say.

What a breakpoint asks decides when it is judged: before the step, or, where it asks for what only the step tells (its
layer, its time), after it; then the run stops after it as well.
"""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from stepper.debugger.assertions import Assertions
from stepper.debugger.breakpoint import AtException, AtInstruction, AtLine, AtPath, AtStage, Breakpoint, Hit
from stepper.debugger.breakpoints import Breakpoints, stands_at
from stepper.debugger.build import Build
from stepper.debugger.state import Status, StepRecord, StopReason
from stepper.debugger.store import StateStore
from stepper.dockerfile.graph import find_stage
from stepper.engine.protocol import Engine
from stepper.engine.step import StepId

if TYPE_CHECKING:
    from stepper.debugger.breakpoint_judge import BreakpointJudge
    from stepper.debugger.step_facts import StepFacts


class Stops:
    """The breakpoints and assertions of a session, applied to one build in one engine."""

    def __init__(
        self, states: StateStore, breakpoints: Breakpoints, assertions: Assertions, build: Build, engine: Engine
    ) -> None:
        self._states = states
        self._breakpoints = breakpoints
        self._assertions = assertions
        self._build = build
        self._engine = engine

    def before(self, step: StepId, *, counting: bool = True) -> Hit | None:
        """Why to stop before this step, None to run it. Without `counting` no hit is counted, and none missed."""
        record = self._states.state.record(step)
        return self._first(record, counting, is_after=False, wanted=lambda point: not point.is_logpoint)

    def tell(self, step: StepId) -> None:
        """Say what logpoints say before this step, which is about to run."""
        record = self._states.state.record(step)
        self._first(record, True, is_after=False, wanted=lambda point: point.is_logpoint)

    def after(self, record: StepRecord, *, counting: bool = True) -> Hit | None:
        """Why to stop after this step, which ran or failed; says what logpoints say, and holds the assertions.

        Without `counting` (on the way back) only the former.
        """
        if counting:
            self._assertions.after(record, self._facts_after)
        failed = record.failure is not None
        return self._first(
            record,
            counting,
            is_after=True,
            wanted=lambda point: point.is_logpoint if failed else counting or not point.is_logpoint,
        )

    def stands(self) -> None:
        """The session stands: what waits again is no longer reached."""
        state = self._states.state
        self._breakpoints.keep_hits(
            {each.id for each in state.steps if each.status is not Status.WAITING or each.id == state.position}
        )

    def begin_anew(self) -> None:
        """The build begins from the beginning: so does the counting of hits."""
        self._breakpoints.begin_anew()

    def finished(self) -> None:
        """The target is built: hold the assertions about its image."""
        self._assertions.finished(self._facts_after)

    def may_stop_in(self, stage: int) -> bool:
        """Whether anything can stop, or be told, at the steps of a stage."""
        state = self._states.state
        records = state.stage_steps(stage)
        keywords = {record.instruction.keyword for record in records}
        for point in state.breakpoints:
            if not point.enabled:
                continue
            match point.place:
                case AtLine(line) if not any(stands_at(state, record, line) for record in records):
                    continue
                case AtInstruction(keyword) if keyword not in keywords:
                    continue
                case AtStage(name) if state.dockerfile is None or find_stage(state.dockerfile, name) != stage:
                    continue
            return True
        return False

    def _first(
        self, record: StepRecord, counting: bool, *, is_after: bool, wanted: Callable[[Breakpoint], bool]
    ) -> Hit | None:
        """The first of the stops here; all are judged, so that each counts its hits."""
        points = [point for point in self._states.state.breakpoints if point.enabled and wanted(point)]
        hits = [
            hit
            for point in points
            if self._judge.is_judged_after(point) is is_after
            if (hit := self._judge.judged(point, record, counting, is_after)) is not None
        ]
        return hits[0] if hits else None

    def _facts_after(self, record: StepRecord) -> "StepFacts":
        return self._judge.facts(record, is_after=True)

    @cached_property
    def _judge(self) -> "BreakpointJudge":
        from stepper.debugger.breakpoint_judge import BreakpointJudge  # Not before something is to be judged.

        return BreakpointJudge(self._states, self._breakpoints, self._build, self._engine)


def reason_of(hit: Hit) -> StopReason:
    """The reason of a stop at a breakpoint."""
    match hit.breakpoint.place:
        case AtPath():
            return StopReason.WATCHPOINT
        case AtException():
            return StopReason.EXCEPTION
        case _:
            return StopReason.BREAKPOINT
