"""Tells, without reading a file, whether what a step took from the build context was touched since."""

import os
import stat
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from stepper.dockerfile import globs
from stepper.dockerfile.ignore import IgnoreFile
from stepper.engine.file_tree import clean
from stepper.engine.step import ContextSource

_CLOCK_SLACK_NS = 50_000_000
"""File systems stamp with a coarser clock than the one that told when the step began."""
_MOST_ENTRIES = 50_000
_GLOB = frozenset("*?[\\")


def touched_since(source: ContextSource, patterns: tuple[str, ...], seconds: float) -> bool:
    """Whether anything under these sources changed (or is missing) since that time, in seconds since the epoch.

    Right when it says no; a yes may be wrong, as for a context too large to look through in a moment, and for what is
    reached through a link.
    """
    since = int(seconds * 1e9) - _CLOCK_SLACK_NS
    folder = source.folder.resolve()
    ignore = IgnoreFile.parse(source.ignore) if source.ignore else None
    left = _MOST_ENTRIES
    for pattern in (clean(pattern)[1:] for pattern in patterns):
        fixed = _fixed_part(pattern)
        if _leads_through_link(folder, fixed):
            return True
        for path, name in _paths(folder, fixed, ignore):
            left -= 1
            try:
                found = os.lstat(path)
            except OSError:
                return True
            if found.st_ctime_ns >= since or left <= 0:
                return True
            if stat.S_ISLNK(found.st_mode) and _may_match(pattern, name):
                return True
    return False


def _fixed_part(pattern: str) -> str:
    """The folder in which a pattern looks, or the pattern itself when it has no wildcard."""
    fixed: list[str] = []
    for part in pattern.split("/"):
        if _GLOB.intersection(part):
            break
        fixed.append(part)
    return "/".join(fixed)


def _leads_through_link(folder: Path, path: str) -> bool:
    return any(os.path.islink(folder / place) for place in accumulate(path.split("/"), "{}/{}".format))


def _may_match(pattern: str, name: str) -> bool:
    try:
        return globs.match(pattern, name)
    except ValueError:
        return True


def _paths(folder: Path, below: str, ignore: IgnoreFile | None) -> Iterator[tuple[str, str]]:
    """A path of the context and everything under it that the ignore file does not keep out, with their names in it."""
    top = os.path.join(folder, below) if below else str(folder)
    yield top, below
    waiting = [(top, below)] if os.path.isdir(top) else []
    while waiting:
        path, relative = waiting.pop()
        try:
            entries = list(os.scandir(path))
        except OSError:
            yield path + "/", relative
            continue
        for entry in entries:
            name = f"{relative}/{entry.name}" if relative else entry.name
            ignored = ignore is not None and ignore.ignores(name)
            if not ignored:
                yield entry.path, name
            if entry.is_dir(follow_symlinks=False) and (
                not ignored or (ignore is not None and ignore.may_reinclude_below(name))
            ):
                waiting.append((entry.path, name))
