"""Which files the sources of a COPY name: globs as Go's `filepath.Match` has them, links followed; `--parents`."""

import difflib
from typing import NamedTuple

from stepper.dockerfile import globs
from stepper.dockerfile.operations import CopyOperation
from stepper.engine.context import BuildContext
from stepper.engine.copy_error import CopyError
from stepper.engine.copy_walk import Selection, selection_of, walk
from stepper.engine.file_tree import FileTree, clean, follow, join
from stepper.image.entry import EntryKind

_PIVOT = "/./"
_EMPTY_PATTERN = "A source is a pattern there, and this one is empty, as in BuildKit: write ** for everything."


class Source(NamedTuple):
    """A path to copy, links not yet followed, and what is taken below it."""

    path: str
    selection: Selection


def selected_sources(tree: FileTree, operation: CopyOperation) -> list[Source]:
    """What the sources of a COPY or ADD name in a tree, in their order. Raises `CopyError`.

    With `--parents` all is copied from the root, or from the directory before `/./`, and the rest of the source is a
    pattern as in an ignore file, which has to match something unless it has wildcards.
    """
    if not operation.parents:
        selection = selection_of(operation.exclude)
        return [Source(path, selection) for text in operation.sources for path in find_sources(tree, text)]
    sources: list[Source] = []
    for text in operation.sources:
        above, _, pattern = text.partition(_PIVOT) if _PIVOT in text else ("/", "", text)
        selection = selection_of(operation.exclude, clean(pattern)[1:])
        found = [Source(path, selection) for path in find_sources(tree, above)]
        if not globs.has_wildcards(text) and not any(_takes_anything(tree, source) for source in found):
            if clean(pattern) == "/":
                raise CopyError(f"{text} names nothing to copy with --parents", hint=_EMPTY_PATTERN)
            raise _not_found(tree, text, clean(f"{above}/{pattern}"))
        sources += found
    return sources


def _takes_anything(tree: FileTree, source: Source) -> bool:
    return any(visit.relative for visit in walk(tree, follow(tree, source.path), source.selection))


def find_sources(tree: FileTree, source: str) -> list[str]:
    """The paths that a source names, links not yet followed; each leads to something.

    A glob may name nothing at all, as in BuildKit; a plain path has to exist. Raises `CopyError`.
    """
    path = clean(source)
    parts = [part for part in path.split("/") if part]
    first = next((index for index, part in enumerate(parts) if globs.has_wildcards(part)), len(parts))
    folder = follow(tree, "/" + "/".join(parts[:first]))
    if tree.entry(folder) is None:
        raise _not_found(tree, source, "/" + "/".join(parts[:first]))
    if first == len(parts):
        return [path]
    try:
        found = _matching(tree, folder, parts[first:])
    except ValueError as error:
        raise CopyError(f"{source} is no valid pattern: {error}") from error
    for match in found:
        if tree.entry(follow(tree, match)) is None:
            raise _not_found(tree, source, match)
    return found


def _matching(tree: FileTree, folder: str, parts: list[str]) -> list[str]:
    found = []
    for name in tree.names(folder):
        if not globs.match(parts[0], name):
            continue
        path = join(folder, name)
        if len(parts) == 1:
            found.append(path)
            continue
        entry = tree.entry(path)
        if entry is not None and entry.kind is EntryKind.DIRECTORY:
            found += _matching(tree, path, parts[1:])
    return found


def _not_found(tree: FileTree, source: str, path: str) -> CopyError:
    where = "the build context" if isinstance(tree, BuildContext) else "the image that is copied from"
    return CopyError(f'"{path}": not found in {where}', hint=_hint(tree, source, path))


def _hint(tree: FileTree, source: str, path: str) -> str | None:
    kept_out = tree.kept_out(path) if isinstance(tree, BuildContext) else None
    if kept_out is not None:
        return kept_out
    if isinstance(tree, BuildContext) and ".." in source.split("/"):
        return "Nothing outside of the build context can be copied: `..` stops at its root."
    entry = tree.entry(path)
    if entry is not None and entry.kind is EntryKind.SYMLINK:
        return f"It is a link to {entry.target}, and that does not exist there."
    folder, _, name = path.rpartition("/")
    folder = follow(tree, folder or "/")
    above = tree.entry(folder)
    if above is None or above.kind is not EntryKind.DIRECTORY:
        return None
    close = difflib.get_close_matches(name, tree.names(folder), n=1)
    return f"Did you mean {join(folder, close[0])[1:]}?" if close else None
