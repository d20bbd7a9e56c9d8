"""The images that the steps of a build name: bases, sources of COPY and of the mounts of RUN."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from stepper.debugger.plan import Plan
from stepper.dockerfile.graph import Dependency, DependencyKind
from stepper.dockerfile.operations import FromOperation
from stepper.dockerfile.resolve import resolve
from stepper.engine.step import StepId
from stepper.errors import DockerfileError
from stepper.frozen import frozen


@frozen
class NamedImage:
    """An image as the line of a step names it; `written` is its name there, with its variables.

    `step` is the one that needs it, of a trigger the FROM that it stands under.
    """

    reference: str
    platform: str | None
    step: StepId
    line: int
    written: str
    is_base: bool = False
    """Whether it is what the step's stage starts from."""


def named_images(
    plan: Plan, goal: int, *, platform: str | None, is_waiting: Callable[[StepId], bool]
) -> Iterator[NamedImage]:
    """The images that the waiting steps of the stages need which the goal needs, in the order of their lines.

    `platform` is what is built for where a FROM does not say it.
    """
    for stage in sorted(plan.graph.needed(goal)):
        first, *rest = plan.stage(stage)
        if is_waiting(first):
            yield from _base(plan, first, platform)
        uses = [use for use in plan.graph.dependencies[stage] if use.kind is not DependencyKind.FROM and use.image]
        for use in uses:
            step = _user(plan, rest, use, is_waiting)
            if step is not None:
                assert use.image is not None
                needs_it = StepId(stage, 0) if step.trigger else step
                yield NamedImage(use.image, platform, needs_it, use.line, use.image)


def _base(plan: Plan, step: StepId, platform: str | None) -> Iterator[NamedImage]:
    instruction = plan.instructions[step]
    # What is wrong with it is told by the step.
    with suppress(DockerfileError):
        operation = resolve(instruction, plan.global_scope, dockerfile=plan.dockerfile, stage=step.stage)
        if isinstance(operation, FromOperation) and operation.image is not None:
            target = operation.platform or platform
            yield NamedImage(operation.image, target, step, instruction.line, instruction.words[0], is_base=True)


def _user(plan: Plan, steps: list[StepId], use: Dependency, is_waiting: Callable[[StepId], bool]) -> StepId | None:
    """The first waiting step in the line of a use: triggers all stand in that of their FROM."""
    return next((step for step in steps if plan.instructions[step].line == use.line and is_waiting(step)), None)
