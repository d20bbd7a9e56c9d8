"""Judges at every step whether a run stops there, and tells what logpoints say.

What a breakpoint asks decides when it is judged: before the step, or, where it asks for what only the step tells (its
layer, its time), after it; then the run stops after it as well.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress

from stepper.debugger.assertions import Assertions
from stepper.debugger.breakpoint import (
    AtAnyStep,
    AtException,
    AtInstruction,
    AtLine,
    AtPath,
    AtStage,
    Breakpoint,
    ExceptionKind,
    Hit,
)
from stepper.debugger.breakpoint_words import named, parse_hit_count
from stepper.debugger.breakpoints import Breakpoints
from stepper.debugger.build import Build
from stepper.debugger.conditions import ConditionError, When, parse_condition, parse_message
from stepper.debugger.events import LogMessage
from stepper.debugger.state import Status, StepRecord, StopReason
from stepper.debugger.step_facts import StepFacts
from stepper.debugger.store import StateStore
from stepper.dockerfile.graph import find_stage
from stepper.engine.protocol import Engine
from stepper.engine.step import StepId
from stepper.errors import UsageError
from stepper.image.layer import Change, ChangeKind
from stepper.text import printable

_DEEDS = {ChangeKind.ADDED: "added", ChangeKind.MODIFIED: "modified", ChangeKind.DELETED: "deleted"}


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
            self._assertions.after(record, self._facts(record, is_after=True))
        failed = record.failure is not None
        return self._first(
            record,
            counting,
            is_after=True,
            wanted=lambda point: point.is_logpoint if failed else counting or not point.is_logpoint,
        )

    def begin_anew(self) -> None:
        """The build begins from the beginning: so does the counting of hits."""
        self._breakpoints.begin_anew()

    def finished(self) -> None:
        """The target is built: hold the assertions about its image."""
        self._assertions.finished(lambda record: self._facts(record, is_after=True))

    def may_stop_in(self, stage: int) -> bool:
        """Whether anything can stop, or be told, at the steps of a stage."""
        state = self._states.state
        records = state.stage_steps(stage)
        lines = {record.instruction.line for record in records}
        keywords = {record.instruction.keyword for record in records}
        for point in state.breakpoints:
            if not point.enabled:
                continue
            match point.place:
                case AtLine(line) if line not in lines:
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
        hits = [
            hit
            for point in self._states.state.breakpoints
            if point.enabled and wanted(point) and _is_judged_after(point) is is_after
            if (hit := self._judged(point, record, counting, is_after)) is not None
        ]
        return hits[0] if hits else None

    def _judged(self, point: Breakpoint, record: StepRecord, counting: bool, is_after: bool) -> Hit | None:
        words = self._reached(point, record, is_after)
        if words is None:
            return None
        facts = self._facts(record, is_after=is_after, hits=point.hits + 1)
        try:
            if point.condition and not parse_condition(point.condition).holds(facts):
                return None
            counts = not counting or parse_hit_count(point.hit_count)(point.hits + 1)
        except ConditionError as error:
            return self._cannot_judge(point, record, error, counting, is_after)
        if counting:
            self._breakpoints.count(point.id, hits=point.hits + 1, error=None)
        if not counts:
            return None
        if point.is_logpoint:
            self._log(point, record, facts)
            return None
        return Hit(point, record.id, words, is_after)

    def _cannot_judge(
        self, point: Breakpoint, record: StepRecord, error: ConditionError, counting: bool, is_after: bool
    ) -> Hit | None:
        """Stop rather than pass what the user wanted to see; a logpoint says it instead."""
        if counting:
            self._breakpoints.count(point.id, hits=point.hits, error=error.message)
        message = f"{named(point)}: {error.message}"
        if point.is_logpoint:
            self._states.emit(LogMessage(record, point, message, error=True))
            return None
        return Hit(point, record.id, message, is_after, error=True)

    def _log(self, point: Breakpoint, record: StepRecord, facts: StepFacts) -> None:
        try:
            message = parse_message(point.message).filled(facts)
        except ConditionError as error:
            self._breakpoints.count(point.id, hits=point.hits + 1, error=error.message)
            self._states.emit(LogMessage(record, point, f"{printable(point.message)}: {error.message}", error=True))
        else:
            self._states.emit(LogMessage(record, point, message))

    def _reached(self, point: Breakpoint, record: StepRecord, is_after: bool) -> str | None:
        """What is to be said of a breakpoint whose place this step is, None for one that stands elsewhere."""
        state, step = self._states.state, record.id
        match point.place:
            case AtLine(line):
                is_here = not step.trigger and record.instruction.line == line
            case AtStage(name):
                stage = find_stage(state.dockerfile, name) if state.dockerfile is not None else None
                is_here = step == StepId(stage, 0) if stage is not None else False
            case AtInstruction(keyword):
                is_here = record.instruction.keyword == keyword
            case AtAnyStep():
                is_here = True
            case AtPath(glob):
                return self._watched(glob, record)
            case AtException(exception):
                return next(self._exceptions(exception, record, is_after), None)
        return named(point) if is_here else None

    def _watched(self, glob: str, record: StepRecord) -> str | None:
        facts = self._facts(record, is_after=True)
        if record.layer is None:
            return None
        try:
            changes = list(facts.changes(glob))
        except UsageError as error:
            return error.message
        return _told(changes, glob) if changes else None

    def _exceptions(self, exception: ExceptionKind, record: StepRecord, is_after: bool) -> Iterator[str]:
        if exception is ExceptionKind.CACHE_MISS:
            if record.status is Status.DONE and record.instruction.keyword != "FROM" and self._is_first_miss(record):
                yield "cache miss: the first step of its stage that had to run"
            return
        for warning in self._states.state.warnings:
            if record.instruction.line <= warning.line <= record.instruction.end_line and not record.id.trigger:
                yield f"build-check warning {warning.rule}: {printable(warning.message)}"

    def _is_first_miss(self, record: StepRecord) -> bool:
        previous = self._build.plan.previous(record.id)
        if previous is None:
            return True
        before = self._states.state.record(previous)
        return before.status is Status.CACHED or before.instruction.keyword == "FROM"

    def _facts(self, record: StepRecord, *, is_after: bool, hits: int = 0) -> StepFacts:
        return StepFacts(self._states.state, record, self._build, self._engine, is_after=is_after, hits=hits)


def reason_of(hit: Hit) -> StopReason:
    """The reason of a stop at a breakpoint."""
    match hit.breakpoint.place:
        case AtPath():
            return StopReason.WATCHPOINT
        case AtException():
            return StopReason.EXCEPTION
        case _:
            return StopReason.BREAKPOINT


def _is_judged_after(point: Breakpoint) -> bool:
    if isinstance(point.place, AtPath) or point.place == AtException(ExceptionKind.CACHE_MISS):
        return True
    # What cannot be read is told when its place is reached.
    with suppress(ConditionError):
        if point.condition and parse_condition(point.condition).when is When.AFTER:
            return True
    with suppress(ConditionError):
        return parse_message(point.message).when is When.AFTER
    return False


def _told(changes: list[Change], glob: str) -> str:
    """`/etc/passwd modified`, and how many more. What is no directory comes first: a name in one changes that too."""
    named_first = sorted(changes, key=lambda change: (change.path != glob, _is_directory(change)))
    first, more = named_first[0], len(changes) - 1
    words = f"{printable(first.path)} {_DEEDS[first.kind]}"
    return f"{words} and {more} more" if more else words


def _is_directory(change: Change) -> bool:
    entry = change.after or change.before
    return entry is not None and entry.kind.value == "d"
