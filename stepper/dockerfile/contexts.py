"""Additional build contexts: the names that `--build-context` gives to folders and images.

Such a name goes before an image of that name, and before a stage: a stage that has it is not built, what the name
stands for takes its place. https://docs.docker.com/reference/cli/docker/buildx/build/#build-context
"""

from collections.abc import Mapping

from stepper.dockerfile.model import Instruction, Stage

Contexts = Mapping[str, str | None]
"""By name, as `context_name` makes it: the reference of an image, None for a folder."""

NO_CONTEXTS: Contexts = {}


def context_name(written: str) -> str:
    """The name as contexts are looked up: `docker.io/library/alpine:latest` is `alpine`."""
    name = written.removeprefix("index.").removeprefix("docker.io/").removeprefix("library/")
    return name.removesuffix(":latest")


def is_replaced(stage: Stage, contexts: Contexts) -> bool:
    """Whether a context takes the stage's place; then only its FROM is run, which gives that context."""
    return stage.name is not None and context_name(stage.name) in contexts


def triggers_of(stage: Stage, contexts: Contexts) -> list[Instruction]:
    """The triggers that the stage has for those that build on it."""
    if is_replaced(stage, contexts):
        return []
    return [instruction.trigger for instruction in stage.instructions if instruction.trigger is not None]
