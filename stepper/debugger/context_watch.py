"""Tells, without reading a file, whether what a COPY took from the build context was touched since."""

import os
from collections.abc import Iterator
from pathlib import Path

from stepper.dockerfile.ignore import IgnoreFile
from stepper.engine.step import ContextSource

_CLOCK_SLACK_NS = 50_000_000
"""File systems stamp with a coarser clock than the one that told when the step began."""
_MOST_ENTRIES = 50_000
_GLOB = frozenset("*?[\\")


def touched_since(source: ContextSource, patterns: tuple[str, ...], seconds: float) -> bool:
    """Whether anything under these sources changed (or is missing) since that time, in seconds since the epoch.

    Right when it says no; a yes may be wrong, as for a context too large to look through in a moment.
    """
    since = int(seconds * 1e9) - _CLOCK_SLACK_NS
    ignore = IgnoreFile.parse(source.ignore) if source.ignore else None
    left = _MOST_ENTRIES
    for pattern in patterns:
        for path in _paths(source.folder, _fixed_part(pattern), ignore):
            left -= 1
            try:
                changed = os.lstat(path).st_ctime_ns >= since
            except OSError:
                return True
            if changed or left <= 0:
                return True
    return False


def _fixed_part(pattern: str) -> str:
    """The folder in which a pattern looks, or the pattern itself when it has no wildcard."""
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    fixed: list[str] = []
    for part in parts:
        if part == ".." or _GLOB.intersection(part):
            break
        fixed.append(part)
    return "/".join(fixed)


def _paths(folder: Path, below: str, ignore: IgnoreFile | None) -> Iterator[str]:
    """A path of the context and everything under it that the ignore file does not keep out."""
    top = os.path.join(folder, below) if below else str(folder)
    yield top
    waiting = [(top, below)] if os.path.isdir(top) else []
    while waiting:
        path, relative = waiting.pop()
        try:
            entries = list(os.scandir(path))
        except OSError:
            yield path + "/"
            continue
        for entry in entries:
            name = f"{relative}/{entry.name}" if relative else entry.name
            ignored = ignore is not None and ignore.ignores(name)
            if not ignored:
                yield entry.path
            if entry.is_dir(follow_symlinks=False) and (
                not ignored or (ignore is not None and ignore.may_reinclude_below(name))
            ):
                waiting.append((entry.path, name))
