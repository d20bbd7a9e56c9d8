"""Takes back what ran: lets steps wait again, so that one of them comes next. Nothing here runs anything."""

from dataclasses import dataclass

from stepper.debugger.build import Build
from stepper.debugger.state import SessionState
from stepper.debugger.store import StateStore
from stepper.engine.protocol import Engine
from stepper.engine.step import StepId


@dataclass
class Rewind:
    """The ways back in one build. What waits again comes from the step cache when it is run."""

    states: StateStore
    build: Build
    engine: Engine

    def release_failure(self) -> None:
        """The user moves on: the failed step waits again, and its container is given up."""
        failed = self._state.failure
        if failed is not None:
            self.build.forget({failed.id}, self.engine)

    def enter(self, step: StepId) -> None:
        """Make a step the next one of its stage, and its stage the one whose steps come next.

        Of what ran after it, that which does not stand on it counts as run before from now on.
        """
        build = self.build
        if step.stage not in self._state.needed:
            build.aim(step.stage)
        visited = [visit.step for visit in build.visits]
        if step in visited:
            index = visited.index(step)
            build.visits = [*build.visits[index + 1 :], *build.visits[: index + 1]]
            self._forget_from(step)
        build.entered = step.stage

    def undo_last(self) -> StepId:
        """Let the step that ran last wait again, and all that stands on it; the step. One has to have run."""
        last = self.build.visits[-1]
        self._forget_from(last.step)
        if last.goal != self.build.goal:
            self.build.aim(last.goal)
        self.build.entered = last.step.stage
        return last.step

    @property
    def _state(self) -> SessionState:
        return self.states.state

    def _forget_from(self, step: StepId) -> None:
        self.build.forget({step, *self.build.plan.affected_by(step)}, self.engine)
