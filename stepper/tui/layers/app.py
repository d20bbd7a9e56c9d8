"""The explorer as a Textual app, over an image that is opened on a thread."""

from collections.abc import Callable
from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.command import Provider
from textual.message import Message

from stepper.errors import StepperError
from stepper.tui.layers.opening import Open, Opening, OpeningFailed
from stepper.tui.layers.palette import LayersCommandProvider
from stepper.tui.layers.screen import FilesAfter, LayersScreen
from stepper.tui.themed_app import ThemedApp, run_logged


class LayersApp(ThemedApp[StepperError | None]):
    """Shows one image; ends with the error where there is nothing to show."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../stepper.tcss", "layers.tcss"]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {LayersCommandProvider}

    def __init__(self, name: str, open_image: Open, files_after: FilesAfter) -> None:
        super().__init__()
        self._files_after = files_after
        self._image_name = name
        self._opening = Opening(open_image, self._tell)

    def get_default_screen(self) -> LayersScreen:
        """The one screen that is always there."""
        self._main = LayersScreen(self._image_name, self._files_after)
        return self._main

    def on_mount(self) -> None:
        """Begin to read once the first frame has been painted."""
        self.leave_on_signals()
        self.call_after_refresh(self._opening.start)

    async def action_quit(self) -> None:
        """Leave at once, whatever is still read."""
        self._opening.stop()
        self.exit(None)

    def _tell(self, message: Message) -> None:
        self._main.post_message(message)

    @on(OpeningFailed)
    def _failed(self, event: OpeningFailed) -> None:
        """The screen had nothing to show: then the error is told where the user typed the command."""
        self.exit(event.error)

    def let_go(self) -> None:
        """Read no further."""
        self._opening.stop()


def run_layers(name: str, open_image: Open, files_after: FilesAfter) -> None:
    """Show an image until the user leaves; `files_after` gives what reads its files as they are after a layer.

    Raises `StepperError` where the image cannot be had or read.
    """
    error = run_logged(LayersApp(name, open_image, files_after))
    if error is not None:
        raise error
