"""The stage graph: who builds on whom, what a target needs and what it does not."""

import re
from collections.abc import Mapping
from enum import Enum

from stepper.dockerfile.contexts import NO_CONTEXTS, Contexts, context_name, is_replaced
from stepper.dockerfile.edit_distance import nearest
from stepper.dockerfile.expansion import ExpansionError, expand_word
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.dockerfile.mount_options import mount_from
from stepper.dockerfile.origins import Origin
from stepper.dockerfile.references import reference_problem
from stepper.dockerfile.scope import Scope
from stepper.errors import DockerfileError
from stepper.frozen import frozen

SCRATCH = "scratch"
"""The name of the empty image."""

_NUMBER = re.compile(r"[+-]?[0-9]+")


class DependencyKind(Enum):
    """How a stage uses another stage or image; the value is what the screen says."""

    FROM = "FROM"
    COPY = "COPY --from"
    MOUNT = "RUN --mount"


@frozen
class Dependency:
    """One use, at `line` of the using stage: exactly one of `stage` (an index) and `image` (a reference) is set."""

    kind: DependencyKind
    line: int
    stage: int | None = None
    image: str | None = None


@frozen
class StageGraph:
    """The uses of every stage, by stage index, in the order of their lines. `scratch` and folders are none."""

    dependencies: tuple[tuple[Dependency, ...], ...]

    def needed(self, target: int) -> frozenset[int]:
        """The stages that `target` needs, itself included."""
        found: set[int] = set()
        waiting = [target]
        while waiting:
            stage = waiting.pop()
            if stage not in found:
                found.add(stage)
                waiting.extend(d.stage for d in self.dependencies[stage] if d.stage is not None)
        return frozenset(found)

    def users(self, stage: int) -> tuple[int, ...]:
        """The stages that use `stage` directly."""
        return tuple(
            index
            for index, uses in enumerate(self.dependencies)
            if any(dependency.stage == stage for dependency in uses)
        )


def stage_graph(
    dockerfile: Dockerfile,
    build_args: Mapping[str, str],
    *,
    platform: str = "linux/amd64",
    build_platform: str | None = None,
    target: str | None = None,
    contexts: Contexts = NO_CONTEXTS,
) -> StageGraph:
    """The graph of a Dockerfile, with the arguments in FROM lines expanded.

    `platform`, `build_platform` and `target` are for the arguments that come from them: see `Scope.start`. An ONBUILD
    is no use of its own stage: its trigger counts where it is run. A stage whose place a context takes uses nothing.

    Raises `DockerfileError` with its line for a circular reference, a stage number that does not exist and a FROM that
    names nothing.
    """
    scope = Scope.start(
        dockerfile, build_args, platform=platform, build_platform=build_platform, target=target, contexts=contexts
    )
    dependencies = tuple(
        () if is_replaced(stage, contexts) else _uses(dockerfile, stage.index, scope) for stage in dockerfile.stages
    )
    _check_circles(dockerfile, dependencies)
    return StageGraph(dependencies)


def find_stage(dockerfile: Dockerfile, name: str) -> int | None:
    """The index of the stage with that name (in any case of letters) or number, or None.

    Of several stages with one name it is the last.
    """
    wanted = name.lower()
    named = [stage.index for stage in dockerfile.stages if stage.name is not None and stage.name == wanted]
    if named:
        return named[-1]
    if _NUMBER.fullmatch(name) and 0 <= int(name) < len(dockerfile.stages):
        return int(name)
    return None


def stage_names(dockerfile: Dockerfile) -> list[str]:
    """The names of those stages that have one, in file order."""
    return [stage.name for stage in dockerfile.stages if stage.name is not None]


def similar_stage(dockerfile: Dockerfile, name: str) -> str | None:
    """The name of the stage that `name` is likely a misspelling of, or None."""
    return nearest(name.lower(), stage_names(dockerfile))


def from_source(instruction: Instruction, dockerfile: Dockerfile, stage: int, scope: Scope) -> Origin:
    """What the FROM of the stage with that index builds on.

    Only an earlier stage counts, written in lower case, as BuildKit has it; any other name is a context's or an
    image's. Raises `MalformedError` or `ExpansionError`.
    """
    if is_replaced(dockerfile.stages[stage], scope.contexts):
        return _context(dockerfile.stages[stage].name or "", scope.contexts)
    written = instruction.words[0]
    base = expand_word(written, scope.global_args, escape=dockerfile.escape)
    if not base:
        raise MalformedError(
            f"base name ({written}) should not be blank",
            hint="Give the argument a default, in an ARG before the first FROM, or a value with --build-arg.",
        )
    earlier = [other.index for other in dockerfile.stages[:stage] if other.name == base]
    if earlier:
        return Origin(stage=earlier[-1])
    return _image(base, dockerfile, scope.contexts)


def copy_source(
    instruction: Instruction, dockerfile: Dockerfile, stage: int, contexts: Contexts = NO_CONTEXTS
) -> Origin | None:
    """What a COPY of the stage with that index copies from; None for the build context.

    Raises `MalformedError` for what does not exist, the stage itself and a later one.
    """
    source = _copy_source(instruction, dockerfile, contexts)
    if source == Origin():
        raise MalformedError("nothing can be copied from scratch: it is empty")
    if source is None or source.stage is None or source.stage < stage:
        return source
    label = dockerfile.stages[source.stage].label
    if source.stage == stage:
        raise MalformedError(f"circular dependency: {label} cannot copy from itself")
    raise MalformedError(f"cannot copy from {label}: it needs to be defined before {dockerfile.stages[stage].label}")


def _copy_source(instruction: Instruction, dockerfile: Dockerfile, contexts: Contexts) -> Origin | None:
    flag = instruction.flag("from")
    if flag is None or not flag.value:
        return None
    written = flag.value
    if expand_word(written, {}, escape=dockerfile.escape) != written:
        raise MalformedError(
            "variable expansion is not supported for --from",
            hint="Add a stage with `FROM $NAME AS name`, its ARG before the first FROM, and copy from that stage.",
        )
    index = find_stage(dockerfile, written)
    if index is not None:
        return Origin(stage=index)
    if _NUMBER.fullmatch(written):
        raise MalformedError(f"invalid stage index {written}: the stages are 0 to {len(dockerfile.stages) - 1}")
    return _image(written, dockerfile, contexts)


def mount_source(name: str, dockerfile: Dockerfile, stage: int, contexts: Contexts = NO_CONTEXTS) -> Origin:
    """What a mount's `from` in the stage with that index takes files from.

    Numbers are no stages here, as BuildKit has it. Raises `MalformedError` for a later stage and for what cannot be an
    image.
    """
    source = _mount_source(name, dockerfile, contexts)
    if source.stage is not None and source.stage > stage:
        label = dockerfile.stages[source.stage].label
        raise MalformedError(
            f"cannot mount from {label}: it needs to be defined before {dockerfile.stages[stage].label}"
        )
    return source


def _mount_source(name: str, dockerfile: Dockerfile, contexts: Contexts) -> Origin:
    index = None if _NUMBER.fullmatch(name) else find_stage(dockerfile, name)
    return _image(name, dockerfile, contexts) if index is None else Origin(stage=index)


def _context(name: str, contexts: Contexts) -> Origin:
    image = contexts[context_name(name)]
    return Origin(image=image) if image is not None else Origin(context=context_name(name))


def _image(name: str, dockerfile: Dockerfile, contexts: Contexts) -> Origin:
    if name == SCRATCH:
        return Origin()
    if context_name(name) in contexts:
        return _context(name, contexts)
    problem = reference_problem(name)
    if problem is not None:
        close = name.lower() if find_stage(dockerfile, name) is not None else similar_stage(dockerfile, name)
        raise MalformedError(problem, hint=None if close is None else f"Did you mean the stage {close}?")
    return Origin(image=name)


def _uses(dockerfile: Dockerfile, stage: int, scope: Scope) -> tuple[Dependency, ...]:
    found: list[Dependency] = []
    for instruction in dockerfile.stages[stage].instructions:
        try:
            found.extend(_uses_of(instruction, dockerfile, stage, scope))
        except (MalformedError, ExpansionError) as error:
            word = error.word if isinstance(error, MalformedError) else None
            raise DockerfileError(
                error.message, file=dockerfile.name, line=instruction.line, hint=error.hint, word=word
            ) from error
    return tuple(found)


def _uses_of(instruction: Instruction, dockerfile: Dockerfile, stage: int, scope: Scope) -> list[Dependency]:
    if instruction.keyword == "FROM":
        sources = [(DependencyKind.FROM, from_source(instruction, dockerfile, stage, scope))]
    elif instruction.keyword == "COPY":
        source = _copy_source(instruction, dockerfile, scope.contexts)
        sources = [] if source is None else [(DependencyKind.COPY, source)]
    elif instruction.keyword == "RUN":
        sources = [
            (DependencyKind.MOUNT, mounted) for mounted in _mount_sources(instruction, dockerfile, scope.contexts)
        ]
    else:
        sources = []
    return [
        Dependency(kind, instruction.line, source.stage, source.image)
        for kind, source in sources
        if source.stage is not None or source.image is not None
    ]


def _mount_sources(instruction: Instruction, dockerfile: Dockerfile, contexts: Contexts) -> list[Origin]:
    """What the mounts of a RUN take files from."""
    names = [mount_from(flag.value or "") for flag in instruction.flags if flag.name == "mount"]
    return [_mount_source(name, dockerfile, contexts) for name in names if name is not None]


def _check_circles(dockerfile: Dockerfile, dependencies: tuple[tuple[Dependency, ...], ...]) -> None:
    """Raise for the first use, in the order of the file, by which a stage comes to need itself."""
    for stage, uses in enumerate(dependencies):
        for use in uses:
            if use.stage is not None and stage in StageGraph(dependencies).needed(use.stage):
                labels = [dockerfile.stages[index].label for index in (stage, use.stage)]
                raise DockerfileError(
                    f"circular dependency: {labels[0]} uses {labels[1]}, which needs {labels[0]}"
                    if stage != use.stage
                    else f"circular dependency: {labels[0]} uses itself",
                    file=dockerfile.name,
                    line=use.line,
                )
