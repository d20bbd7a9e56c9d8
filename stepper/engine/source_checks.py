"""Whether what an instruction takes from a folder of this machine is there, told before it runs.

Quick in a large folder too: a plain path is looked up, a glob lists the one folder that it is in, and nothing is walked
through. What that does not tell is left to the step.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from stepper.dockerfile import globs
from stepper.dockerfile.mounts import BindMount, Mount
from stepper.dockerfile.operations import CopyOperation, Operation, RunOperation
from stepper.dockerfile.sources import SourceKind, source_kind
from stepper.engine.context import BuildContext
from stepper.engine.copy_error import CopyError
from stepper.engine.copy_sources import find_sources, selected_sources
from stepper.engine.file_tree import follow

FolderOf = Callable[[str | None], BuildContext]
"""The folder of an additional context by its name, for None that of the build context."""


class BadSource(NamedTuple):
    """A source as the instruction names it once it is expanded, and why the step is certain to fail at it."""

    source: str
    error: CopyError


def bad_source(operation: Operation, folder_of: FolderOf) -> BadSource | None:
    """The first source of a COPY or ADD, or of a bind mount of a RUN, that cannot be had; None for other operations.

    What comes from a stage, an image, a URL or a Git repository is not looked at.
    """
    if isinstance(operation, CopyOperation):
        found = (_bad_copied(each, folder_of) for each in _each_path(operation))
    elif isinstance(operation, RunOperation):
        found = (_bad_mounted(mount, folder_of) for mount in operation.mounts)
    else:
        return None
    return next((bad for bad in found if bad is not None), None)


def _each_path(operation: CopyOperation) -> Iterator[CopyOperation]:
    """The operation with one source at a time of those that are in a folder."""
    if operation.from_stage is None and operation.from_image is None:
        for source in operation.sources:
            if source_kind(source) is SourceKind.PATH:
                yield replace(operation, sources=(source,))


def _bad_copied(operation: CopyOperation, folder_of: FolderOf) -> BadSource | None:
    (source,) = operation.sources
    folder = folder_of(operation.from_context)
    try:
        if _is_quick(operation, source):
            selected_sources(folder, operation)
    except CopyError as error:
        return BadSource(source, error)
    return None


def _is_quick(operation: CopyOperation, source: str) -> bool:
    """Whether what a source names is found without listing more than the folders on its way."""
    if operation.parents:
        return not globs.has_wildcards(source) and not operation.exclude
    return not globs.has_wildcards(source.rstrip("/").rpartition("/")[0])


def _bad_mounted(mount: Mount, folder_of: FolderOf) -> BadSource | None:
    if not isinstance(mount, BindMount) or (mount.origin is not None and mount.origin.context is None):
        return None
    folder = folder_of(None if mount.origin is None else mount.origin.context)
    try:
        if folder.entry(follow(folder, mount.source)) is None:
            find_sources(folder, mount.source)
    except CopyError as error:
        return BadSource(mount.source[1:], error)
    return None
