"""Where a build stands: its plan, which steps have run and in what order, and what comes next.

Nothing here runs anything. Steps that have run always are the first ones of their stage.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import replace

from stepper.debugger.bases import started
from stepper.debugger.breakpoint import Hit
from stepper.debugger.expander import Expander
from stepper.debugger.inside import Inside
from stepper.debugger.plan import Plan, parse_triggers
from stepper.debugger.state import Mode, SessionState, Status, StepRecord, StopReason
from stepper.debugger.store import StateStore
from stepper.dockerfile.operations import FromOperation
from stepper.engine.protocol import Engine
from stepper.engine.step import Snapshot, Step, StepId
from stepper.frozen import frozen


@frozen
class Visit:
    """A step that ran, and the goal it ran for."""

    step: StepId
    goal: int


class Build:
    """The build in a session's state. The records and the goal are in the state, the rest is here.

    Several threads may `expand`, `take` and `forget` steps of different stages; all else is for one while none does.
    """

    def __init__(self, states: StateStore, plan: Plan, expander: Expander) -> None:
        self._states = states
        self.lock = threading.RLock()
        """Held while a step that has run becomes part of the build."""
        self.plan = plan
        self.expander = expander
        self.visits: list[Visit] = []
        """The steps that have run, in the order in which they did."""
        self.announced = False
        """Whether the run towards the goal was told to have begun."""
        self.entered: int | None = None
        """The stage that the user went into: its steps come next, as far as what they use is there."""

    @property
    def goal(self) -> int:
        """The stage that is being built."""
        return self._states.state.goal

    def show(
        self, records: Mapping[StepId, StepRecord] | None = None, *, goal: int, inside: Inside | None = None
    ) -> None:
        """Put the plan's steps into the state, with the records that are known and waiting ones for the others.

        Without `records` those of the state stay. With them `inside` is where the session stands inside of one.
        """

        def shown(state: SessionState) -> SessionState:
            plan = self.plan
            known = {record.id: record for record in state.steps} if records is None else records
            steps = tuple(known.get(step) or StepRecord(step, i) for step, i in plan.instructions.items())
            # Who looks at the state before the session stands again must not be sent to a step that went.
            is_there = state.position in plan.instructions
            return replace(
                state,
                position=state.position if is_there else None,
                hit=state.hit if state.hit is not None and state.hit.step in plan.instructions else None,
                dockerfile=plan.dockerfile,
                graph=plan.graph,
                steps=steps,
                target=plan.target,
                goal=goal,
                needed=plan.graph.needed(goal),
                inside=state.inside if records is None else inside,
            )

        self._states.update(shown)

    def aim(self, goal: int) -> None:
        """Make a stage the goal."""
        needed = self.plan.graph.needed(goal)
        self.announced = False
        self.entered = None
        self._states.update(lambda state: replace(state, goal=goal, needed=needed, image=None))

    def next(self) -> StepId | None:
        """The step that comes next; None when the goal needs none any more.

        It is one of the stage that the user went into, or of those which that uses, else the first in file order.
        """
        needed = self._states.state.needed
        stages = sorted(needed)
        if self.entered in needed:
            step = self.first_waiting(self.entered)
            if step is not None and self.is_ready(step):
                return step
            used = self.plan.graph.needed(self.entered)
            stages.sort(key=lambda stage: stage not in used or step is None)
        waiting = (self.first_waiting(stage) for stage in stages)
        return next((step for step in waiting if step is not None), None)

    def needed(self) -> list[int]:
        """The stages that the goal needs, in file order."""
        return sorted(self._states.state.needed)

    def first_waiting(self, stage: int) -> StepId | None:
        """The first step of a stage that has not run, or failed; None when all have run."""
        records = self._states.state.stage_steps(stage)
        if records[-1].ran:
            return None
        return records[bisect_left(records, True, key=lambda record: not record.ran)].id

    def is_ready(self, step: StepId) -> bool:
        """Whether all that a step uses of other stages is there; the steps before it in its stage have run."""
        return all(self.result(stage) is not None for stage in self.plan.used_by(step))

    def before(self, step: StepId) -> Snapshot | None:
        """The state in which a step starts; None for FROM and while the steps before it have not run."""
        previous = self.plan.previous(step)
        return None if previous is None else self._states.state.record(previous).after

    def result(self, stage: int) -> Snapshot | None:
        """The state after a stage's last step; None while that has not run."""
        return self._states.state.record(self.plan.last(stage)).after

    def snapshot_at(self, position: StepId | None) -> Snapshot | None:
        """The state in which the step at the position starts; at the end (None) the goal's result."""
        return self.result(self.goal) if position is None else self.before(position)

    def stand(self, reason: StopReason, mode: Mode, hit: Hit | None = None) -> SessionState:
        """Make what comes next the position, and say why the session stands there, and at which breakpoint."""
        position = self.next()
        before = self.before(position) if position is not None else None

        def stopped(state: SessionState) -> SessionState:
            if position is not None and state.record(position).before is not before:
                state = state.with_record(replace(state.record(position), before=before))
            return replace(state, mode=mode, position=position, running=(), stop=reason, hit=hit)

        return self._states.update(stopped)

    def expand(self, step: StepId) -> Step:
        """The step as it is to be run now; raises `DockerfileError` when it cannot be expanded."""
        return self.expander.expand(step, self.before(step), self.result)

    def take(self, step: Step, after: Snapshot) -> Snapshot:
        """Note that a step gave this snapshot; the one to go on from.

        FROM brings in its base's triggers: raises `DockerfileError` when they cannot be steps of this build.
        """
        with self.lock:
            if isinstance(step.operation, FromOperation):
                triggers = parse_triggers(after.config.on_build, step.id.stage, self.plan.dockerfile)
                plan = self.plan.with_triggers(step.id.stage, triggers)
                after = started(after)
                if plan is not self.plan:
                    self.plan = plan
                    self.expander.plan = plan
                    self.show(goal=self.goal)
            self.expander.note(step, after)
            self.visits.append(Visit(step.id, self.goal))
        return after

    def forget(self, steps: Iterable[StepId], engine: Engine | None) -> None:
        """Let steps wait again, and give up the containers that failed ones among them kept."""
        gone = {step for step in steps if self._states.state.record(step).status is not Status.WAITING}
        failures = [self._states.state.record(step).failure for step in gone]
        with self.lock:
            self.visits = [visit for visit in self.visits if visit.step not in gone]

        def waiting(state: SessionState) -> SessionState:
            return replace(
                state,
                image=None,
                steps=tuple(
                    StepRecord(r.id, r.instruction, before=r.before) if r.id in gone else r for r in state.steps
                ),
            )

        if gone:
            self._states.update(waiting)
        for failure in failures:
            if failure is not None and failure.container is not None and engine is not None:
                engine.release(failure)
