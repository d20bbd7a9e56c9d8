"""The plan of a build: every step of every stage in its place, and what stands on what.

ONBUILD triggers stand under the FROM that brings them in, as steps of their own. Those of an earlier stage are known
from the Dockerfile; those of a base image come in once its configuration is known, with `Plan.with_triggers`.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from itertools import pairwise

from stepper.dockerfile.contexts import Contexts, is_replaced, triggers_of
from stepper.dockerfile.graph import DependencyKind, StageGraph, find_stage, stage_graph
from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.dockerfile.parser import parse_trigger
from stepper.dockerfile.scope import Scope
from stepper.dockerfile.validate import unknown_target
from stepper.engine.step import StepId
from stepper.frozen import frozen


@frozen
class Request:
    """What a plan depends on besides the Dockerfile. `target` is a stage's name or index, None for the last stage."""

    target: str | None = None
    build_args: Mapping[str, str] = field(default_factory=dict)
    platform: str = "linux/amd64"
    """What is built for."""
    build_platform: str | None = None
    """What builds, None for the same."""
    contexts: Contexts = field(default_factory=dict)


@frozen
class Plan:
    """A Dockerfile as the steps of a build. Made by `make_plan`."""

    dockerfile: Dockerfile
    request: Request
    target: int
    """The stage that the build is asked for, by index."""
    graph: StageGraph
    """With what the triggers use."""
    triggers: Mapping[int, tuple[Instruction, ...]] = field(default_factory=dict)
    """By the index of the stage under whose FROM they stand."""

    @cached_property
    def global_scope(self) -> Scope:
        """What is in force before the first FROM. Raises `DockerfileError` where an ARG there cannot be expanded."""
        return Scope.start(
            self.dockerfile,
            self.request.build_args,
            platform=self.request.platform,
            build_platform=self.request.build_platform,
            target=self.request.target,
            contexts=self.request.contexts,
        )

    @cached_property
    def instructions(self) -> Mapping[StepId, Instruction]:
        """Every step's instruction, in file order with triggers under their FROM."""
        found: dict[StepId, Instruction] = {}
        for stage in self.dockerfile.stages:
            replaced = is_replaced(stage, self.request.contexts)
            for ordinal, instruction in enumerate(stage.instructions[:1] if replaced else stage.instructions):
                found[StepId(stage.index, ordinal)] = instruction
                if ordinal == 0:
                    for number, trigger in enumerate(self.triggers.get(stage.index, ()), start=1):
                        found[StepId(stage.index, 0, number)] = trigger
        return found

    @cached_property
    def _by_stage(self) -> tuple[tuple[StepId, ...], ...]:
        steps: list[list[StepId]] = [[] for _ in self.dockerfile.stages]
        for step in self.instructions:
            steps[step.stage].append(step)
        return tuple(tuple(ids) for ids in steps)

    @cached_property
    def _previous(self) -> Mapping[StepId, StepId]:
        return {step: before for ids in self._by_stage for before, step in pairwise(ids)}

    def stage(self, index: int) -> tuple[StepId, ...]:
        """The steps of one stage, in order."""
        return self._by_stage[index]

    def previous(self, step: StepId) -> StepId | None:
        """The step before this one in its stage; None for FROM."""
        return self._previous.get(step)

    def last(self, stage: int) -> StepId:
        """The last step of a stage."""
        return self._by_stage[stage][-1]

    def used_by(self, step: StepId) -> frozenset[int]:
        """The stages that a step uses. What triggers use counts for the FROM that they stand under as well."""
        instruction = self.instructions[step]
        return frozenset(
            use.stage
            for use in self.graph.dependencies[step.stage]
            if use.stage is not None and instruction.line <= use.line <= instruction.end_line
        )

    def affected_by(self, step: StepId) -> frozenset[StepId]:
        """The steps that stand on what this step gives: the later ones of its stage, and where another stage uses that
        stage, the ones from there on.
        """
        first: dict[int, int] = {}
        waiting = [(step.stage, self._by_stage[step.stage].index(step) + 1)]
        while waiting:
            stage, index = waiting.pop()
            if stage in first and first[stage] <= index:
                continue
            first[stage] = index
            waiting.extend((user, self._first_use(user, stage)) for user in self.graph.users(stage))
        return frozenset(step for stage, index in first.items() for step in self._by_stage[stage][index:])

    def _first_use(self, user: int, used: int) -> int:
        line = min(use.line for use in self.graph.dependencies[user] if use.stage == used)
        ids = self._by_stage[user]
        return next(index for index, step in enumerate(ids) if self.instructions[step].end_line >= line)

    def with_triggers(self, stage: int, triggers: tuple[Instruction, ...]) -> "Plan":
        """The plan with exactly these triggers under a stage's FROM.

        Raises `DockerfileError` when one uses a stage that does not exist.
        """
        if triggers == self.triggers.get(stage, ()):
            return self
        merged = {**self.triggers, stage: triggers}
        graph = _graph(_in_place(self.dockerfile, merged), self.request)
        return replace(self, triggers=merged, graph=graph)


def make_plan(dockerfile: Dockerfile, request: Request) -> Plan:
    """The plan for a request.

    Raises `DockerfileError` for an unknown target or what is wrong with the stages' references.
    """
    if dockerfile.handed_over is not None:
        return Plan(dockerfile, request, 0, StageGraph(((),)))
    target = request.target
    index = len(dockerfile.stages) - 1 if target is None else find_stage(dockerfile, target)
    if index is None:
        raise unknown_target(dockerfile, target or "")
    graph = _graph(dockerfile, request)
    plan = Plan(dockerfile, request, index, graph)
    for stage, uses in enumerate(graph.dependencies):
        bases = [use.stage for use in uses if use.kind is DependencyKind.FROM and use.stage is not None]
        own = [trigger for base in bases for trigger in triggers_of(dockerfile.stages[base], request.contexts)]
        if own:
            plan = plan.with_triggers(stage, tuple(at_line(trigger, dockerfile.stages[stage].line) for trigger in own))
    return plan


def _graph(dockerfile: Dockerfile, request: Request) -> StageGraph:
    return stage_graph(
        dockerfile,
        request.build_args,
        platform=request.platform,
        build_platform=request.build_platform,
        target=request.target,
        contexts=request.contexts,
    )


def parse_triggers(texts: tuple[str, ...], stage: int, dockerfile: Dockerfile) -> tuple[Instruction, ...]:
    """The triggers of a base image, as instructions at the line of the stage's FROM.

    Raises `DockerfileError` that names this line.
    """
    line = dockerfile.stages[stage].line
    return tuple(parse_trigger(text, line=line, name=dockerfile.name) for text in texts)


def at_line(instruction: Instruction, line: int) -> Instruction:
    """A trigger as it stands at the line of a FROM."""
    return replace(instruction, line=line, end_line=line)


def _in_place(dockerfile: Dockerfile, triggers: Mapping[int, tuple[Instruction, ...]]) -> Dockerfile:
    """The Dockerfile as if the triggers were written under their FROM."""
    stages = tuple(
        replace(s, instructions=(s.instructions[0], *triggers.get(s.index, ()), *s.instructions[1:]))
        for s in dockerfile.stages
    )
    return replace(dockerfile, stages=stages)
