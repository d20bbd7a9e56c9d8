"""The comparison of images as a Textual app."""

from pathlib import PurePath
from typing import ClassVar

from textual.binding import Binding, BindingType

from stepper.debugger.file_contents import ReadFile
from stepper.image.comparison import Comparison
from stepper.tui.comparing.images_screen import ImagesScreen
from stepper.tui.themed_app import ThemedApp, run_logged


class CompareApp(ThemedApp[None]):
    """Shows one comparison."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../stepper.tcss"]
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "quit", "Quit", show=False)]

    def __init__(self, comparison: Comparison, read: tuple[ReadFile, ReadFile]) -> None:
        super().__init__()
        self._comparison = comparison
        self._read = read

    def get_default_screen(self) -> ImagesScreen:
        """The one screen."""
        return ImagesScreen(self._comparison, self._read)

    def on_mount(self) -> None:
        """The images are read already."""
        self.leave_on_signals()


def run_comparison(comparison: Comparison, read: tuple[ReadFile, ReadFile]) -> None:
    """Show a comparison until the user leaves; `read` reads the files of its first two images.

    Raises `StepperError` where the screen made a mistake.
    """
    run_logged(CompareApp(comparison, read))
