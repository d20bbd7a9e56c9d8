"""What will run when the build goes on: the steps that are not expected from the cache, and how long they took."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import field

from stepper.debugger.plan import Plan
from stepper.debugger.state import SessionState, StepRecord
from stepper.debugger.why.history import Key, LastRun
from stepper.debugger.why.inputs import inputs_of
from stepper.debugger.why.last_runs import key_of, keys_of, previous_image
from stepper.debugger.why.reasons import FAILED, WORKING, own_reasons
from stepper.engine.step import ContextSource, StepId
from stepper.errors import StepperError
from stepper.frozen import frozen


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

    @property
    def will_run(self) -> int:
        """How many steps will run."""
        return sum(each.will_run for each in self.steps.values())

    @property
    def seconds(self) -> float:
        """How long those took the last time, as far as that is known."""
        return sum(each.seconds or 0.0 for each in self.steps.values() if each.will_run)


NO_FORECAST = Forecast()


def forecast(
    state: SessionState,
    plan: Plan,
    context: ContextSource,
    runs: Mapping[Key, LastRun],
    anew: Collection[int] = (),
) -> Forecast:
    """What is expected, by what was kept of the last run and by the files as they are now.

    `anew` are the stages whose steps the user wants to run anew.
    """
    if not runs:
        return NO_FORECAST
    found: dict[StepId, Expected] = {}
    dirty: dict[int, str] = {}
    for stage in sorted(state.needed):
        reason = _base_reason(plan, stage, dirty)
        for record in state.stage_steps(stage):
            if record.ran:
                continue
            if record.instruction.keyword not in WORKING:
                continue
            last = runs.get(key_of(state, record))
            own = "it is to run anew" if stage in anew else _own_reason(state, plan, record, context, runs)
            why = own or reason or _used_reason(plan, record, dirty)
            seconds = last.seconds or None if last is not None else None
            found[record.id] = Expected(bool(why), seconds, why)
            if why and not reason:
                reason = f"line {record.instruction.line} before it runs anew"
        if reason:
            dirty[stage] = reason
    return Forecast(found)


def _own_reason(
    state: SessionState, plan: Plan, record: StepRecord, context: ContextSource, runs: Mapping[Key, LastRun]
) -> str:
    key = key_of(state, record)
    with suppress(StepperError, OSError):
        own = own_reasons(key, inputs_of(state, plan, record, context), runs, keys_of(state), record.id.ordinal)
        if own:
            return own[0]
        last = runs[key]
        if last.failed:
            return FAILED
        image = previous_image(state, plan, record.id)
        if image is not None and last.parent is not None and image != last.parent:
            return "what is before it is not as it was"
    return ""


def _base_reason(plan: Plan, stage: int, dirty: Mapping[int, str]) -> str:
    return _stages_reason(plan, plan.used_by(plan.stage(stage)[0]), dirty)


def _used_reason(plan: Plan, record: StepRecord, dirty: Mapping[int, str]) -> str:
    return _stages_reason(plan, plan.used_by(record.id), dirty)


def _stages_reason(plan: Plan, used: Collection[int], dirty: Mapping[int, str]) -> str:
    for stage in used:
        if stage in dirty:
            return f"the stage {plan.dockerfile.stages[stage].label} runs anew"
    return ""
