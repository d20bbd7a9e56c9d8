"""Puts instructions into the bytes of a Dockerfile, and leaves every other byte as it is. Pure."""

from collections.abc import Sequence

from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.dockerfile.parser import parse
from stepper.errors import DockerfileError, UsageError


def with_instructions(data: bytes, name: str, texts: Sequence[str], *, before: Instruction | None, stage: int) -> bytes:
    """The Dockerfile with these instructions, a line or a heredoc each, before one of its own or at the end of a stage.

    They come before the comments that stand right above the instruction, with the line ending of the line before.
    Raises `UsageError` where the Dockerfile would not say exactly that.
    """
    old = parse(data, name)
    lines = _joined(data)
    instructions = old.stages[stage].instructions
    if before is None:
        index, number = instructions[-1].end_line, len(instructions)
    else:
        number = next(i for i, each in enumerate(instructions) if each.line == before.line)
        index = before.line - 1
        above = instructions[number - 1].end_line if number else 0
        while index > above and lines[index - 1].lstrip().startswith(b"#"):
            index -= 1
    ending = _ending(lines, index)
    added = b"".join(text.encode().replace(b"\n", ending) + ending for text in texts)
    head = b"".join(lines[:index])
    if head and not head.endswith(b"\n"):
        head, added = head + ending, added.removesuffix(ending)
    new = head + added + b"".join(lines[index:])
    _check(old, new, name, texts, stage, number)
    return new


def _joined(data: bytes) -> list[bytes]:
    return [line + b"\n" for line in data.split(b"\n")[:-1]] + ([data.rpartition(b"\n")[2]] if data else [])


def _ending(lines: Sequence[bytes], index: int) -> bytes:
    nearest = lines[index - 1] if index else (lines[0] if lines else b"")
    if not nearest.endswith(b"\n") and index > 1:
        nearest = lines[index - 2]
    return b"\r\n" if nearest.endswith(b"\r\n") else b"\n"


def _check(old: Dockerfile, new: bytes, name: str, texts: Sequence[str], stage: int, number: int) -> None:
    try:
        found = parse(new, name)
    except DockerfileError as error:
        raise UsageError(f"it cannot be kept: the Dockerfile would be wrong: {error.message}") from error
    wanted = [list(map(_said, one.instructions)) for one in old.stages]
    wanted[stage][number:number] = [_said_by(text, old) for text in texts]
    if [list(map(_said, one.instructions)) for one in found.stages] != wanted:
        raise UsageError("it cannot be kept on one line of the Dockerfile", hint="Write it into the file: e edits it.")


def _said(instruction: Instruction) -> tuple[str, ...]:
    """What tells an instruction from any other: its line, and its heredocs whatever their line ends are."""
    return (instruction.text, *(heredoc.written.replace("\r\n", "\n") for heredoc in instruction.heredocs))


def _said_by(text: str, old: Dockerfile) -> tuple[str, ...]:
    """What a text of one instruction says; one without a heredoc is a line that says itself."""
    if "\n" not in text:
        return (text,)
    try:
        (_, *instructions) = parse(f"# escape={old.escape}\nFROM scratch\n{text}\n").stages[0].instructions
    except DockerfileError as error:
        raise UsageError(f"it cannot be kept: {error.message}") from error
    return _said(instructions[0]) if len(instructions) == 1 and instructions[0].heredocs else ()
