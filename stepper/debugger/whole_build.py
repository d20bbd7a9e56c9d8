"""A file that the engine's own builder builds as a whole: what is asked of the builder, and what cannot be."""

from pathlib import Path

from stepper.debugger.options import BuildOptions
from stepper.dockerfile.model import Dockerfile
from stepper.dockerfile.operations import BuildOperation
from stepper.engine.build_request import BuildRequest
from stepper.engine.step import ContextSource, Step
from stepper.errors import DockerfileError

_OUTSIDE = ".stepper-"
"""Before the name of a file that is not in the build context and is sent with it."""


def build_request(step: Step, options: BuildOptions, *, no_cache: bool) -> BuildRequest:
    """The request that a step hands over."""
    operation, context = step.operation, step.source
    assert isinstance(operation, BuildOperation), "a whole build is one step"
    assert isinstance(context, ContextSource), "a whole build reads the build context"
    return BuildRequest(
        file=operation.data,
        context=context,
        name=_name_in(context.folder, options.dockerfile),
        build_args=options.build_args,
        labels=options.labels,
        target=options.target,
        platform=options.platform,
        settings=step.settings,
        no_cache=no_cache,
        pull=options.pull,
    )


def not_sendable(dockerfile: Dockerfile, options: BuildOptions) -> tuple[DockerfileError, ...]:
    """What the build is asked for and the engine's builder cannot be given through the API."""
    instruction = dockerfile.stages[0].instructions[0]
    given = {
        "--secret": options.access.secrets,
        "--ssh": options.access.ssh,
        "--allow": options.access.insecure or options.access.host_network,
        "--build-context": options.build_contexts,
    }
    return tuple(
        DockerfileError(
            f"{option} cannot be given to the engine's builder, which builds for the frontend {instruction.words[0]}",
            file=dockerfile.name,
            line=instruction.line,
            hint=f"Leave out {option}, or build it with `docker build`, which brings these along in a session.",
        )
        for option, value in given.items()
        if value
    )


def _name_in(folder: Path, file: Path) -> str:
    """What the file is called in the build context."""
    try:
        return file.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return f"{_OUTSIDE}{file.name}"
