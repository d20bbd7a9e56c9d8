"""What will run when the build goes on: the steps that are not expected from the cache, and how long they took."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import field

from stepper.debugger.expander import Expander
from stepper.debugger.plan import Plan
from stepper.debugger.state import SessionState, StepRecord
from stepper.debugger.variable_scopes import VariableScope, scopes_in
from stepper.debugger.why.history import Key, LastRun
from stepper.debugger.why.inputs import FolderRead, folder_reads, inputs_of
from stepper.debugger.why.known_runs import KnownRuns
from stepper.debugger.why.last_runs import keys_of, previous_image
from stepper.debugger.why.reasons import BEFORE, FAILED, GONE, NOT_KEPT, WORKING, own_reasons
from stepper.engine.step import Kept, StepId
from stepper.errors import StepperError
from stepper.frozen import frozen
from stepper.text import human_seconds


@frozen
class Expected:
    """What is expected of a waiting step. `seconds` are those of the last time that it ran, None where it never did."""

    will_run: bool
    seconds: float | None = None
    why: str = ""


@frozen
class Forecast:
    """What is expected of the steps of the goal that wait; empty where nothing is known of an earlier run."""

    steps: Mapping[StepId, Expected] = field(default_factory=dict)
    reads: tuple[FolderRead, ...] = ()
    """What was looked at of folders of this machine: once something there changes, there is another forecast."""

    @property
    def will_run(self) -> int:
        """How many steps will run."""
        return sum(each.will_run for each in self.steps.values())

    @property
    def seconds(self) -> float | None:
        """How long those took the last time, as far as that is known; None where it is known of none of them."""
        known = [each.seconds for each in self.steps.values() if each.will_run and each.seconds is not None]
        return sum(known) if known else None

    @property
    def took(self) -> str:
        """`seconds` in words: `3.4s`, `at least 3.4s` where it is not known of all of them, "" where of none."""
        seconds = self.seconds
        if seconds is None:
            return ""
        is_whole = all(each.seconds is not None for each in self.steps.values() if each.will_run)
        return human_seconds(seconds) if is_whole else f"at least {human_seconds(seconds)}"


NO_FORECAST = Forecast()


def forecast(
    state: SessionState,
    expander: Expander,
    runs: Mapping[Key, LastRun],
    find: Callable[[str], Kept],
    anew: Collection[int] = (),
) -> Forecast:
    """What is expected, by what was kept of the last run, by the files as they are now, and by the step cache.

    `find` looks there, see `Engine.find`; it is asked for steps that would come from it. `anew` are the stages whose
    steps the user wants to run anew.
    """
    if not runs:
        return NO_FORECAST
    plan = expander.plan
    reads: list[FolderRead] = []
    found: dict[StepId, Expected] = {}
    dirty: dict[int, str] = {}
    known = KnownRuns(keys_of(state), runs)
    for stage in sorted(state.needed):
        reason = _base_reason(plan, stage, dirty)
        scopes = scopes_in(state, plan, stage)
        for record in state.stage_steps(stage):
            if record.ran or record.instruction.keyword not in WORKING:
                continue
            scope = scopes[record.id]
            with suppress(StepperError):
                reads.extend(folder_reads(record, expander, scope))
            last = known.last(record.id)
            own = "it is to run anew" if stage in anew else _own_reason(state, record, expander, known, scope)
            why = own or reason or _used_reason(plan, record, dirty) or _lost(last, find)
            seconds = last.seconds or None if last is not None else None
            found[record.id] = Expected(bool(why), seconds, why)
            if why and not reason:
                reason = f"line {record.instruction.line} before it runs anew"
        if reason:
            dirty[stage] = reason
    return Forecast(found, tuple(reads))


def _own_reason(
    state: SessionState,
    record: StepRecord,
    expander: Expander,
    known: KnownRuns,
    scope: VariableScope,
) -> str:
    with suppress(StepperError, OSError):
        own = own_reasons(record.id, inputs_of(record, expander, scope), known)
        last = known.last(record.id)
        if own or last is None:
            return own[0] if own else ""
        if last.failed:
            return FAILED
        image = previous_image(state, expander.plan, record.id)
        if image is not None and last.parent is not None and image != last.parent:
            return BEFORE
    return ""


def _lost(last: LastRun | None, find: Callable[[str], Kept]) -> str:
    """What is no longer there of a step that nothing else keeps from the cache."""
    kept = find(last.key) if last is not None and last.key else Kept.THERE
    return {Kept.THERE: "", Kept.GONE: GONE, Kept.UNKNOWN: NOT_KEPT}[kept]


def _base_reason(plan: Plan, stage: int, dirty: Mapping[int, str]) -> str:
    return _stages_reason(plan, plan.used_by(plan.stage(stage)[0]), dirty)


def _used_reason(plan: Plan, record: StepRecord, dirty: Mapping[int, str]) -> str:
    return _stages_reason(plan, plan.used_by(record.id), dirty)


def _stages_reason(plan: Plan, used: Collection[int], dirty: Mapping[int, str]) -> str:
    for stage in used:
        if stage in dirty:
            return f"the stage {plan.dockerfile.stages[stage].label} runs anew"
    return ""
