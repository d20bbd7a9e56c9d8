"""What stays valid of a build when its Dockerfile is another one now: each stage's first steps that are still the same.

A step is the same when its expanded instruction, its environment and what it reads are; its place, its spelling and the
names of stages may have changed. A RUN that the session stands inside of stays where it is, too, as long as it is the
same: the engine knows it by its place among the stages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from stepper.debugger.build import Build, Visit
from stepper.debugger.context_watch import touched_since
from stepper.debugger.executor import Executor
from stepper.debugger.expander import Expander
from stepper.debugger.inputs import Input, mount_inputs, source_input
from stepper.debugger.inside import Inside
from stepper.debugger.plan import Plan, at_line
from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.debugger.step_into import StepInto
from stepper.debugger.store import StateStore
from stepper.dockerfile.mounts import BindMount, CacheMount, Mount
from stepper.dockerfile.operations import CopyOperation, FromOperation, Operation, RunOperation
from stepper.dockerfile.origins import Origin
from stepper.engine.step import ContextSource, Failure, Snapshot, Step, StepId
from stepper.errors import DockerfileError

Records = Mapping[StepId, StepRecord]


@dataclass
class CarriedOver:
    """What stays: `records` by their new ids, and `places`, the new id of each old one that stays."""

    plan: Plan
    records: dict[StepId, StepRecord] = field(default_factory=dict)
    places: dict[StepId, StepId] = field(default_factory=dict)

    def result(self, stage: int) -> Snapshot | None:
        """The state after a stage's last step, where all of it stays."""
        last = self.records.get(self.plan.last(stage))
        return last.after if last is not None else None


class Reloaded(NamedTuple):
    """The build of a new plan, and the new ids of the steps of the old one that stay."""

    build: Build
    places: Mapping[StepId, StepId]


def reloaded(
    build: Build, states: StateStore, plan: Plan, expander: Expander, executor: Executor | None, into: StepInto
) -> Reloaded | None:
    """The build of a new plan, with what stays of the old one in the session's state; None when all is as it was.

    The containers of failed steps that do not stay are given up, and so is the RUN that the session stands inside of.
    """
    state = states.state
    records = {record.id: record for record in state.steps}
    kept = carry_over(records, build.plan, plan, expander)
    gone = {record.id for record in state.steps if record.status is not Status.WAITING} - kept.places.keys()
    if not gone and kept.plan.dockerfile == build.plan.dockerfile and kept.plan.target == build.plan.target:
        return None
    for step in gone:
        failure = records[step].failure
        if failure is not None and failure.container is not None and executor is not None:
            executor.engine.release(failure)
    stages = {old: new for new, old in matching_stages(build.plan, plan).items()}
    stages[build.plan.target] = plan.target
    goal = stages.get(state.goal, plan.target)
    inside = _still_inside(state, kept, goal)
    if inside is None:
        kept.records = {step: record for step, record in kept.records.items() if record.status is not Status.RUNNING}
        into.abandon(build, executor)
    new = Build(states, kept.plan, expander)
    new.announced = build.announced
    new.visits = [
        Visit(kept.places[visit.step], stages.get(visit.goal, plan.target))
        for visit in build.visits
        if visit.step in kept.places
    ]
    was_built = build.result(state.goal)
    new.show(kept.records, goal=goal, inside=inside)
    if inside is not None:
        new.entered = inside.step.stage
    if new.next() is not None or new.result(new.goal) != was_built:
        states.update(lambda state: replace(state, image=None))
    return Reloaded(new, kept.places)


def _still_inside(state: SessionState, kept: CarriedOver, goal: int) -> Inside | None:
    """Where the session stands inside of its RUN, if that stays what comes next; with its commands' new places."""
    inside = state.inside
    if inside is None or kept.places.get(inside.step) != inside.step:
        return None
    if inside.step.stage not in kept.plan.graph.needed(goal):
        return None
    from stepper.debugger.run_commands import commands_of  # Not before somebody is inside of a RUN: it reads shell.

    return replace(inside, commands=commands_of(kept.records[inside.step], kept.plan.dockerfile))


def matching_stages(old: Plan, new: Plan) -> dict[int, int]:
    """The old stage for each new one: by name, those without a name one after the other."""
    named = {stage.name: stage.index for stage in reversed(old.dockerfile.stages) if stage.name is not None}
    unnamed = [stage.index for stage in old.dockerfile.stages if stage.name is None]
    matches: dict[int, int] = {}
    nameless = [stage.index for stage in new.dockerfile.stages if stage.name is None]
    matches.update(zip(nameless, unnamed, strict=False))
    for stage in new.dockerfile.stages:
        if stage.name is not None and stage.name in named:
            matches[stage.index] = named.pop(stage.name)
    return matches


def carry_over(records: Records, old: Plan, new: Plan, expander: Expander) -> CarriedOver:
    """Follow the new plan as far as the old records are good for it.

    `expander` is the new plan's, and notes what stays.
    """
    matches = matching_stages(old, new)
    kept = CarriedOver(new)
    for stage in range(len(new.dockerfile.stages)):
        if stage in matches:
            _carry_stage(stage, matches[stage], matches, records, old, kept, expander)
    return kept


def _carry_stage(
    stage: int,
    old_stage: int,
    matches: Mapping[int, int],
    records: Records,
    old: Plan,
    kept: CarriedOver,
    expander: Expander,
) -> None:
    """Keep the first steps of a stage. Once its FROM stays, so do the triggers that the base image brought in."""
    before: Snapshot | None = None
    for old_id in old.stage(old_stage):
        record = records[old_id]
        new_id = _place(kept.plan, stage, old_id, old)
        step = _same_step(record, new_id, before, matches, kept, expander)
        if step is None or new_id is None:
            return
        kept.places[old_id] = new_id
        moved = replace(record, id=new_id, instruction=step.instruction, step=step)
        kept.records[new_id] = moved if record.failure is None else _with_places_of(kept.plan, moved, record.failure)
        if record.after is None:
            return
        if isinstance(step.operation, FromOperation) and step.operation.stage is None:
            triggers = tuple(at_line(i, step.instruction.line) for i in old.triggers.get(old_stage, ()))
            kept.plan = expander.plan = kept.plan.with_triggers(stage, triggers)
        expander.note(step, record.after)
        before = record.after


def _with_places_of(plan: Plan, record: StepRecord, failure: Failure) -> StepRecord:
    """The record of a step that failed with its places in a plan; what was found out is to be found out again."""
    if failure.command is not None:
        from stepper.debugger.run_commands import (
            with_command,
        )  # Not before a command of several failed: it reads shell.

        failure = with_command(failure, record, plan.dockerfile)
    return replace(record, failure=failure, hints=None)


def _place(new: Plan, stage: int, old_id: StepId, old: Plan) -> StepId | None:
    """The step of the new stage that stands where the old one stood in its stage."""
    index = old.stage(old_id.stage).index(old_id)
    steps = new.stage(stage)
    return steps[index] if index < len(steps) else None


def _same_step(
    record: StepRecord,
    new_id: StepId | None,
    before: Snapshot | None,
    matches: Mapping[int, int],
    kept: CarriedOver,
    expander: Expander,
) -> Step | None:
    """The new step, if the record (of one that ran or failed) is still good for it."""
    if new_id is None or record.step is None or record.status is Status.WAITING:
        return None
    try:
        step = expander.expand(new_id, before, kept.result)
    except DockerfileError:
        return None
    same = (
        record.before == before
        and _renumbered(step.operation, matches) == record.step.operation
        and step.environment == record.step.environment
        and step.settings == record.step.settings
        and _same_inputs(step, record)
    )
    return replace(step, source=record.step.source, mount_sources=record.step.mount_sources) if same else None


def _same_inputs(new: Step, record: StepRecord) -> bool:
    """Whether all that the step reads is what it was when it ran. Images are: they were pulled for it."""
    assert record.step is not None
    reads = (source_input(new.operation), *mount_inputs(new.operation))
    now, then = (new.source, *new.mount_sources), (record.step.source, *record.step.mount_sources)
    since = record.started or 0.0
    return all(_same_files(*sources, since) for sources in zip(reads, now, then, strict=True))


def _same_files(
    read: Input | None, now: Snapshot | ContextSource | None, then: Snapshot | ContextSource | None, since: float
) -> bool:
    if read is None or read.image is not None:
        return True
    if now is None or now != then:
        return False
    return not isinstance(now, ContextSource) or not touched_since(now, read.paths, since)


def _renumbered(operation: Operation, matches: Mapping[int, int]) -> Operation:
    """The operation with the old plan's numbers of the stages that it uses; -1 for a stage that was not there."""
    if isinstance(operation, FromOperation) and operation.stage is not None:
        return replace(operation, stage=matches.get(operation.stage, -1))
    if isinstance(operation, CopyOperation) and operation.from_stage is not None:
        return replace(operation, from_stage=matches.get(operation.from_stage, -1))
    if isinstance(operation, RunOperation):
        return replace(operation, mounts=tuple(_renumbered_mount(mount, matches) for mount in operation.mounts))
    return operation


def _renumbered_mount(mount: Mount, matches: Mapping[int, int]) -> Mount:
    if not isinstance(mount, BindMount | CacheMount) or mount.origin is None or mount.origin.stage is None:
        return mount
    return replace(mount, origin=Origin(stage=matches.get(mount.origin.stage, -1)))
