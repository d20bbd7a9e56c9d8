"""Follows the stages instruction by instruction, with what each of them sees."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from stepper.dockerfile.build_checks.subject import BaseImage, Visit
from stepper.dockerfile.contexts import is_replaced, triggers_of
from stepper.dockerfile.expansion import ExpansionError
from stepper.dockerfile.graph import from_source
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Dockerfile, Instruction, Stage
from stepper.dockerfile.operations import ArgOperation, EnvOperation
from stepper.dockerfile.parser import parse_trigger
from stepper.dockerfile.place import BareConfig
from stepper.dockerfile.resolve import resolve
from stepper.dockerfile.scope import DEFAULT_PATH, Scope
from stepper.errors import DockerfileError
from stepper.frozen import frozen

Bases = Callable[[str], BaseImage | None]
"""The configuration of an image by the name that FROM has for it, None where it is not known."""


@frozen
class _State:
    """What is in force at one place of a stage. See `Visit` for the fields of the same names."""

    scope: Scope
    environment: Mapping[str, str]
    is_open: bool = False
    unknown: frozenset[str] = frozenset()
    shell: tuple[str, ...] | None = None
    has_workdir: bool = False


class Follower:
    """Goes through the stages of one Dockerfile."""

    def __init__(
        self, dockerfile: Dockerfile, scope: Scope, comments: Mapping[int, tuple[str, ...]], bases: Bases | None
    ) -> None:
        """`scope` is the one before the first FROM."""
        self._dockerfile = dockerfile
        self._scope = scope
        self._comments = comments
        self._bases = bases
        self._ends: dict[int, _State] = {}

    def visits(self, stages: Iterable[int]) -> Iterator[Visit]:
        """The instructions of these stages after their FROM, each stage behind those that it builds on."""
        for index in sorted(stages):
            stage = self._dockerfile.stages[index]
            state, triggers = self._start(stage)
            steps: list[tuple[Instruction, tuple[str, ...]]] = [(trigger, ()) for trigger in triggers]
            rest = () if is_replaced(stage, self._scope.contexts) else stage.instructions[1:]
            steps += [(instruction, self._comments.get(instruction.line, ())) for instruction in rest]
            for instruction, comments in steps:
                for single in _singles(instruction):
                    visit = self._visit(single, index, state, comments)
                    yield visit
                    state = self._after(visit, state)
            self._ends[index] = state

    def _start(self, stage: Stage) -> tuple[_State, tuple[Instruction, ...]]:
        """The state after the FROM, and the triggers that the base has for it."""
        try:
            source = from_source(stage.instructions[0], self._dockerfile, stage.index, self._scope)
        except (MalformedError, ExpansionError):
            return self._on_image(None), ()
        if source.stage is None and source.image is None:
            environment = {"PATH": DEFAULT_PATH}
            return _State(self._scope.enter_stage(environment), environment), ()
        end = self._ends.get(source.stage) if source.stage is not None else None
        if source.stage is None or end is None:
            base = self._bases(source.image) if self._bases is not None and source.image is not None else None
            return self._on_image(base), _stored_triggers(base, stage, self._dockerfile.name)
        triggers = triggers_of(self._dockerfile.stages[source.stage], self._scope.contexts)
        start = stage.instructions[0]
        return replace(end, scope=end.scope.enter_stage(end.environment)), tuple(
            replace(trigger, line=start.line, end_line=start.end_line) for trigger in triggers
        )

    def _on_image(self, base: BaseImage | None) -> _State:
        environment = dict(base.environment) if base is not None else {}
        environment.setdefault("PATH", DEFAULT_PATH)
        return _State(
            self._scope.enter_stage(environment),
            environment,
            is_open=base is None,
            shell=None if base is None else base.shell,
        )

    def _visit(self, instruction: Instruction, stage: int, state: _State, comments: tuple[str, ...]) -> Visit:
        return Visit(
            instruction=instruction,
            stage=stage,
            escape=self._dockerfile.escape,
            comments=comments,
            variables=state.scope.variables(state.environment),
            declared=frozenset(state.scope.declared),
            is_open=state.is_open,
            unknown=state.unknown,
            overridden=frozenset(state.scope.build_args),
            shell=state.shell,
            has_workdir=state.has_workdir,
        )

    def _after(self, visit: Visit, state: _State) -> _State:
        if visit.keyword == "SHELL":
            return replace(state, shell=visit.instruction.words)
        if visit.keyword == "WORKDIR":
            return replace(state, has_workdir=True)
        return self._after_pairs(visit, state) if visit.keyword in ("ARG", "ENV") else state

    def _after_pairs(self, visit: Visit, state: _State) -> _State:
        """The state after an ENV, or an ARG of one name; where it cannot be expanded its names have no value."""
        instruction = visit.instruction
        try:
            operation = resolve(
                instruction,
                state.scope,
                dockerfile=self._dockerfile,
                stage=visit.stage,
                config=BareConfig(environment=state.environment),
            )
        except DockerfileError:
            names = instruction.words[::2] if instruction.keyword == "ENV" else instruction.words
            operation = ArgOperation(tuple((name.partition("=")[0], None) for name in names))
        assert isinstance(operation, ArgOperation | EnvOperation)
        names_set = frozenset(name for name, value in operation.pairs if value is not None)
        state = replace(
            state,
            scope=state.scope.after(operation),
            unknown=state.unknown - names_set if _is_known(visit) else state.unknown | names_set,
        )
        if isinstance(operation, EnvOperation):
            state = replace(state, environment={**state.environment, **dict(operation.pairs)})
        return state


def _is_known(visit: Visit) -> bool:
    """Whether the values that an ARG or ENV gives are the build's, whatever the base image sets."""
    words = visit.instruction.words
    if visit.keyword == "ARG":
        words = tuple(word.partition("=")[2] for word in words if word.partition("=")[0] not in visit.overridden)
    try:
        return all(visit.is_known(visit.expand(word)) for word in words)
    except ExpansionError:
        return False


def _singles(instruction: Instruction) -> tuple[Instruction, ...]:
    """An ARG of several names as one for each, since each sees those before it."""
    if instruction.keyword != "ARG":
        return (instruction,)
    return tuple(replace(instruction, words=(word,)) for word in instruction.words)


def _stored_triggers(base: BaseImage | None, stage: Stage, name: str) -> tuple[Instruction, ...]:
    """The triggers of an image. One that cannot be read is an error of the build, and nothing for the checks."""
    start = stage.instructions[0]
    triggers: list[Instruction] = []
    for text in () if base is None else base.on_build:
        try:
            trigger = parse_trigger(text, line=start.line, name=name)
        except DockerfileError:
            continue
        triggers.append(replace(trigger, end_line=start.end_line))
    return tuple(triggers)
