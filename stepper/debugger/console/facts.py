"""The facts that `p` prints: those of the console's state, and of the step that the session stands at."""

from functools import cached_property

from stepper.debugger.build import Build
from stepper.debugger.console.branch import Branch
from stepper.debugger.state import SessionState
from stepper.debugger.step_facts import StepFacts
from stepper.engine.protocol import Engine
from stepper.engine.step import Failure, Snapshot
from stepper.errors import UsageError


class ConsoleFacts(StepFacts):
    """Facts in which files and variables are those of a branch."""

    branch: Branch | None = None

    @cached_property
    def _snapshot(self) -> Snapshot | Failure | None:
        return self.branch.failure or self.branch.snapshot if self.branch is not None else None


def facts_at(state: SessionState, build: Build, engine: Engine, branch: Branch | None) -> ConsoleFacts:
    """The facts at the position: of the step that ran last there, or failed, with the files of the branch.

    At a FROM, which has no state before it, they are those of its own.
    """
    if not state.steps:
        raise UsageError("there is no Dockerfile to ask about")
    position = state.position
    if position is None:
        step = build.plan.last(build.goal)
    else:
        failed = state.failure is not None
        step = position if failed else build.plan.previous(position) or position
    record = state.record(step)
    is_after = record.ran or record.failure is not None
    facts = ConsoleFacts(state, record, build, engine, is_after=is_after)
    facts.branch = branch
    return facts
