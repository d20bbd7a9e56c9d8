"""What all tabs of the inspector have in common, and what they are told to show."""

from typing import ClassVar

from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from stepper.debugger.state import SessionState, StepRecord
from stepper.frozen import frozen
from stepper.tui.controller import Controller
from stepper.tui.panels import Panel
from stepper.tui.widgets.change_tree import ChangeTree


class PathActivated(Message):
    """The user wants to look at the path under the cursor of the tab's tree."""


@frozen
class Inspected:
    """What the inspector is about. `record` is the step that is looked at, None while nothing has run.

    `at_cursor` is the step at the cursor: the same where that has run, else what will run there.
    """

    state: SessionState
    record: StepRecord | None = None
    at_cursor: StepRecord | None = None


class InspectorTab(Vertical):
    """One tab. `draw` is called on the event loop whenever something may be different, and only while it is chosen.

    It returns at once: where there is nothing new to draw it draws nothing, and what needs the engine is asked for
    with `Controller.look` or `Controller.background`; once that has come in, `show_again` has `draw` called again.
    """

    panel: ClassVar[Panel]

    def __init__(self, controller: Controller) -> None:
        super().__init__(id=f"{self.panel.id}-tab")
        self.controller = controller
        self._inspected = Inspected(controller.state)

    @property
    def view(self) -> Widget:
        """What gets the focus; its id is that of the panel."""
        raise NotImplementedError

    @property
    def paths(self) -> ChangeTree | None:
        """The tree of paths, where the tab shows one: the commands for paths work on it, and find filters it."""
        return None

    def subject(self, inspected: Inspected) -> StepRecord | None:
        """The step that the tab is about: the one that is looked at, unless a tab has to do with what will run too."""
        return inspected.record

    def show(self, inspected: Inspected) -> None:
        """Show a step."""
        self._inspected = inspected
        self.draw(inspected)

    def show_again(self) -> None:
        """Show what is known by now, soon; may be called from any thread."""
        self.call_later(self._draw_again)

    def _draw_again(self) -> None:
        self.draw(self._inspected)

    def draw(self, inspected: Inspected) -> None:
        """Draw what is known of a step by now."""
        raise NotImplementedError
