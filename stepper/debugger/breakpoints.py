"""The breakpoints of a session: set and removed from any thread, kept on disk, moved along with their lines."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from stepper.debugger.breakpoint_store import BreakpointStore, moved_breakpoints
from stepper.debugger.events import Notice
from stepper.debugger.line_map import LineMap
from stepper.debugger.state import Breakpoint, SessionState
from stepper.debugger.store import StateStore
from stepper.dockerfile.model import Dockerfile
from stepper.engine.step import StepId

Points = tuple[Breakpoint, ...]


class Breakpoints:
    """The breakpoints in the session's state, for one Dockerfile. Without a store nothing is kept or read."""

    def __init__(self, states: StateStore, dockerfile: Path, store: BreakpointStore | None) -> None:
        self._states = states
        self._dockerfile = dockerfile
        self._store = store
        self._saving = threading.Lock()

    def at(self, step: StepId) -> bool:
        """Whether a run stops before this step."""
        state = self._states.state
        if step.trigger:
            return False
        line = state.record(step).instruction.line
        return any(point.enabled and point.line == line for point in state.breakpoints)

    def toggle(self, line: int) -> None:
        """Set or remove the breakpoint of the instruction on this line."""

        def toggled(points: Points, at: int) -> Points:
            left = tuple(point for point in points if point.line != at)
            return left if len(left) < len(points) else _sorted((*points, Breakpoint(at)))

        self._change_at(line, toggled)

    def enable(self, line: int, enabled: bool) -> None:
        """Switch the breakpoint on this line on or off, without forgetting it."""

        def switched(points: Points, at: int) -> Points:
            return tuple(replace(point, enabled=enabled) if point.line == at else point for point in points)

        self._change_at(line, switched)

    def clear(self) -> None:
        """Remove all."""
        self._states.update(lambda state: replace(state, breakpoints=()))
        self._save()

    def load(self) -> None:
        """Take what is kept on disk for this Dockerfile; an unreadable disk is told and means none."""
        dockerfile = self._states.state.dockerfile
        if self._store is None or dockerfile is None:
            return
        try:
            kept = self._store.load(self._dockerfile, _lines(dockerfile))
        except OSError as error:
            self._tell(f"the breakpoints could not be read: {error.strerror or error}")
            return
        self._states.update(lambda state: replace(state, breakpoints=_at_instructions(state, kept)))

    def move(self, old: Dockerfile, new: Dockerfile) -> None:
        """Follow the lines from one Dockerfile to the next; a breakpoint whose instruction is gone goes too."""
        lines = LineMap(_lines(old), _lines(new))

        def moved(state: SessionState) -> SessionState:
            return replace(state, breakpoints=_at_instructions(state, moved_breakpoints(state.breakpoints, lines)))

        self._states.update(moved)
        self._save()

    def _change_at(self, line: int, change: Callable[[Points, int], Points]) -> None:
        def changed(state: SessionState) -> SessionState:
            record = state.record_at(line)
            if record is None:
                return state
            return replace(state, breakpoints=change(state.breakpoints, record.instruction.line))

        self._states.update(changed)
        self._save()

    def _save(self) -> None:
        if self._store is None:
            return
        try:
            with self._saving:
                state = self._states.state
                if state.dockerfile is not None:
                    self._store.save(self._dockerfile, _lines(state.dockerfile), state.breakpoints)
        except OSError as error:
            self._tell(f"the breakpoints could not be saved: {error.strerror or error}")

    def _tell(self, message: str) -> None:
        self._states.emit(Notice(message, error=True))


def _lines(dockerfile: Dockerfile) -> list[str]:
    return [line.strip() for line in dockerfile.text.split("\n")]


def _at_instructions(state: SessionState, points: Iterable[Breakpoint]) -> Points:
    """The breakpoints at the first lines of their instructions, each once."""
    found: dict[int, Breakpoint] = {}
    for point in points:
        record = state.record_at(point.line)
        if record is not None:
            found.setdefault(record.instruction.line, replace(point, line=record.instruction.line))
    return _sorted(found.values())


def _sorted(points: Iterable[Breakpoint]) -> Points:
    return tuple(sorted(points, key=lambda point: point.line))
