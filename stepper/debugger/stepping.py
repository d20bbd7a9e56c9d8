"""The commands that move the position: step over and out, continue, run to cursor, go to, back, restart, re-run."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from stepper.debugger.breakpoint import Hit
from stepper.debugger.build import Build
from stepper.debugger.call_stack import caller
from stepper.debugger.events import Notice, Stopped
from stepper.debugger.executor import Executor
from stepper.debugger.finishing import Finishing
from stepper.debugger.interruption import Interruption
from stepper.debugger.rewind import Rewind
from stepper.debugger.side_by_side import SideBySide, worst_of
from stepper.debugger.state import Mode, Status, StepRecord, StopReason
from stepper.debugger.step_into import StepInto, Within
from stepper.debugger.stops import Stops, reason_of
from stepper.debugger.store import StateStore
from stepper.engine.protocol import Engine
from stepper.engine.step import StepId
from stepper.errors import EngineUnavailable

StopBefore = Callable[[StepId], StopReason | None]
"""Why a command ends before a step, or None to run it. Breakpoints are asked besides."""

_NEEDS_CONTAINER = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})


@dataclass
class Stepping:
    """Moves the position of a build that has an engine. Every command ends in a stop, which is told."""

    states: StateStore
    build: Build
    stops: Stops
    executor: Executor
    interruption: Interruption
    into: StepInto

    def __post_init__(self) -> None:
        self.rewind = Rewind(self.states, self.build, self._engine)
        self.finishing = Finishing(self.states, self.build, self.stops, self.executor, self.interruption)

    @property
    def _engine(self) -> Engine:
        return self.executor.engine

    def step_over(self) -> None:
        """Run the step at the position; inside of a RUN its next command."""
        self._run(lambda _: StopReason.STEP, within=Within.NEXT)

    def step_into(self) -> None:
        """Stand before the first command of the RUN at the position; inside of one run its next command."""
        position = self.build.next()
        if position is None or self.into.is_inside:
            self.step_over()
            return
        why_not = self.into.why_not(self.states.state.record(position))
        if why_not is not None:
            self.states.emit(Notice(f"Stepped over as a whole: {why_not}."))
        self._run(lambda _: StopReason.STEP, within=Within.END if why_not is not None else Within.INTO)

    def resume(self) -> None:
        """Run on until a breakpoint, a failure or the goal's end."""
        self._run(lambda _: None, has_images=True, apart=())

    def step_out(self) -> None:
        """Run to the end of the position's stage, and on to the step that uses it; inside of a RUN to its end."""
        if self.into.is_inside:
            self._run(lambda _: StopReason.STEP)
            return
        position = self.build.next()
        until = caller(self.states.state, position) if position is not None else None
        apart = (until.stage,) if until is not None else ()
        self._run(lambda next_: StopReason.STEP if next_ == until else None, apart=apart)

    def run_to(self, step: StepId) -> None:
        """Run until this step is next; one that ran already is gone back to."""
        if self.states.state.record(step).ran:
            self.rewind.enter(step)
            self.stand(StopReason.CURSOR)
            return
        if step.stage not in self.states.state.needed:
            self.rewind.release_failure()
            self.build.aim(step.stage)
        self._run(lambda next_: StopReason.CURSOR if next_ == step else None, until=step, apart=(step.stage,))

    def go_to_step(self, step: StepId) -> None:
        """Make a step that ran or failed the position again; one that did not yet is run to.

        What stands on the step waits again, the rest stays. One that failed stays as it died.
        """
        self.rewind.enter(step)
        if self.build.next() == step:
            self.stand(StopReason.GOTO)
        else:
            self.run_to(step)

    def go_to(self, stage: int) -> None:
        """Make a stage the goal and stand before what follows its FROM."""
        if stage >= len(self.build.plan.dockerfile.stages):
            self.states.emit(Notice("That stage is no longer in the Dockerfile.", error=True))
            return
        first, *rest = self.build.plan.stage(stage)
        self.rewind.release_failure()
        self.build.forget({*rest, *self.build.plan.affected_by(first)}, self._engine)
        self.build.aim(stage)

        def arrived(next_: StepId) -> StopReason | None:
            return StopReason.GOTO if next_.stage == stage and next_ != first else None

        next_ = self.build.next()
        is_there = next_ is not None and next_.stage == stage and next_ != first
        self._run(arrived, until=next_ if is_there else None, apart=(stage,))

    def step_back(self) -> None:
        """Stand before the step that ran last."""
        self.rewind.release_failure()
        if not self.build.visits:
            self.states.emit(Notice("This is the beginning: nothing ran before."))
            self.stand(StopReason.ENTRY)
            return
        self.rewind.undo_last()
        self.stand(StopReason.STEP)

    def reverse_resume(self) -> None:
        """Go back to the breakpoint that was passed last, or to the beginning. Nothing is run."""
        self.rewind.release_failure()
        if not self.build.visits:
            self.states.emit(Notice("This is the beginning: nothing ran before."))
        hit: Hit | None = None
        while self.build.visits and hit is None:
            hit = self.stops.before(self.rewind.undo_last(), counting=False)
            if hit is None and self.build.visits:
                hit = self.stops.after(self.states.state.record(self.build.visits[-1].step), counting=False)
            elif hit is None:
                # What counts as run first may be a step of another stage: the user went there.
                self.build.entered = None
        self.stand(reason_of(hit) if hit is not None else StopReason.ENTRY, hit)

    def restart(self) -> None:
        """Stand before the first step of the target."""
        self.build.forget(self.build.plan.instructions, self._engine)
        self.build.aim(self.build.plan.target)
        self.stops.begin_anew()
        self.stand(StopReason.ENTRY)

    def rerun(self, step: StepId) -> None:
        """Run a step once more, not from the cache."""
        if self.states.state.record(step).status is Status.WAITING:
            self.states.emit(Notice("This step has not run yet.", hint="Run to it first.", error=True))
            return
        self.rewind.enter(step)
        self.build.forget({step}, self._engine)
        self._run(lambda _: StopReason.STEP, use_cache=False)

    def stand(self, reason: StopReason, hit: Hit | None = None) -> None:
        """Stop at what comes next, and tell why, and at which breakpoint."""
        state = self.build.stand(reason, Mode.FINISHED if reason is StopReason.FINISHED else Mode.STOPPED, hit)
        self.stops.stands()
        self._prepare(state.position)
        self.states.emit(Stopped(reason, state))

    def _run(
        self,
        stop_before: StopBefore,
        *,
        until: StepId | None = None,
        use_cache: bool = True,
        has_images: bool = False,
        apart: Collection[int] | None = None,
        within: Within = Within.END,
    ) -> None:
        """Run steps, at least one unless the position is `until` already, and stand where that ends.

        With `has_images` nothing runs unless all images can be had that the goal needs. With `apart` stages may run
        side by side, but for those: the command may end in them. `within` says how far the first step is run.
        """
        position = self.build.next()
        if position is None and self.states.state.image is not None:
            self.states.emit(Notice("The build is finished.", hint="Restart it, or go to a stage."))
            return
        if position is not None and position == until:
            self.stand(stop_before(position) or StopReason.CURSOR)
            return
        self.interruption.begin()
        self.executor.images.begin()
        self.states.update(lambda state: replace(state, mode=Mode.RUNNING, stop=None, hit=None))
        try:
            self.finishing.begin()
            reason, hit = self._steps(position, stop_before, use_cache, has_images, apart, within)
        except EngineUnavailable:
            self.stand(StopReason.FAILURE)
            raise
        except BaseException:
            self.stand(StopReason.INTERRUPTED)
            raise
        finally:
            self.interruption.end()
        self.stand(reason, hit)

    def _look_ahead(self, position: StepId, *, has_images: bool) -> StopReason | None:
        """Look for the images that the build names, once it is known which: why to stop there, or None."""
        missing = self.executor.images.look_ahead(self.build, position, pull=has_images)
        if self.interruption():
            return StopReason.INTERRUPTED
        if not has_images or not missing:
            return None
        self.executor.refuse(missing[0])
        return StopReason.FAILURE

    def _steps(
        self,
        position: StepId | None,
        stop_before: StopBefore,
        use_cache: bool,
        has_images: bool,
        apart: Collection[int] | None,
        within: Within,
    ) -> tuple[StopReason, Hit | None]:
        while position is not None:
            refused = self._look_ahead(position, has_images=has_images)
            if refused is not None:
                return refused, None
            beside = SideBySide(self.build, self.executor, self.stops, self.interruption, apart or ())
            if apart is not None and not self.into.is_inside and beside.can_run():
                ended = beside.run()
                failed, after = ended.failed, ended.hit
            else:
                record = self._one(position, use_cache, within)
                if record is None:
                    return StopReason.STEP, None
                after = self.stops.after(record)
                failed = [record] if record.failure is not None else []
            if failed:
                return self._stand_at(failed), None
            position = self.build.next()
            if position is not None and self.interruption():
                return StopReason.INTERRUPTED, None
            before = self.stops.before(position) if position is not None else None
            if after is not None:
                return reason_of(after), after
            wanted = stop_before(position) if position is not None else None
            if wanted is not None or before is not None:
                return wanted or (reason_of(before) if before is not None else StopReason.STEP), before
        return self.finishing.finish(), None

    def _one(self, position: StepId, use_cache: bool, within: Within) -> StepRecord | None:
        """Run the step at the position; None where it goes on, and the session stands inside of it."""
        if self.into.is_inside:
            return self.into.advance(within, self.build, self.executor)
        self.build.forget({position}, self._engine)
        self.stops.tell(position)
        if within is Within.INTO:
            return self.into.enter(position, self.build, self.executor)
        return self.executor.run(position, self.build, use_cache=use_cache)

    def _stand_at(self, failed: Sequence[StepRecord]) -> StopReason:
        """Make the worst of the steps that failed the next one."""
        worst = worst_of(failed)
        self.build.entered = worst.id.stage
        return StopReason.INTERRUPTED if worst.was_interrupted else StopReason.FAILURE

    def _prepare(self, position: StepId | None) -> None:
        """Hint what will be run next, where a container is needed for it."""
        if position is None or self.into.is_inside:
            return
        before = self.build.before(position)
        if before is not None and self.build.plan.instructions[position].keyword in _NEEDS_CONTAINER:
            self._engine.prepare(before)
