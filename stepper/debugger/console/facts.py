"""The facts that `p` prints: those of the console's state, and of the step that the session stands at."""

import time
from dataclasses import replace
from functools import cached_property

from stepper.debugger.build import Build
from stepper.debugger.pausing import seconds_so_far
from stepper.debugger.state import SessionState
from stepper.debugger.step_facts import StepFacts
from stepper.engine.protocol import Engine
from stepper.engine.step import Failure, Snapshot, StandingRun
from stepper.errors import UsageError
from stepper.image.config import ImageConfig


class ConsoleFacts(StepFacts):
    """Facts in which files and variables are those of the console's state."""

    shown: Snapshot | Failure | StandingRun | None = None

    @cached_property
    def _snapshot(self) -> Snapshot | Failure | StandingRun | None:
        return self.shown

    @cached_property
    def _config(self) -> ImageConfig:
        if not isinstance(self.shown, StandingRun):
            return super()._config
        before = self._record.before
        environment = {**self.shown.variables, **self.shown.environment}
        return replace(
            before.config if before is not None else ImageConfig(),
            env=tuple(environment.items()),
            working_dir=self.shown.folder,
        )


def facts_at(
    state: SessionState, build: Build, engine: Engine, shown: Snapshot | Failure | StandingRun | None
) -> ConsoleFacts:
    """The facts at the position: of the step that ran last there, or failed, with the files of the state `shown`.

    Inside of a RUN they are those of the RUN so far; at a FROM, which has no state before it, those of its own.
    """
    if not state.steps:
        raise UsageError("there is no Dockerfile to ask about")
    position = state.position
    if position is None:
        step = build.plan.last(build.goal)
    else:
        stays = state.failure is not None or state.inside is not None
        step = position if stays else build.plan.previous(position) or position
    record = state.record(step)
    if state.inside is not None:
        record = replace(record, seconds=seconds_so_far(record, time.time()))
    is_after = record.ran or record.failure is not None
    facts = ConsoleFacts(state, record, build, engine, is_after=is_after)
    facts.shown = shown
    return facts
