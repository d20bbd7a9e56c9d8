"""What a section of the Step panel is, and where its lines can lead."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from stepper.debugger.state import SessionState, StepRecord
from stepper.tui.controller import Controller
from stepper.tui.widgets.report_view import Row


class SourceLine(NamedTuple):
    """The target of a line that leads to a line of the Dockerfile. To a step, or a path in it, leads a `StepPath`."""

    line: int


class Section:
    """One part of the Step panel.

    To add one: a module in `stepper.tui.step` with a subclass, and the class in `stepper.tui.step.sections` at its
    place. `rows` is called on the event loop, often, and returns at once. What takes the session's thread is asked for
    with `Controller.background` (see `stepper.tui.kept_answers`); once it is there, `show_again` has `rows` called
    again. It may be called from any thread.
    """

    def __init__(self, controller: Controller, show_again: Callable[[], None]) -> None:
        self.controller = controller
        self.show_again = show_again

    def rows(self, state: SessionState, record: StepRecord) -> Sequence[Row]:
        """The lines about a step, none where there is nothing to say: a heading and what it is about.

        `record` is the step at the cursor, which may not have run. Long lines are wrapped by the panel. The keys of
        rows begin with the section's own name. A row's `target` is a `StepPath` or a `SourceLine`.
        """
        raise NotImplementedError
