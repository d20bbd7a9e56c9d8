"""The files that bind mounts show and caches start with: always a path in an image.

What a build context has is copied into an image first, by a COPY as any other: so the ignore file counts, and the step
cache knows when nothing has changed.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import NamedTuple

from stepper.dockerfile.mounts import BindMount, CacheMount, Mount
from stepper.dockerfile.operations import CopyOperation, RunOperation
from stepper.engine.context import BuildContext
from stepper.engine.file_tree import follow
from stepper.engine.step import ContextSource, Snapshot, Step

CONTEXT_FOLDER = "/.stepper-context"
"""Where the files of a build context are in the image that is made of them."""


class Files(NamedTuple):
    """A file or directory of an image; `image` is None for the empty file system of scratch."""

    image: str | None
    path: str


def source_of(mount: Mount) -> str | None:
    """The path that a mount names in its source, None for a mount without any."""
    return mount.source if isinstance(mount, BindMount | CacheMount) else None


class ContextCopy(NamedTuple):
    """The COPY that brings what a mount names in a build context into an image, and where it is there."""

    operation: CopyOperation
    path: str


def copy_of(mount: Mount, context: ContextSource) -> ContextCopy:
    """How the source of a mount gets into an image, with its mode and time. Raises `CopyError`."""
    source = source_of(mount) or "/"
    tree = BuildContext(context)
    path = follow(tree, source)
    if path == "/" or tree.entry(path) is None:
        return ContextCopy(CopyOperation((source.lstrip("/") or ".",), CONTEXT_FOLDER), CONTEXT_FOLDER)
    # Of a directory that is named itself COPY takes the contents alone.
    pattern = re.sub(r"([*?[\\])", r"\\\1", path[1:])
    return ContextCopy(CopyOperation((pattern,), f"{CONTEXT_FOLDER}/", parents=True), CONTEXT_FOLDER + path)


def with_sources(step: Step, operation: RunOperation) -> list[tuple[Mount, Snapshot | ContextSource | None]]:
    """The mounts of a step, each with where its files are."""
    return list(zip(operation.mounts, step.mount_sources or (None,) * len(operation.mounts), strict=True))


def inputs_of(mounts: Sequence[Mount], files: Sequence[Files | None]) -> list[object]:
    """What of its mounts a step's result depends on, as values that JSON can hold.

    As in BuildKit these are neither the values of secrets, nor what a cache holds, its id or how it is shared.
    """
    pairs = zip(mounts, files, strict=True)
    return [[type(mount).__name__, _telling(asdict(mount)), source] for mount, source in pairs]


def _telling(options: dict[str, object]) -> dict[str, object]:
    # Whatever the source was named: its files count.
    hidden = {"origin"} | ({"id"} if "sharing" in options else set()) | {"sharing"}
    return {name: value for name, value in options.items() if name not in hidden}
