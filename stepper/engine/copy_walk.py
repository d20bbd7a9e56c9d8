"""Which files below a source a COPY takes: all of them, or what `--exclude` and `--parents` let through.

As in BuildKit the patterns are matched against paths relative to the directory that is copied, so that a source that is
itself a file, or a directory, is never left out. `--exclude` goes before `--parents`.
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from stepper.dockerfile.ignore import IgnoreFile
from stepper.engine.copy_error import CopyError
from stepper.engine.file_tree import FileTree, join
from stepper.frozen import frozen
from stepper.image.entry import Entry, EntryKind


class Selected(Enum):
    """How something below a source is met."""

    ENTER = "enter"
    """A directory that is copied, before what is in it."""
    PASS = "pass"
    """A directory that is not asked for itself, but that something in it is: before the first of these."""
    FILE = "file"
    """A file, link or device."""
    LEAVE = "leave"
    """A directory that is copied, after what is in it."""


class Visit(NamedTuple):
    """Something below a source that is copied. `relative` is its path below the source, "" for the source itself."""

    how: Selected
    path: str
    relative: str
    entry: Entry


@frozen
class Selection:
    """What is taken below a source. `include` is the pattern of `--parents`, None where everything is asked for."""

    exclude: IgnoreFile | None = None
    include: IgnoreFile | None = None

    def takes(self, relative: str) -> bool:
        """Whether a path is asked for."""
        if self.include is not None and not self.include.ignores(relative):
            return False
        return self.exclude is None or not self.exclude.ignores(relative)

    def may_take_below(self, relative: str) -> bool:
        """Whether anything below a directory may be asked for."""
        if self.exclude is not None and self.exclude.ignores(relative):
            return any(rule.reincludes for rule in self.exclude.rules)
        if self.include is None or self.include.ignores(relative):
            return True
        parts = relative.split("/")
        return any(all(a == b for a, b in zip(rule.fixed_folders, parts, strict=False)) for rule in self.include.rules)


EVERYTHING = Selection()


def selection_of(exclude: Sequence[str], include: str | None = None) -> Selection:
    """The selection of `--exclude` and, with `include`, of `--parents`. Raises `CopyError` for a malformed pattern."""
    try:
        return Selection(
            IgnoreFile.of_patterns(exclude) if exclude else None,
            IgnoreFile.of_patterns([include]) if include is not None else None,
        )
    except ValueError as error:
        raise CopyError(str(error)) from error


def walk(tree: FileTree, root: str, selection: Selection) -> Iterator[Visit]:
    """A source and what is copied below it, depth first. `root` has no links left in it."""
    waiting: list[tuple[str, str, bool]] = [(root, "", False)]
    passed: list[Visit] = []
    """The directories above that are not asked for, those first that something below was found of."""
    found = 0
    while waiting:
        path, relative, is_left = waiting.pop()
        entry = tree.entry(path)
        if entry is None:
            continue
        is_directory = entry.kind is EntryKind.DIRECTORY
        if is_left:
            if passed and passed[-1].path == path:
                passed.pop()
                found = min(found, len(passed))
            else:
                yield Visit(Selected.LEAVE, path, relative, entry)
            continue
        is_taken = not relative or selection.takes(relative)
        if is_taken:
            yield from passed[found:]
            found = len(passed)
            yield Visit(Selected.ENTER if is_directory else Selected.FILE, path, relative, entry)
        if not is_directory:
            continue
        if not is_taken:
            if not selection.may_take_below(relative):
                continue
            passed.append(Visit(Selected.PASS, path, relative, entry))
        waiting.append((path, relative, True))
        below = f"{relative}/" if relative else ""
        waiting += [(join(path, name), below + name, False) for name in reversed(tree.names(path))]
