"""Keeps the breakpoints of each Dockerfile in the state folder, as one small JSON file for each Dockerfile.

With the lines go digests of all the Dockerfile's lines, so that a breakpoint finds its line again when the file was
edited in the meantime. The text itself is not kept: a Dockerfile may hold what nobody wants to have copied around.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from stepper.debugger.line_map import LineMap
from stepper.debugger.state import Breakpoint
from stepper.frozen import frozen


@frozen
class BreakpointStore:
    """Breakpoints on disk. `folder` need not exist. Reading and writing raise `OSError` when the disk refuses."""

    folder: Path

    def load(self, dockerfile: Path, lines: Sequence[str]) -> tuple[Breakpoint, ...]:
        """The breakpoints of a Dockerfile, moved to where its lines are now. A damaged file counts as none."""
        try:
            kept = json.loads(self._path(dockerfile).read_text(encoding="utf-8"))
            moved = LineMap(kept["digests"], _digests(lines))
            points = [Breakpoint(int(point["line"]), bool(point["enabled"])) for point in kept["breakpoints"]]
        except FileNotFoundError:
            return ()
        except (ValueError, KeyError, TypeError):
            return ()
        return moved_breakpoints(points, moved)

    def save(self, dockerfile: Path, lines: Sequence[str], breakpoints: Sequence[Breakpoint]) -> None:
        """Put these in the place of what was kept, at once or not at all."""
        path = self._path(dockerfile)
        if not breakpoints:
            with suppress(FileNotFoundError):
                path.unlink()
            return
        content: dict[str, Any] = {
            "dockerfile": os.fsdecode(os.path.abspath(dockerfile)),
            "digests": _digests(lines),
            "breakpoints": [{"line": point.line, "enabled": point.enabled} for point in breakpoints],
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        _write_atomically(path, json.dumps(content))

    def _path(self, dockerfile: Path) -> Path:
        name = hashlib.sha256(os.fsencode(os.path.realpath(dockerfile))).hexdigest()[:32]
        return self.folder / f"{name}.json"


def moved_breakpoints(breakpoints: Sequence[Breakpoint], lines: LineMap) -> tuple[Breakpoint, ...]:
    """The breakpoints at their new lines, in order; those whose line is gone are gone too."""
    moved: dict[int, Breakpoint] = {}
    for point in breakpoints:
        line = lines.line(point.line)
        if line is not None and line not in moved:
            moved[line] = Breakpoint(line, point.enabled)
    return tuple(moved[line] for line in sorted(moved))


def _digests(lines: Sequence[str]) -> list[str]:
    return [hashlib.sha256(line.strip().encode(errors="surrogateescape")).hexdigest()[:12] for line in lines]


def _write_atomically(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".new")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
