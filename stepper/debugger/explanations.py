"""Says of steps why they are as they are. Nothing is run."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from stepper.debugger.build import Build
from stepper.debugger.context_watch import touched_since
from stepper.debugger.events import FailureExplained
from stepper.debugger.options import BuildOptions
from stepper.debugger.source import ignore_files
from stepper.debugger.state import StepRecord
from stepper.debugger.store import StateStore
from stepper.debugger.why.last_runs import LastRuns
from stepper.engine.protocol import Engine
from stepper.engine.step import StepId
from stepper.errors import StepperError

if TYPE_CHECKING:
    from stepper.debugger.hints.hint import Hint
    from stepper.debugger.variables import Variables


_REST = 20
"""For how many times as long as a look at the files of a forecast took there is none."""
HINT_SECONDS = 5.0
"""How long is looked for facts that may help after a failure."""


class Explanations:
    """What a session can say of its steps.

    `engine` gives the engine and raises `StepperError` where there is none; `build` gives the build, None while no
    Dockerfile was read; `last_runs` gives what is kept of earlier runs, None without an engine.
    """

    def __init__(
        self,
        states: StateStore,
        options: BuildOptions,
        engine: Callable[[], Engine],
        build: Callable[[], Build | None],
        last_runs: Callable[[], LastRuns | None],
    ) -> None:
        self._states = states
        self._options = options
        self._engine = engine
        self._build = build
        self._last_runs = last_runs
        self._forecast_at = 0.0
        """When the files were looked at for the forecast, in seconds since the epoch."""
        self._next_look = 0.0
        """When they may be looked at again, on the clock of `time.monotonic`."""

    def variables(self, step: StepId) -> "Variables | None":
        """The variables at a step, whether it has run or not; None where the Dockerfile has no such step any more.

        From any thread. Raises `DockerfileError` where an ARG before the first FROM cannot be expanded.
        """
        from stepper.debugger.variables import variables_at  # Not before somebody looks at them.

        build, state = self._build(), self._states.state
        if build is None or build.plan.dockerfile is not state.dockerfile or step not in build.plan.instructions:
            return None
        return variables_at(state, build.plan, step, self._options.args_given_by)

    def forecast(self) -> None:
        """Work out what is expected of the steps that wait: it is in the state's `forecast`. From the session's thread.

        The files of the build context are looked at as they are now, and the step cache for what it has.
        """
        from stepper.debugger.why.forecast import forecast  # Not before somebody wants to know.

        build, last_runs, state = self._build(), self._last_runs(), self._states.state
        if build is None or last_runs is None or build.plan.dockerfile.handed_over is not None:
            return
        begun, moment = time.time(), time.monotonic()
        runs = last_runs.runs()
        found = forecast(state, build.expander, runs, self._engine().find, self._run_anew(build))
        self._forecast_at, self._next_look = begun, _next_look(moment)
        self._states.update(lambda state: state if state.forecast == found else replace(state, forecast=found))

    def forecast_again(self) -> None:
        """The same, where something in the folders that the last forecast looked at was touched since.

        From the session's thread, as often as one likes: what takes long is looked at less often.
        """
        forecast, moment = self._states.state.forecast, time.monotonic()
        if forecast is None or moment < self._next_look:
            return
        touched = any(touched_since(read.folder, read.paths, self._forecast_at) for read in forecast.reads)
        self._next_look = _next_look(moment)
        if touched:
            self.forecast()

    def _run_anew(self, build: Build) -> frozenset[int]:
        """The stages that the user wants nothing of from the cache."""
        dockerfile = build.plan.dockerfile
        return frozenset(each.index for each in dockerfile.stages if self._options.runs_anew(each.index, dockerfile))

    def look_into_failures(self, given_up: Callable[[], bool] = lambda: False) -> None:
        """Look for facts that are likely to help with each step that stands as it failed, and tell them.

        They are in its record's `hints`. From the session's thread; takes some seconds at most. Once `given_up` is
        True, or when the engine fails, a record has those found by then.
        """
        for record in self._states.state.failures:
            if record.hints is None and record.failure is not None and not record.was_interrupted:
                self._look_into(record, given_up)

    def _look_into(self, record: StepRecord, given_up: Callable[[], bool]) -> None:
        from stepper.debugger.hints.facts import Facts  # Not before something failed.
        from stepper.debugger.hints.table import find_hints

        found: tuple[Hint, ...] = ()
        names = [path.name for path in ignore_files(self._options) if path.exists()]
        with suppress(StepperError):
            facts = Facts(self._states.state, record, self._engine(), names[0] if names else ".dockerignore")
            found = find_hints(facts, seconds=HINT_SECONDS, given_up=given_up)
        if given_up() or self._states.state.record(record.id) != record:
            return
        explained = replace(record, hints=found)
        self._states.update(lambda state: state.with_record(explained))
        self._states.emit(FailureExplained(explained))


def _next_look(begun: float) -> float:
    """When there may be another look after one that began at this time, on the clock of `time.monotonic`."""
    now = time.monotonic()
    return now + _REST * (now - begun)
