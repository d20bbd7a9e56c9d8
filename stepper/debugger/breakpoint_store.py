"""Keeps the breakpoints of each Dockerfile in the state folder, as one small JSON file for each Dockerfile.

With the lines go digests of all the Dockerfile's lines, so that a breakpoint finds its line again when the file was
edited in the meantime. The text itself is not kept: a Dockerfile may hold what nobody wants to have copied around.

A breakpoint is an object with `line`, `stage`, `instruction`, `path`, `exception` or `any`, with `enabled`, and where
there is one with `condition`, `hit_count` and `message`.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from stepper.debugger.breakpoint import (
    AtAnyStep,
    AtException,
    AtInstruction,
    AtLine,
    AtPath,
    AtStage,
    Breakpoint,
    ExceptionKind,
    Place,
)
from stepper.debugger.line_map import LineMap
from stepper.frozen import frozen

_TEXTS = ("condition", "hit_count", "message")


@frozen
class BreakpointStore:
    """Breakpoints on disk. `folder` need not exist. Reading and writing raise `OSError` when the disk refuses."""

    folder: Path

    def load(self, dockerfile: Path, lines: Sequence[str]) -> tuple[Breakpoint, ...]:
        """The breakpoints of a Dockerfile, moved to where its lines are now. A damaged file counts as none."""
        try:
            kept = json.loads(self._path(dockerfile).read_text(encoding="utf-8"))
            moved = LineMap(kept["digests"], _digests(lines))
            points = [_read(point) for point in kept["breakpoints"]]
        except FileNotFoundError:
            return ()
        except (ValueError, KeyError, TypeError, AttributeError):
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
            "breakpoints": [_fields(point) for point in breakpoints],
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        _write_atomically(path, json.dumps(content))

    def _path(self, dockerfile: Path) -> Path:
        name = hashlib.sha256(os.fsencode(os.path.realpath(dockerfile))).hexdigest()[:32]
        return self.folder / f"{name}.json"


def moved_breakpoints(breakpoints: Iterable[Breakpoint], lines: LineMap) -> tuple[Breakpoint, ...]:
    """The breakpoints at their new lines; those whose line is gone are gone too."""
    moved: list[Breakpoint] = []
    for point in breakpoints:
        if point.line is None:
            moved.append(point)
        elif (line := lines.line(point.line)) is not None:
            moved.append(replace(point, place=AtLine(line)))
    return tuple(moved)


def _fields(point: Breakpoint) -> dict[str, Any]:
    name, value = _place_field(point.place)
    texts = {text: getattr(point, text) for text in _TEXTS if getattr(point, text)}
    return {name: value, "enabled": point.enabled, **texts}


def _place_field(place: Place) -> tuple[str, Any]:
    match place:
        case AtLine(line):
            return "line", line
        case AtStage(stage):
            return "stage", stage
        case AtInstruction(keyword):
            return "instruction", keyword
        case AtPath(glob):
            return "path", glob
        case AtException(exception):
            return "exception", exception.value
        case AtAnyStep():
            return "any", True


def _read(point: dict[str, Any]) -> Breakpoint:
    condition, hit_count, message = (str(point.get(text, "")) for text in _TEXTS)
    return Breakpoint(_read_place(point), bool(point["enabled"]), condition, hit_count, message)


def _read_place(point: dict[str, Any]) -> Place:
    if "line" in point:
        return AtLine(int(point["line"]))
    if "stage" in point:
        return AtStage(str(point["stage"]))
    if "instruction" in point:
        return AtInstruction(str(point["instruction"]))
    if "path" in point:
        return AtPath(str(point["path"]))
    return AtException(ExceptionKind(point["exception"])) if "exception" in point else AtAnyStep()


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
