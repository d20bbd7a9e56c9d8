"""Says of each step that did not come from the cache why it ran, and keeps what it depended on for the next time."""

import hashlib
import os
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from stepper.debugger.build import Build
from stepper.debugger.options import BuildOptions
from stepper.debugger.plan import Plan
from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.debugger.variable_scopes import scope_at
from stepper.debugger.why.history import Key, LastRun, RunHistory, newest_last
from stepper.debugger.why.inputs import Inputs, inputs_of
from stepper.debugger.why.known_runs import KnownRuns
from stepper.debugger.why.reasons import BEFORE, CHANGED, FAILED, GONE, KEPT, NEVER, NOT_KEPT, UNKNOWN, own_reasons
from stepper.dockerfile.operations import FromOperation
from stepper.engine.protocol import EngineInfo
from stepper.engine.step import Kept, Outcome, Snapshot, StepId
from stepper.errors import StepperError
from stepper.folders import cache_folder

_KEPT_AFTER_SECONDS = 0.3


class LastRuns:
    """The last runs of one build on one engine. `explained` and `note` are for the threads that run steps."""

    def __init__(self, options: BuildOptions, engine: EngineInfo) -> None:
        place = os.path.abspath(options.dockerfile) if options.is_own_file else f"{options.name} {options.context}"
        parts = (place, options.platform or engine.platform, engine.endpoint, engine.storage)
        build = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
        self.history = RunHistory(cache_folder(), build)
        """What is kept on disk."""
        self._noted: dict[Key, tuple[StepRecord, LastRun]] = {}
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def runs(self) -> Mapping[Key, LastRun]:
        """All that is known by now: what is kept, and what is on its way to the disk, of that without the parent."""
        with self._lock:
            noted = {key: run for key, (_, run) in self._noted.items()}
            return newest_last(self.history.runs(), noted)

    def explained(
        self,
        state: SessionState,
        build: Build,
        record: StepRecord,
        outcome: Outcome,
        asked: str,
        otherwise: str = "",
    ) -> tuple[StepRecord, Inputs | None]:
        """The record of a step that ended with the reason why it ran, and what it depended on.

        There is no reason for what came from the cache, what only changes the configuration, and a FROM that is as it
        was. `asked` is what the user said that keeps it from the cache; `otherwise` is the reason where nothing is
        other than the last time, "" for that of the step cache.
        """
        if record.step is None or record.instruction.keyword not in KEPT:
            return record, None
        known = KnownRuns(keys_of(state), self.history.runs())
        last = known.last(record.id)
        if outcome.cached and last is not None and last.key == outcome.key:
            return record, None  # What it depends on is as it was.
        with suppress(StepperError, OSError):
            scope = scope_at(state, build.plan, record.id)
            inputs = inputs_of(record, build.expander, scope, outcome.versions)
            if outcome.cached:
                return record, inputs
            now = replace(record, after=outcome.snapshot)
            why = asked or self._reason(state, build.plan, now, inputs, outcome, known, otherwise)
            return replace(record, why=why), inputs
        return replace(record, why=asked or otherwise), None

    def _reason(
        self,
        state: SessionState,
        plan: Plan,
        record: StepRecord,
        inputs: Inputs,
        outcome: Outcome,
        known: KnownRuns,
        otherwise: str,
    ) -> str:
        last = known.last(record.id)
        if last is not None and outcome.key and outcome.key == last.key:
            # Nothing that it depends on is other than it was.
            if last.failed:
                return f"because {FAILED}"
            return otherwise or f"because {GONE if outcome.kept is Kept.GONE else NOT_KEPT}"
        own = own_reasons(record.id, inputs, known)
        if own == [NEVER]:
            return UNKNOWN if self.history.began_empty else NEVER
        before = _parent_reason(state, plan, record, last)
        reasons = [*own, *([before] if before else []), *([] if own else _stage_reason(state, plan, record))]
        if reasons:
            return "because " + "; ".join(reasons[:2])
        if last is None or isinstance(_operation(record), FromOperation):
            return ""
        if not outcome.key or not last.key:
            return f"because {FAILED}" if last.failed else otherwise
        is_before = record.before is not None and image_if_made(record.before) != last.parent
        return f"because {BEFORE if is_before else CHANGED}"

    def note(self, state: SessionState, record: StepRecord, inputs: Inputs | None, step_key: str) -> None:
        """Keep what a step depended on and how long it took; written to disk a moment later, by another thread.

        `step_key` is what the step cache knows it by.
        """
        if record.instruction.keyword not in KEPT:
            return
        keys = keys_of(state)
        seconds = record.seconds or 0.0
        if record.status is Status.CACHED:
            last = KnownRuns(keys, self.history.runs()).last(record.id)
            seconds = last.seconds if last is not None else 0.0
            inputs = inputs or (last.inputs if last is not None else None)
        if inputs is None or record.was_interrupted:
            return
        run = LastRun(None, seconds, record.failure is not None, inputs, step_key)
        with self._lock:
            self._noted[keys[record.id]] = (record, run)
            if self._timer is None:
                self._timer = threading.Timer(_KEPT_AFTER_SECONDS, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Write what was noted to disk. From any thread; waits for images that are in the making."""
        with self._lock:
            noted = dict(self._noted)
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        runs: dict[Key, LastRun] = {}
        for key, (record, run) in noted.items():
            at = record.after if isinstance(_operation(record), FromOperation) else record.before
            with suppress(StepperError):
                runs[key] = run._replace(parent=at.image if at is not None else None)
        if runs:
            with suppress(StepperError):
                self.history.store(runs)
        with self._lock:
            # What was noted once more meanwhile has a timer of its own.
            self._noted = {key: each for key, each in self._noted.items() if noted.get(key) is not each}


def keys_of(state: SessionState) -> Mapping[StepId, Key]:
    """What each step of the Dockerfile as it is now is known by, of which the last run is kept."""
    counts: Counter[Key] = Counter()
    keys: dict[StepId, Key] = {}
    before: dict[int, Key] = {}
    for record in state.steps:
        if record.instruction.keyword not in KEPT:
            continue
        stage = record.id.stage
        after = before[stage].digest if stage in before else ""
        key = Key(_stage_name(state, stage), _whole_text(record), after)
        keys[record.id] = key._replace(occurrence=counts[key])
        counts[key] += 1
        before[stage] = key
    return keys


def _whole_text(record: StepRecord) -> str:
    bodies = "".join(f"\n{heredoc.body}" for heredoc in record.instruction.heredocs)
    return record.instruction.text + bodies


def _stage_name(state: SessionState, stage: int) -> str:
    assert state.dockerfile is not None, "a step is of a Dockerfile"
    return state.dockerfile.stages[stage].name or str(stage)


def _operation(record: StepRecord) -> object:
    return record.step.operation if record.step is not None else None


def _parent_reason(state: SessionState, plan: Plan, record: StepRecord, last: LastRun | None) -> str:
    """What before the step is not as it was: the step that ran anew, or the base image."""
    if isinstance(_operation(record), FromOperation):
        changed = last is not None and record.after is not None and image_if_made(record.after) != last.parent
        return "the image is another one than the last time" if changed else ""
    if last is None or record.before is None or image_if_made(record.before) == last.parent:
        return ""
    previous = plan.previous(record.id)
    while previous is not None:
        before = state.record(previous)
        if before.status is Status.DONE and before.why:
            is_base = isinstance(_operation(before), FromOperation)
            place = _place(before)
            return f"the base image of {place} is another one" if is_base else f"{place} before it ran anew"
        previous = plan.previous(previous)
    return ""


def _stage_reason(state: SessionState, plan: Plan, record: StepRecord) -> list[str]:
    """The stage that a COPY --from or a mount takes from, where something of it ran anew."""
    if isinstance(_operation(record), FromOperation):
        return []
    for stage in plan.used_by(record.id):
        for each in state.stage_steps(stage):
            if each.status is Status.DONE and each.why:
                return [f"{_place(each)} of the stage {plan.dockerfile.stages[stage].label} ran anew"]
    return []


def _place(record: StepRecord) -> str:
    return f"line {record.instruction.line}"


def image_if_made(snapshot: Snapshot) -> str | None:
    """The image of a snapshot; a word of its own for one that is still in the making: no image is called that."""
    if not getattr(snapshot, "is_made", True):
        return "in the making"
    with suppress(StepperError):
        return snapshot.image
    return None


def previous_image(state: SessionState, plan: Plan, step: StepId) -> str | None:
    """The image before a step, None where that has not run."""
    previous = plan.previous(step)
    after = state.record(previous).after if previous is not None else None
    return image_if_made(after) if after is not None else None
