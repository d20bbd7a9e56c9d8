"""The breakpoints of a session: set and removed from any thread, kept on disk, moved along with their lines."""

import itertools
import threading
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from stepper.debugger.breakpoint import AtException, AtLine, AtStage, Breakpoint, ExceptionKind, Place
from stepper.debugger.breakpoint_store import BreakpointStore, moved_breakpoints
from stepper.debugger.call_stack import written_line
from stepper.debugger.events import Notice
from stepper.debugger.line_map import LineMap
from stepper.debugger.named import step_on
from stepper.debugger.state import SessionState, StepRecord
from stepper.debugger.store import StateStore
from stepper.dockerfile.edit_distance import did_you_mean, nearest
from stepper.dockerfile.graph import find_stage, stage_names
from stepper.dockerfile.model import Dockerfile
from stepper.engine.step import StepId
from stepper.errors import UsageError
from stepper.text import printable

Points = tuple[Breakpoint, ...]


class Breakpoints:
    """The breakpoints in the session's state, for one Dockerfile. Without a store nothing is kept or read.

    They are in the order of their lines, before those that stand at none. Several may stand at one place.

    A hit counts as long as its step stands as run, or is next: who goes back and on again meets the same hits.
    """

    def __init__(self, states: StateStore, dockerfile: Path, store: BreakpointStore | None) -> None:
        self._states = states
        self._dockerfile = dockerfile
        self._store = store
        self._saving = threading.Lock()
        self._ids = itertools.count(1)
        self._reached: defaultdict[int, list[StepId]] = defaultdict(list)
        """The steps at which each was hit, in the order of the hits."""

    def toggle(self, line: int) -> None:
        """Set a breakpoint at the instruction on this line, or remove all that stand there."""
        record = self._states.state.record_at(line)
        if record is None:
            return
        at = record.instruction.line
        new = Breakpoint(AtLine(at), id=next(self._ids))

        def toggled(points: Points) -> Points:
            left = tuple(point for point in points if point.line != at)
            return left if len(left) < len(points) else (*points, new)

        self._change(toggled)

    def add(self, point: Breakpoint) -> Breakpoint:
        """Set one, in the place of an equal one; as it stands now, with its id.

        Raises `UsageError` where there is no such line or stage.
        """
        new = self._checked(point, next(self._ids))
        self._change(lambda points: (*_others(points, new), new))
        return new

    def edit(self, id_: int, point: Breakpoint) -> Breakpoint:
        """Put another one in the place of one, and of an equal one; its hits are counted anew.

        Raises `UsageError` as `add` does.
        """
        new = self._checked(point, id_)
        self._reached.pop(id_, None)
        self._change(lambda points: tuple(new if each.id == id_ else each for each in _others(points, new)))
        return new

    def enable(self, id_: int, enabled: bool) -> None:
        """Switch one on or off, without forgetting it."""
        self._change(
            lambda points: tuple(replace(each, enabled=enabled) if each.id == id_ else each for each in points)
        )

    def enable_exception(self, exception: ExceptionKind, enabled: bool) -> None:
        """Switch an exception on or off, whether there is a breakpoint for it yet or not."""
        place = AtException(exception)
        known = [point for point in self._states.state.breakpoints if point.place == place]
        for point in known:
            self.enable(point.id, enabled)
        if not known and enabled:
            self.add(Breakpoint(place))

    def remove(self, *ids: int) -> None:
        """Remove these; one that is gone already is no error."""
        self._change(lambda points: tuple(each for each in points if each.id not in ids))

    def clear(self) -> None:
        """Remove all."""
        self._change(lambda _: ())

    def hit_at(self, id_: int, step: StepId) -> int | None:
        """Which of its hits, from 1, one had at a step; None where it was not hit there."""
        reached = self._reached[id_]
        return reached.index(step) + 1 if step in reached else None

    def next_hit(self, id_: int, step: StepId) -> int:
        """Which of its hits, from 1, one has at a step that it is judged at."""
        return self.hit_at(id_, step) or len(self._reached[id_]) + 1

    def count(self, id_: int, step: StepId) -> None:
        """Note that one was hit at a step. Not kept on disk."""
        if self.hit_at(id_, step) is None:
            self._reached[id_].append(step)
        self.note_error(id_, None)

    def note_error(self, id_: int, error: str | None) -> None:
        """Note why one could not be judged or told, None where it could. Not kept on disk."""
        hits = len(self._reached[id_])

        def noted(state: SessionState) -> SessionState:
            points = state.breakpoints
            if not any(each.id == id_ and (each.hits, each.error) != (hits, error) for each in points):
                return state
            changed = (replace(each, hits=hits, error=error) if each.id == id_ else each for each in points)
            return replace(state, breakpoints=tuple(changed))

        self._states.update(noted)

    def keep_hits(self, steps: Container[StepId]) -> None:
        """Count only the hits at these steps: the others are to be run again."""
        for point in self._states.state.breakpoints:
            reached = self._reached[point.id]
            kept = [step for step in reached if step in steps]
            if len(kept) < len(reached):
                self._reached[point.id] = kept
                self.note_error(point.id, point.error)

    def begin_anew(self) -> None:
        """Count all hits from the beginning."""
        self._reached.clear()
        for point in self._states.state.breakpoints:
            self.note_error(point.id, _what_is_wrong(point))

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
        known = tuple(replace(point, id=next(self._ids), error=_what_is_wrong(point)) for point in kept)
        self._states.update(lambda state: replace(state, breakpoints=_at_instructions(state, known)))

    def move(self, old: Dockerfile, new: Dockerfile, places: Mapping[StepId, StepId]) -> None:
        """Follow the lines from one Dockerfile to the next; a breakpoint whose instruction is gone goes too.

        `places` are the new ids of the steps that stay as they ran, and their hits with them. A hit at another step
        follows that step's line, as the breakpoint itself does.
        """
        lines = LineMap(_lines(old), _lines(new))
        taken = frozenset(places.values())

        def place(step: StepId) -> StepId | None:
            if step in places:
                return places[step]
            moved = _at_its_line(self._states.state, old, step, lines)
            return None if moved in taken else moved

        for point in self._states.state.breakpoints:
            reached = map(place, self._reached[point.id])
            self._reached[point.id] = [step for step in reached if step is not None]

        def moved(state: SessionState) -> SessionState:
            points = (replace(each, hits=len(self._reached[each.id])) for each in state.breakpoints)
            return replace(state, breakpoints=_at_instructions(state, moved_breakpoints(tuple(points), lines)))

        self._states.update(moved)
        self._save()

    def _checked(self, point: Breakpoint, id_: int) -> Breakpoint:
        place = checked_place(self._states.state, point.place)
        return replace(point, place=place, hits=0, error=_what_is_wrong(point), id=id_)

    def _change(self, change: Callable[[Points], Points]) -> None:
        def changed(state: SessionState) -> SessionState:
            points = _sorted(change(state.breakpoints))
            return state if points == state.breakpoints else replace(state, breakpoints=points)

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


def checked_place(state: SessionState, place: Place) -> Place:
    """The place as it is in this Dockerfile: a line is its instruction's first. Raises `UsageError` for what is not."""
    if isinstance(place, AtLine):
        return AtLine(step_on(state, place.line).instruction.line)
    dockerfile = state.dockerfile
    if isinstance(place, AtStage) and dockerfile is not None and find_stage(dockerfile, place.stage) is None:
        names = stage_names(dockerfile)
        hint = f"There is {', '.join(names)}." if names else "No stage has a name: use its number."
        raise UsageError(
            f"there is no stage {printable(place.stage)}{did_you_mean(nearest(place.stage, names))}", hint=hint
        )
    return place


def stands_at(state: SessionState, record: StepRecord, line: int) -> bool:
    """Whether a breakpoint at a line stands at a step. At an ONBUILD it stands at the triggers too, at a FROM not."""
    if record.id.trigger:
        at = written_line(state, record)
        return at == line and at != record.instruction.line
    return record.instruction.line == line


def _at_its_line(state: SessionState, old: Dockerfile, step: StepId, lines: LineMap) -> StepId | None:
    """The step of the Dockerfile of now that is where the line of a step of the old one went."""
    line = lines.line(old.stages[step.stage].instructions[step.ordinal].line)
    record = state.record_at(line) if line is not None else None
    if record is None:
        return None
    moved = record.id._replace(trigger=step.trigger)
    return moved if state.find(moved) is not None else None


def _lines(dockerfile: Dockerfile) -> list[str]:
    return [line.strip() for line in dockerfile.text.split("\n")]


def _at_instructions(state: SessionState, points: Iterable[Breakpoint]) -> Points:
    """The breakpoints at the first lines of their instructions; of equal ones one, and none where no instruction is."""
    found: dict[tuple[object, ...], Breakpoint] = {}
    for point in points:
        if point.line is not None:
            record = state.record_at(point.line)
            if record is None:
                continue
            point = replace(point, place=AtLine(record.instruction.line))
        found.setdefault(_what_it_asks(point), point)
    return _sorted(found.values())


def _others(points: Points, new: Breakpoint) -> Points:
    """Those that are not equal to it, and itself as it was."""
    return tuple(each for each in points if each.id == new.id or _what_it_asks(each) != _what_it_asks(new))


def _what_it_asks(point: Breakpoint) -> tuple[object, ...]:
    """What makes two breakpoints equal, wherever they are from."""
    return point.place, point.condition, point.hit_count, point.message


def _sorted(points: Iterable[Breakpoint]) -> Points:
    return tuple(sorted(points, key=lambda point: (point.line is None, point.line or 0)))


def _what_is_wrong(point: Breakpoint) -> str | None:
    from stepper.debugger.breakpoint_words import what_is_wrong  # Not before there is one: it needs the conditions.

    return what_is_wrong(point)
