"""What is wrong with a Dockerfile, as far as that can be known before anything runs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from stepper.dockerfile.contexts import NO_CONTEXTS, Contexts, is_replaced, triggers_of
from stepper.dockerfile.edit_distance import did_you_mean
from stepper.dockerfile.grants import Grants, require_grants
from stepper.dockerfile.graph import find_stage, similar_stage, stage_graph
from stepper.dockerfile.healthcheck import parse_healthcheck
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.dockerfile.operations import (
    ArgOperation,
    EnvOperation,
    FromOperation,
    Operation,
    ShellOperation,
    WorkdirOperation,
)
from stepper.dockerfile.place import BareConfig
from stepper.dockerfile.resolve import resolve, unset_variables
from stepper.dockerfile.scope import Scope
from stepper.errors import DockerfileError

_BASE_IMAGES_FOLDER = "/folder-of-the-base-image"
"""Stands for the working directory that only a base image tells: it is known to be no more than a folder."""

Look = Callable[[Instruction, Operation], None]
"""Looks at an instruction whose operation is known for certain. Raises `DockerfileError` for what is wrong with it."""


def check(
    dockerfile: Dockerfile,
    build_args: Mapping[str, str],
    target: str | None = None,
    *,
    platform: str = "linux/amd64",
    build_platform: str | None = None,
    contexts: Contexts = NO_CONTEXTS,
    grants: Grants | None = None,
    look: Look | None = None,
) -> tuple[DockerfileError, ...]:
    """All errors that can be known before the build runs, in the order of their lines.

    As in BuildKit, a stage that the target does not need is only asked what reading the file asks. What depends on
    variables that only a base image can set is left to the step itself. `target` is a stage's name or number, None for
    the last. What the steps may use is looked at where `grants` says what there is; `look` is for what else somebody
    knows to be wrong.
    """
    errors = [*_reading_errors(dockerfile)]
    index = len(dockerfile.stages) - 1 if target is None else find_stage(dockerfile, target)
    if target is not None and index is None:
        errors.append(unknown_target(dockerfile, target))
    try:
        scope = Scope.start(
            dockerfile, build_args, platform=platform, build_platform=build_platform, target=target, contexts=contexts
        )
        graph = stage_graph(
            dockerfile, build_args, platform=platform, build_platform=build_platform, target=target, contexts=contexts
        )
    except DockerfileError as error:
        errors.append(error)
    else:
        needed = sorted(graph.needed(index)) if index is not None else []
        errors.extend(_stage_errors(dockerfile, scope, needed, grants, look))
    return _in_order(errors)


def unknown_target(dockerfile: Dockerfile, target: str) -> DockerfileError:
    """The error for a target that no stage has, with the stages that there are."""
    labels = ", ".join(stage.name or str(stage.index) for stage in dockerfile.stages)
    return DockerfileError(
        f"target stage {target!r} could not be found{did_you_mean(similar_stage(dockerfile, target))}",
        file=dockerfile.name,
        hint=f"The stages are: {labels}.",
    )


def _reading_errors(dockerfile: Dockerfile) -> Iterator[DockerfileError]:
    """What is wrong whatever the variables are, in any stage, and is not already the parser's matter."""
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            if instruction.keyword != "HEALTHCHECK":
                continue
            try:
                parse_healthcheck(instruction)
            except MalformedError as error:
                yield DockerfileError(error.message, file=dockerfile.name, line=instruction.line, hint=error.hint)


@dataclass
class _State:
    """What is known at one place of a stage. `unknown` are variables that only a run will tell, `is_open` says that the
    base image may have set any.
    """

    scope: Scope
    config: BareConfig = field(default_factory=BareConfig)
    unknown: frozenset[str] = frozenset()
    is_open: bool = False

    def copy(self) -> "_State":
        return replace(self)


def _stage_errors(
    dockerfile: Dockerfile, scope: Scope, needed: list[int], grants: Grants | None, look: Look | None
) -> Iterator[DockerfileError]:
    """The errors of the needed stages' instructions, each followed with the values that are known."""
    ends: dict[int, _State] = {}
    for index in needed:
        stage = dockerfile.stages[index]
        state = _State(scope)
        instructions = list(stage.instructions[:1] if is_replaced(stage, scope.contexts) else stage.instructions)
        try:
            base = resolve(instructions[0], scope, dockerfile=dockerfile, stage=index)
        except DockerfileError as error:
            yield error
            continue
        assert isinstance(base, FromOperation)
        if base.stage is not None:
            if base.stage not in ends:
                continue
            state = ends[base.stage].copy()
            triggers = triggers_of(dockerfile.stages[base.stage], scope.contexts)
            instructions[1:1] = [replace(t, line=stage.line, end_line=stage.line) for t in triggers]
        if base.image is not None:
            state.is_open = True
            state.config = replace(state.config, working_dir=_BASE_IMAGES_FOLDER)
        state.scope = state.scope.enter_stage(state.config.environment)
        for instruction in instructions[1:]:
            try:
                operation = _follow(instruction, dockerfile, index, state)
                if operation is None:
                    continue
                if grants is not None:
                    require_grants(operation, grants, instruction, dockerfile.name)
                if look is not None:
                    look(instruction, operation)
            except DockerfileError as error:
                yield error
        ends[index] = state


def _follow(instruction: Instruction, dockerfile: Dockerfile, stage: int, state: _State) -> Operation | None:
    """Bring the state behind the instruction; its operation, None where that hangs on what is not known.

    Raises its error, if that does not hang on it.
    """
    unset = unset_variables(instruction, state.scope, dockerfile=dockerfile, config=state.config)
    depends_on_unknown = bool(unset & state.unknown) or (state.is_open and bool(unset))
    try:
        operation = resolve(instruction, state.scope, dockerfile=dockerfile, stage=stage, config=state.config)
    except DockerfileError:
        if depends_on_unknown:
            return None
        raise
    _apply(operation, state, is_known=not depends_on_unknown)
    return None if depends_on_unknown else operation


def _apply(operation: Operation, state: _State, *, is_known: bool) -> None:
    environment = dict(state.config.environment)
    if isinstance(operation, EnvOperation | ArgOperation):
        names = {name for name, _ in operation.pairs}
        if not is_known:
            state.unknown |= names
            state.scope = state.scope.after(EnvOperation(tuple((name, "") for name in names)))
            environment = {name: value for name, value in environment.items() if name not in names}
        else:
            state.unknown -= names
            state.scope = state.scope.after(operation)
            if isinstance(operation, EnvOperation):
                environment.update(operation.pairs)
        state.config = replace(state.config, environment=environment)
    elif isinstance(operation, WorkdirOperation) and is_known:
        state.config = replace(state.config, working_dir=operation.path)
    elif isinstance(operation, ShellOperation):
        state.config = replace(state.config, shell=operation.argv)


def _in_order(errors: list[DockerfileError]) -> tuple[DockerfileError, ...]:
    """By line, those about the whole file first; one of several for the same line."""
    found: dict[tuple[int, str], DockerfileError] = {}
    for error in errors:
        found.setdefault((error.line or 0, error.message), error)
    return tuple(sorted(found.values(), key=lambda error: error.line or 0))
