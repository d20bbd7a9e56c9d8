"""From a COPY or ADD as it is written to the operation that it asks for."""

from dataclasses import replace

from stepper.dockerfile.expansion import expand
from stepper.dockerfile.flags import is_on
from stepper.dockerfile.graph import copy_source
from stepper.dockerfile.heredocs import heredoc_mark
from stepper.dockerfile.ignore import IgnoreFile
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Instruction
from stepper.dockerfile.modes import check_mode
from stepper.dockerfile.operations import CopyOperation, InlineFile
from stepper.dockerfile.place import Place
from stepper.dockerfile.sources import SourceKind, parse_sources, source_kind


def resolve_copy(instruction: Instruction, place: Place) -> CopyOperation:
    """COPY. Raises `MalformedError` or `ExpansionError`."""
    operation = _copied(instruction, place)
    for source in operation.sources:
        kind = source_kind(source)
        if kind is not SourceKind.PATH:
            raise MalformedError(f"source can't be {kind.value} for COPY: {source}", hint="Use ADD for it.")
    return operation


def resolve_add(instruction: Instruction, place: Place) -> CopyOperation:
    """ADD. Raises `MalformedError` or `ExpansionError`."""
    unpack = instruction.flag("unpack")
    keep_git_dir = instruction.flag("keep-git-dir")
    operation = replace(
        _copied(instruction, place),
        is_add=True,
        unpack=unpack is None or is_on(unpack),
        unpack_remote=is_on(unpack),
        checksum=place.expanded_flag(instruction, "checksum"),
        keep_git_dir=None if keep_git_dir is None else is_on(keep_git_dir),
    )
    parse_sources(operation.sources, checksum=operation.checksum, keep_git_dir=operation.keep_git_dir)
    return operation


def _copied(instruction: Instruction, place: Place) -> CopyOperation:
    paths: list[str] = []
    inline_files: list[InlineFile] = []
    for word in instruction.words[:-1]:
        mark = heredoc_mark(word)
        if mark is None:
            paths.append(place.expanded(word))
        else:
            inline_files.append(_inline_file(mark.name, instruction, place))
    chmod = place.expanded_flag(instruction, "chmod")
    if chmod:
        check_mode(chmod)
    source = copy_source(instruction, place.dockerfile, place.stage, place.scope.contexts)
    return CopyOperation(
        sources=tuple(paths),
        destination=place.expanded(instruction.words[-1]),
        from_stage=None if source is None else source.stage,
        from_image=None if source is None else source.image,
        from_context=None if source is None else source.context,
        chown=place.expanded_flag(instruction, "chown"),
        chmod=chmod,
        inline_files=tuple(inline_files),
        link=is_on(instruction.flag("link")),
        parents=is_on(instruction.flag("parents")),
        exclude=_exclude(instruction),
    )


def _exclude(instruction: Instruction) -> tuple[str, ...]:
    """The patterns as they are written: BuildKit expands no variables in them."""
    patterns = tuple(flag.value or "" for flag in instruction.flags if flag.name == "exclude")
    try:
        IgnoreFile.of_patterns(patterns)
    except ValueError as error:
        raise MalformedError(f"{error} in --exclude") from error
    return patterns


def _inline_file(name: str, instruction: Instruction, place: Place) -> InlineFile:
    """The file of a heredoc. Of two with one name the last body counts for both, as in BuildKit."""
    heredoc = next((heredoc for heredoc in reversed(instruction.heredocs) if heredoc.name == name), None)
    if heredoc is None:
        return InlineFile(name, "")
    if not heredoc.expand:
        return InlineFile(name, heredoc.body)
    # The escape character of a body is the backslash, whatever the Dockerfile's is.
    return InlineFile(name, expand(heredoc.body, place.variables, quotes=False).text)
