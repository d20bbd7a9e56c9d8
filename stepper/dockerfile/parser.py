"""A Dockerfile's text to its model, with BuildKit's parser as the reference for every detail."""

from dataclasses import replace

from stepper.dockerfile.checks import check, stage_name
from stepper.dockerfile.instructions import read_instructions
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Dockerfile, Instruction, Stage
from stepper.errors import DockerfileError

_BYTE_ORDER_MARK = "\ufeff"


def parse(text: bytes | str, name: str = "Dockerfile") -> Dockerfile:
    """The Dockerfile that the text says. `name` is the file's name as the user knows it, for messages.

    Bytes are UTF-8; what is none of it becomes U+FFFD. Raises `DockerfileError`, with the line where there is one, for
    what BuildKit would not build whatever the build arguments are: an unknown instruction or flag, a missing argument,
    an open heredoc, an instruction before the first FROM, no FROM at all.
    """
    text = _decoded(text)
    instructions, dialect = read_instructions(text, name)
    for instruction in instructions:
        _checked(instruction, name)
    global_args, stages = _stages(instructions, name)
    return Dockerfile(
        name=name,
        text=text,
        stages=stages,
        global_args=global_args,
        directives=dialect.directives,
        comments=dialect.comments,
        escape=dialect.escape,
    )


def parse_trigger(text: str, *, line: int, name: str = "Dockerfile") -> Instruction:
    """The instruction that an image's ONBUILD has stored, at the line of the FROM that triggers it.

    Raises `DockerfileError` at that line for a text that is not exactly one instruction that can be triggered.
    """
    try:
        instructions, _ = read_instructions(_decoded(text), name)
        if len(instructions) != 1 or instructions[0].keyword == "FROM":
            raise MalformedError("onbuild trigger should be a single expression")
        check(instructions[0])
    except (DockerfileError, MalformedError) as problem:
        raise DockerfileError(f"{problem.message}, in the ONBUILD trigger {text!r}", file=name, line=line) from None
    return replace(instructions[0], line=line, end_line=line)


def _decoded(text: bytes | str) -> str:
    if isinstance(text, str):
        text = text.encode(errors="replace")
    return text.decode(errors="replace").removeprefix(_BYTE_ORDER_MARK)


def _checked(instruction: Instruction, name: str) -> None:
    try:
        check(instruction)
    except MalformedError as problem:
        raise DockerfileError(
            problem.message, file=name, line=instruction.line, hint=problem.hint, word=problem.word
        ) from None


def _stages(instructions: tuple[Instruction, ...], name: str) -> tuple[tuple[Instruction, ...], tuple[Stage, ...]]:
    """The ARGs before the first FROM, and the stages."""
    starts = [index for index, instruction in enumerate(instructions) if instruction.keyword == "FROM"]
    global_args = instructions[: starts[0]] if starts else instructions
    for instruction in global_args:
        if instruction.keyword != "ARG":
            raise DockerfileError(
                f"no build stage in current context: {instruction.keyword} before the first FROM",
                file=name,
                line=instruction.line,
                hint="Only ARG can stand before the first FROM.",
            )
    if not starts:
        raise DockerfileError(
            "dockerfile contains no stages to build", file=name, hint="Add a FROM with the image to build on."
        )
    ends = [*starts[1:], len(instructions)]
    return global_args, tuple(
        _stage(index, instructions[start:end]) for index, (start, end) in enumerate(zip(starts, ends, strict=True))
    )


def _stage(index: int, instructions: tuple[Instruction, ...]) -> Stage:
    start = instructions[0]
    platform = start.flag("platform")
    return Stage(
        index=index,
        name=stage_name(start),
        base=start.words[0],
        platform=None if platform is None else platform.value,
        instructions=instructions,
    )
