"""What the user can ask for of whole snapshots and images; see `stepper.tui.commands.registry`."""

from typing import TYPE_CHECKING

from stepper.debugger.state import StepRecord
from stepper.tui.controller import Controller

if TYPE_CHECKING:
    from stepper.tui.main_screen import MainScreen


class ImageIntents:
    """The effects of those commands. What they need is imported when it is asked for."""

    def __init__(self, screen: "MainScreen", controller: Controller) -> None:
        self._screen = screen
        self._controller = controller

    def compare(self) -> None:
        """Ask for another step, and show how the states differ."""
        from stepper.tui.comparing.states_screen import StatesScreen
        from stepper.tui.comparing.step_picker import StepPicker

        situation = self._screen.situation
        record = situation.shown.inspected
        if record is None:
            return

        def chosen(other: StepRecord | None) -> None:
            if other is not None:
                self._screen.app.push_screen(StatesScreen(self._controller, other, record))

        self._screen.app.push_screen(StepPicker(situation.state, record), chosen)

    def save(self) -> None:
        """Ask for a file, and write the snapshot there as an image."""
        from stepper.tui.transfers.saving import SaveImageScreen

        record = self._screen.situation.shown.inspected
        if record is not None:
            self._screen.app.push_screen(SaveImageScreen(self._controller, record))

    def load(self) -> None:
        """Ask for an archive, and take its images in."""
        from stepper.tui.transfers.loading import LoadScreen

        self._screen.app.push_screen(LoadScreen(self._controller))

    def import_filesystem(self) -> None:
        """Ask for an archive and a name, and make an image of it."""
        from stepper.tui.transfers.loading import ImportScreen

        self._screen.app.push_screen(ImportScreen(self._controller))
