"""Which `--build-arg`s a build has no use for: likely a misspelling."""

from collections.abc import Collection, Iterable

from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.dockerfile.scope import is_taken_without_arg


def unused_arguments(dockerfile: Dockerfile, needed: Collection[int], given: Iterable[str]) -> tuple[str, ...]:
    """The arguments that no ARG before the first FROM or in a needed stage takes, in order of their names.

    Nobody knows which a file of another language takes. The proxies, and what BuildKit itself reads, need no ARG.
    """
    if dockerfile.handed_over is not None:
        return ()
    instructions = [*dockerfile.global_args]
    for stage in dockerfile.stages:
        if stage.index in needed:
            instructions.extend(stage.instructions)
    declared = set(_declared(instructions))
    unused = (name for name in given if name not in declared)
    return tuple(sorted(name for name in unused if not is_taken_without_arg(name)))


def _declared(instructions: Iterable[Instruction]) -> Iterable[str]:
    for instruction in instructions:
        if instruction.keyword == "ARG":
            for word in instruction.words:
                yield word.partition("=")[0]
