"""The call stack: an instruction, and the FROM, COPY --from, mount and ONBUILD chain by which a build came there. Pure.

A stage is "called" by the step that uses it. Where several do, the first one in file order counts: the build comes to
it before the others.
"""

from collections.abc import Iterator
from enum import Enum

from stepper.debugger.state import SessionState, StepRecord
from stepper.dockerfile.graph import Dependency, DependencyKind
from stepper.dockerfile.onbuild import registration
from stepper.engine.step import StepId
from stepper.frozen import frozen


class Use(Enum):
    """How a frame uses the one that is inside it; the value is what the screen says."""

    FROM = "FROM"
    COPY = "COPY --from"
    MOUNT = "RUN --mount"
    ONBUILD = "ONBUILD"


@frozen
class Frame:
    """One step of the call stack. `use` is how it brings in the frame before it, None for the innermost."""

    record: StepRecord
    line: int
    """Where it is written, see `written_line`."""
    stage: str
    """What people call its stage."""
    use: Use | None = None

    @property
    def use_text(self) -> str:
        """How it uses the one inside it, in words; "" for the innermost."""
        return self.use.value if self.use is not None else ""


_USES = {DependencyKind.FROM: Use.FROM, DependencyKind.COPY: Use.COPY, DependencyKind.MOUNT: Use.MOUNT}


def call_stack(state: SessionState, step: StepId) -> tuple[Frame, ...]:
    """The frames from a step to the stage that is being built, the innermost first.

    A stage that the goal does not need is there for its own sake: its stack ends in it.
    """
    return tuple(_frames(state, step))


def written_line(state: SessionState, record: StepRecord) -> int:
    """Where a step is written in the Dockerfile: of an ONBUILD trigger the ONBUILD, if that is in the same file."""
    assert state.dockerfile is not None, "a step is of a Dockerfile"
    written = registration(state.dockerfile, record.instruction) if record.id.trigger else None
    return (written or record.instruction).line


def caller(state: SessionState, step: StepId) -> StepId | None:
    """The step that a step out of this one comes to: the first that uses its stage, after ONBUILD triggers the next of
    the stage's own; None where that is the end of the build.
    """
    if step.trigger:
        own = [record.id for record in state.stage_steps(step.stage) if record.id > step and not record.id.trigger]
        if own:
            return own[0]
    found = _user(state, step.stage)
    return found[0].id if found is not None else None


def _frames(state: SessionState, step: StepId) -> Iterator[Frame]:
    yield from _with_from(state, state.record(step), None)
    stage = step.stage
    while (found := _user(state, stage)) is not None:
        record, use = found
        yield from _with_from(state, record, use)
        stage = record.id.stage


def _with_from(state: SessionState, record: StepRecord, use: Use | None) -> Iterator[Frame]:
    """The frame of a step, and of a trigger that of the FROM which brought it in."""
    assert state.dockerfile is not None, "a step is of a Dockerfile"
    stage = state.dockerfile.stages[record.id.stage].label
    yield Frame(record, written_line(state, record), stage, use)
    if record.id.trigger:
        brings_in = state.record(record.id._replace(trigger=0))
        yield Frame(brings_in, brings_in.instruction.line, stage, Use.ONBUILD)


def _user(state: SessionState, stage: int) -> tuple[StepRecord, Use] | None:
    """The first step that uses a stage, of those that the goal needs; None for the goal itself, or one not needed."""
    if state.graph is None or stage == state.goal or stage not in state.needed:
        return None
    for user in sorted(state.needed.intersection(state.graph.users(stage))):
        for dependency in state.graph.dependencies[user]:
            if dependency.stage == stage:
                return _step_of(state, user, dependency), _USES[dependency.kind]
    return None


def _step_of(state: SessionState, user: int, dependency: Dependency) -> StepRecord:
    """The step that a use stands in. A COPY or RUN at the line of the FROM is a trigger."""
    records = state.stage_steps(user)
    if dependency.kind is DependencyKind.FROM:
        return records[0]
    keywords = ("COPY", "ADD") if dependency.kind is DependencyKind.COPY else ("RUN",)
    at_line = [each for each in records if each.instruction.line <= dependency.line <= each.instruction.end_line]
    return next((each for each in at_line if each.instruction.keyword in keywords), at_line[0])
