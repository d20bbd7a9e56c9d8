"""The scope of variables before a step, with the place that gave each its value; of steps that have not run too. Pure.

It follows the Dockerfile as far as it is known: what the base image sets is known once the FROM has run.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from enum import Enum
from typing import NamedTuple

from stepper.debugger.plan import Plan
from stepper.debugger.state import SessionState, StepRecord
from stepper.dockerfile.expansion import ExpansionError, expand_word
from stepper.dockerfile.model import Instruction
from stepper.dockerfile.operations import ArgOperation, EnvOperation, FromOperation
from stepper.dockerfile.place import BareConfig
from stepper.dockerfile.resolve import resolve
from stepper.dockerfile.scope import DEFAULT_PATH, Scope
from stepper.engine.step import StepId
from stepper.errors import DockerfileError
from stepper.frozen import frozen


class Giver(Enum):
    """What gave a variable its value, as people read it."""

    DEFAULT = "default of ARG"
    GIVEN = "--build-arg"
    ENV = "ENV"
    BASE = "base image"
    PREDEFINED = "predefined"
    NOBODY = "no value"


class Origin(NamedTuple):
    """Where a value comes from: `line` is that of the ARG or ENV, None where there is none in the Dockerfile."""

    giver: Giver
    line: int | None = None


@frozen
class VariableScope:
    """What is in force before a step. `arguments` and `environment` say where each name of the scope is from.

    `is_open`: what the base image sets is not known yet.
    """

    scope: Scope
    env: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, Origin] = field(default_factory=dict)
    environment: Mapping[str, Origin] = field(default_factory=dict)
    is_open: bool = False


def _global_scope(plan: Plan) -> VariableScope:
    """Before the first FROM's words are expanded: the predefined arguments and those of the ARGs there."""
    origins = dict.fromkeys(plan.global_scope.global_args, Origin(Giver.PREDEFINED))
    for instruction in plan.dockerfile.global_args:
        for word in instruction.words:
            name, equals, _ = word.partition("=")
            giver = Giver.DEFAULT if equals else Giver.NOBODY
            origins[name] = Origin(Giver.GIVEN if name in plan.request.build_args else giver, instruction.line)
    return VariableScope(plan.global_scope, arguments=origins)


def scope_at(state: SessionState, plan: Plan, step: StepId) -> VariableScope:
    """What is in force before a step. Raises `DockerfileError` for a global ARG that cannot be expanded."""
    records = [record for record in state.stage_steps(step.stage) if record.id < step]
    *_, now = _scopes(state, plan, records)
    return now


def scopes_in(state: SessionState, plan: Plan, stage: int) -> Mapping[StepId, VariableScope]:
    """The same for all steps of a stage."""
    records = state.stage_steps(stage)
    return {record.id: scope for record, scope in zip(records, _scopes(state, plan, records), strict=False)}


def _scopes(state: SessionState, plan: Plan, records: Iterable[StepRecord]) -> Iterator[VariableScope]:
    """What is in force before each of the first steps of a stage, and after the last of them."""
    now = start = _global_scope(plan)
    for record in records:
        yield now
        if record.id.ordinal == 0 and record.id.trigger == 0:
            now = _stage_start(state, plan, start, record)
        elif record.instruction.keyword in ("ARG", "ENV"):
            for single in _singles(record.instruction):
                now = _after(now, single, plan, record.id.stage)
    yield now


def _stage_start(state: SessionState, plan: Plan, start: VariableScope, record: StepRecord) -> VariableScope:
    operation = record.step.operation if record.step is not None else _from(plan, start, record)
    if isinstance(operation, FromOperation) and operation.stage is not None:
        *_, end = _scopes(state, plan, state.stage_steps(operation.stage))
        return replace(end, scope=end.scope.enter_stage(end.env))
    is_open = record.after is None and not _is_scratch(operation)
    env = dict(record.after.config.environment) if record.after is not None else {"PATH": DEFAULT_PATH}
    return VariableScope(
        start.scope.enter_stage(env), env, {}, dict.fromkeys(env, Origin(Giver.BASE, record.instruction.line)), is_open
    )


def _from(plan: Plan, start: VariableScope, record: StepRecord) -> object:
    try:
        return resolve(record.instruction, start.scope, dockerfile=plan.dockerfile, stage=record.id.stage)
    except DockerfileError:
        return None


def _is_scratch(operation: object) -> bool:
    return operation == FromOperation()


def _singles(instruction: Instruction) -> tuple[Instruction, ...]:
    """An ARG of several names as one for each: each sees those before it."""
    if instruction.keyword != "ARG":
        return (instruction,)
    return tuple(replace(instruction, words=(word,)) for word in instruction.words)


def _after(now: VariableScope, instruction: Instruction, plan: Plan, stage: int) -> VariableScope:
    try:
        operation = resolve(
            instruction, now.scope, dockerfile=plan.dockerfile, stage=stage, config=BareConfig(environment=now.env)
        )
    except DockerfileError:
        return now  # The step itself says what is wrong with it.
    line = instruction.line
    if isinstance(operation, EnvOperation):
        set_here = dict.fromkeys(dict(operation.pairs), Origin(Giver.ENV, line))
        return replace(
            now,
            scope=now.scope.after(operation),
            env={**now.env, **dict(operation.pairs)},
            environment={**now.environment, **set_here},
        )
    if not isinstance(operation, ArgOperation):
        return now
    arguments = dict(now.arguments)
    for (name, value), word in zip(operation.pairs, instruction.words, strict=True):
        if value is None and name in now.scope.arguments:
            continue  # It keeps the value that an ARG before it, or one of its base stage, gave it.
        arguments[name] = Origin(_giver(name, value, "=" in word, now.scope, plan), line)
    return replace(now, scope=now.scope.after(operation), arguments=arguments)


def _giver(name: str, value: str | None, has_default: bool, scope: Scope, plan: Plan) -> Giver:
    if value is None:
        return Giver.NOBODY
    if name in scope.build_args:
        return Giver.GIVEN
    if has_default:
        return Giver.DEFAULT
    declared_before_from = any(
        word.partition("=")[0] == name for instruction in plan.dockerfile.global_args for word in instruction.words
    )
    return Giver.DEFAULT if declared_before_from else Giver.PREDEFINED


def expanded(use: str, variables: Mapping[str, str], escape: str) -> str | None:
    """What `${NAME:-word}` gives; None where it is refused or malformed."""
    try:
        return expand_word(use, variables, escape=escape)
    except ExpansionError:
        return None
