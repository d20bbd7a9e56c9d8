"""Judges one breakpoint at one step: whether it stands there, its condition holds and the hit counts."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

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
from stepper.debugger.breakpoints import Breakpoints, stands_at
from stepper.debugger.build import Build
from stepper.debugger.conditions import ConditionError, When, parse_condition, parse_message
from stepper.debugger.events import LogMessage
from stepper.debugger.state import Status, StepRecord
from stepper.debugger.step_facts import StepFacts
from stepper.debugger.store import StateStore
from stepper.dockerfile.graph import find_stage
from stepper.engine.protocol import Engine
from stepper.engine.step import StepId
from stepper.errors import UsageError
from stepper.image.entry import EntryKind
from stepper.image.layer import Change, ChangeKind
from stepper.text import printable

_DEEDS = {ChangeKind.ADDED: "added", ChangeKind.MODIFIED: "modified", ChangeKind.DELETED: "deleted"}


@dataclass
class BreakpointJudge:
    """Judges the breakpoints of a session for one build in one engine. A logpoint that is hit is told."""

    states: StateStore
    breakpoints: Breakpoints
    build: Build
    engine: Engine

    @staticmethod
    def is_judged_after(point: Breakpoint) -> bool:
        """Whether it asks for what only the step tells."""
        if isinstance(point.place, AtPath) or point.place == AtException(ExceptionKind.CACHE_MISS):
            return True
        # What cannot be read is told when its place is reached.
        with suppress(ConditionError):
            if point.condition and parse_condition(point.condition).when is When.AFTER:
                return True
        with suppress(ConditionError):
            return parse_message(point.message).when is When.AFTER
        return False

    def judged(self, point: Breakpoint, record: StepRecord, counting: bool, is_after: bool) -> Hit | None:
        """Why to stop at it, None where there is no reason. Without `counting` no hit is counted, and none missed."""
        words = self._reached(point, record)
        if words is None:
            return None
        number = self._number(point, record, counting)
        facts = self.facts(record, is_after=is_after, hits=number or 0)
        try:
            if point.condition and not self._holds(point, record, facts, counting):
                return None
            counts = number is None or parse_hit_count(point.hit_count)(number)
        except ConditionError as error:
            return self._cannot_judge(point, record, error, counting, is_after)
        if counting:
            self.breakpoints.count(point.id, record.id)
        if not counts:
            return None
        if point.is_logpoint:
            self._log(point, record, facts)
            return None
        return Hit(point, record.id, words, is_after)

    def _holds(self, point: Breakpoint, record: StepRecord, facts: StepFacts, counting: bool) -> bool:
        condition = parse_condition(point.condition)
        if counting and any(word.name == "hits" for word in condition.words):
            # What asks for the hits itself has one wherever it is asked: else it would never get beyond the first.
            self.breakpoints.count(point.id, record.id)
        return condition.holds(facts)

    def _number(self, point: Breakpoint, record: StepRecord, counting: bool) -> int | None:
        """Which hit it is; without `counting` the one that it was, None where it was not there yet then."""
        if counting:
            return self.breakpoints.next_hit(point.id, record.id)
        return self.breakpoints.hit_at(point.id, record.id)

    def _cannot_judge(
        self, point: Breakpoint, record: StepRecord, error: ConditionError, counting: bool, is_after: bool
    ) -> Hit | None:
        """Stop rather than pass what the user wanted to see; a logpoint says it instead."""
        if counting:
            self.breakpoints.note_error(point.id, error.message)
        message = f"{named(point)}: {error.message}"
        if point.is_logpoint:
            self.states.emit(LogMessage(record, point, message, error=True))
            return None
        return Hit(point, record.id, message, is_after, error=True)

    def _log(self, point: Breakpoint, record: StepRecord, facts: StepFacts) -> None:
        try:
            message = parse_message(point.message).filled(facts)
        except ConditionError as error:
            self.breakpoints.note_error(point.id, error.message)
            self.states.emit(LogMessage(record, point, f"{printable(point.message)}: {error.message}", error=True))
        else:
            self.states.emit(LogMessage(record, point, message))

    def _reached(self, point: Breakpoint, record: StepRecord) -> str | None:
        """What is to be said of a breakpoint whose place this step is, None for one that stands elsewhere."""
        state, step = self.states.state, record.id
        match point.place:
            case AtLine(line):
                is_here = stands_at(state, record, line)
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
                return next(self._exceptions(exception, record), None)
        return named(point) if is_here else None

    def _watched(self, glob: str, record: StepRecord) -> str | None:
        facts = self.facts(record, is_after=True)
        if record.layer is None:
            return None
        try:
            changes = list(facts.changes(glob))
        except UsageError as error:
            return error.message
        return _told(changes, glob) if changes else None

    def _exceptions(self, exception: ExceptionKind, record: StepRecord) -> Iterator[str]:
        if exception is ExceptionKind.CACHE_MISS:
            if record.command_changes:
                # It was stepped into, and the cache not asked.
                return
            if record.status is Status.DONE and record.instruction.keyword != "FROM" and self._is_first_miss(record):
                yield "cache miss: the first step of its stage that had to run"
            return
        for warning in self.states.state.warnings:
            if record.instruction.line <= warning.line <= record.instruction.end_line and not record.id.trigger:
                yield f"build-check warning {warning.rule}: {printable(warning.message)}"

    def _is_first_miss(self, record: StepRecord) -> bool:
        previous = self.build.plan.previous(record.id)
        if previous is None:
            return True
        before = self.states.state.record(previous)
        return before.status is Status.CACHED or before.instruction.keyword == "FROM"

    def facts(self, record: StepRecord, *, is_after: bool, hits: int = 0) -> StepFacts:
        """What conditions may ask at a step."""
        return StepFacts(self.states.state, record, self.build, self.engine, is_after=is_after, hits=hits)


def _told(changes: list[Change], glob: str) -> str:
    """`/etc/passwd modified`, and how many more. What is no directory comes first: a name in one changes that too."""
    named_first = sorted(changes, key=lambda change: (change.path != glob, _is_directory(change)))
    first, more = named_first[0], len(changes) - 1
    words = f"{printable(first.path)} {_DEEDS[first.kind]}"
    return f"{words} and {more} more" if more else words


def _is_directory(change: Change) -> bool:
    entry = change.after or change.before
    return entry is not None and entry.kind is EntryKind.DIRECTORY
