"""The mark of a breakpoint, and of the breakpoints of a line together. Pure."""

from collections.abc import Iterable, Mapping

from stepper.debugger.breakpoint import Breakpoint
from stepper.tui.widgets.source_row import BreakpointMark


def mark_of(point: Breakpoint) -> BreakpointMark:
    """The mark of one breakpoint: being off goes before being wrong, that before what sort it is."""
    if not point.enabled:
        return BreakpointMark.DISABLED
    if point.error is not None:
        return BreakpointMark.BROKEN
    if point.is_logpoint:
        return BreakpointMark.LOGPOINT
    return BreakpointMark.CONDITIONAL if point.condition or point.hit_count else BreakpointMark.ON


_ORDER = (
    BreakpointMark.BROKEN,
    BreakpointMark.ON,
    BreakpointMark.CONDITIONAL,
    BreakpointMark.LOGPOINT,
    BreakpointMark.DISABLED,
)


def line_breakpoints(points: Iterable[Breakpoint]) -> Mapping[int, BreakpointMark]:
    """The mark of each line with breakpoints: of several the one that matters most."""
    found: dict[int, BreakpointMark] = {}
    for point in points:
        if point.line is not None:
            marks = (found.get(point.line, BreakpointMark.NONE), mark_of(point))
            found[point.line] = next(mark for mark in _ORDER if mark in marks)
    return found
