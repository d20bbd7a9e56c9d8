"""Stands inside of a RUN: lets its shell run one command after the other, and keeps what each of them did."""

import time
from dataclasses import replace
from enum import Enum

from stepper.debugger.build import Build
from stepper.debugger.events import Notice
from stepper.debugger.executor import Executor
from stepper.debugger.inside import Inside, ShellChanges, changes_between
from stepper.debugger.pausing import paused, unpaused
from stepper.debugger.state import SessionState, StepRecord
from stepper.debugger.store import StateStore
from stepper.engine.protocol import Engine, SteppedRun
from stepper.engine.step import Outcome, StandingRun, StepId
from stepper.errors import StepperError
from stepper.image.layer import EMPTY_LAYER, Layer


class Within(Enum):
    """How far a RUN is to be run."""

    END = "end"
    """All of it, or what is left of it."""
    INTO = "into"
    """Up to its first command."""
    NEXT = "next"
    """Up to its next command."""


class StepInto:
    """The RUN that a session stands inside of, if it does."""

    def __init__(self, states: StateStore) -> None:
        self._states = states
        self._stepped: SteppedRun | None = None
        self._step: StepId | None = None
        self._copy: StandingRun | None = None

    @property
    def is_inside(self) -> bool:
        """Whether the session stands inside of a RUN."""
        return self._stepped is not None

    @property
    def has_copy(self) -> bool:
        """Whether something was tried in a copy of the state in which the RUN stands."""
        return self._copy is not None

    def why_not(self, record: StepRecord) -> str | None:
        """Why a step cannot be stepped into; None for one that can."""
        from stepper.debugger.run_commands import split_of  # Not before somebody steps into one: it reads shell.

        found = split_of(record)
        return None if found.commands else found.reason or "it has no commands"

    def enter(self, step: StepId, build: Build, executor: Executor) -> StepRecord | None:
        """Begin a RUN and stand before its first command; the record where it has ended instead."""
        stepped = executor.step_into(step, build)
        if isinstance(stepped, StepRecord):
            return stepped
        self._stepped, self._step = stepped, step
        return self._look(build, executor)

    def advance(self, within: Within, build: Build, executor: Executor) -> StepRecord | None:
        """Run the next command, or all that are left; the record where the RUN has ended."""
        stepped, step = self._inside()
        self.drop_copy(executor.engine)
        self._states.update(lambda state: unpaused(replace(state, running=(step,)), time.time()))
        try:
            stepped.advance(to_end=within is Within.END)
        except StepperError as error:
            return self._leave(build, executor, error)
        return self._look(build, executor)

    def standing(self) -> StandingRun:
        """The state in which the RUN stands, or the copy of it in which something was tried here."""
        stepped, _ = self._inside()
        return self._copy or stepped.standing()

    def copy(self) -> StandingRun:
        """A copy of that state, to try things in: one for each place where the RUN stands."""
        stepped, _ = self._inside()
        if self._copy is None:
            self._copy = stepped.copy()
        return self._copy

    def drop_copy(self, engine: Engine) -> None:
        """Give up the copy in which something was tried; the next one is a copy of the RUN as it stands."""
        copy, self._copy = self._copy, None
        if copy is not None:
            engine.release(copy)

    def look_after_shell(self, executor: Executor, *, only_changes: bool = False) -> None:
        """Keep what a shell changed apart from what the next command will change. It has ended, and the RUN stands.

        With `only_changes` one that changed nothing is not told: what it did while a command ran is that command's.
        """
        state = self._states.state
        if self._stepped is None or state.inside is None or state.running:
            return
        self.drop_copy(executor.engine)
        record = state.record(state.inside.step)
        layer = self._stepped.changes()
        changed = ShellChanges(state.inside.next, changes_between(record.layer or EMPTY_LAYER, layer))
        if only_changes and not changed.layer.changes:
            return
        record = replace(record, layer=layer, shell_changes=(*record.shell_changes, changed))
        inside = replace(state.inside, shells=state.inside.shells + 1)
        self._states.update(lambda state: replace(state.with_record(record), inside=inside))

    def abandon(self, build: Build | None, executor: Executor | None) -> None:
        """Give up the RUN: its container is removed, and it waits as if it had not begun."""
        if self._stepped is None:
            return
        stepped, step = self._inside()
        if executor is not None:
            self.drop_copy(executor.engine)
        self._stepped = self._step = self._copy = None
        failure = None
        try:
            failure = stepped.stop().failure
        except StepperError as error:
            self._states.emit(Notice(f"The RUN could not be stopped: {error}", hint=error.hint, error=True))
        self._states.update(lambda state: replace(state, inside=None))
        if executor is not None:
            executor.give_up(step)
            if failure is not None and failure.container is not None:
                executor.engine.release(failure)
        if build is not None:
            build.forget({step}, None)

    def _look(self, build: Build, executor: Executor) -> StepRecord | None:
        """See where the shell waits and what was done; the record where the RUN has ended."""
        from stepper.debugger.run_commands import commands_of

        stepped, step = self._inside()
        since = time.time()
        try:
            ended, next_ = stepped.outcome, stepped.next
            layer = stepped.changes() if next_ is not None else EMPTY_LAYER
        except StepperError as error:
            return self._leave(build, executor, error)
        if next_ is None:
            assert ended is not None, "a shell that does not wait has ended"
            return self._leave(build, executor, ended)
        record, known = self._states.state.record(step), self._states.state.inside
        changes, before = record.command_changes, record.layer or EMPTY_LAYER
        runs = stepped.commands
        new = len(runs) - len(changes)
        if new:
            changes = (*changes, *(Layer() for _ in range(new - 1)), changes_between(before, layer))
        commands = known.commands if known is not None else commands_of(record, self._states.state.dockerfile)
        inside = Inside(step, commands, next_)
        record = replace(record, layer=layer, commands=runs, command_changes=changes)
        self._states.update(lambda state: _standing(replace(state.with_record(record), inside=inside), since))
        return None

    def _leave(self, build: Build, executor: Executor, ended: Outcome | StepperError) -> StepRecord:
        _, step = self._inside()
        self._stepped = self._step = None
        record, stood = self._states.state.record(step), self._states.state.inside is not None
        if stood and isinstance(ended, Outcome) and len(ended.commands) == len(record.commands) + 1:
            last = changes_between(record.layer or EMPTY_LAYER, ended.layer or EMPTY_LAYER)
            record = replace(record, command_changes=(*record.command_changes, last))
        self._states.update(lambda state: replace(state.with_record(record), inside=None))
        return executor.end_run(step, build, ended)

    def _inside(self) -> tuple[SteppedRun, StepId]:
        assert self._stepped is not None, "the session stands inside of a RUN"
        assert self._step is not None, "the RUN is a step"
        return self._stepped, self._step


def _standing(state: SessionState, since: float) -> SessionState:
    """The state in which the RUN stands before a command: its clock stands still since then, and nothing runs."""
    return replace(paused(state, since), running=())
