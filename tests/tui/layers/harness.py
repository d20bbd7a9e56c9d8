"""The explorer over images made by hand, and ways to wait for what comes in from its thread."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from stepper.debugger.file_contents import ReadFile
from stepper.errors import StepperError
from stepper.image.analysis import ImageAnalysis, analyse
from stepper.image.saved_image import read_images
from stepper.tui.layers.app import LayersApp
from stepper.tui.layers.opening import Open, Report
from stepper.tui.layers.screen import FilesAfter, LayersScreen
from tests.image.layers import docker_save, file, folder, tar

WIDE = (120, 36)
NARROW = (80, 24)
WAIT_SECONDS = 10.0

LAYERS = (
    tar(folder("app"), file("app/big", b"b" * 5000), file("app/kept", b"k" * 3000), file("etc/passwd", b"root")),
    tar(folder("app"), file("app/big", b"b" * 5000, uid=7)),
    tar(folder("app"), file("app/.wh.big"), file("app/note", b"hi")),
)


def image_of(*layers: bytes) -> ImageAnalysis:
    """An image of these layers."""
    return analyse(read_images([docker_save(layers or LAYERS)])[0])


def opening(*layers: bytes) -> Open:
    """Opens an image of these layers at once."""
    return lambda report: image_of(*layers)


def no_files(layer: int) -> ReadFile:
    """For an image of which no file is read."""
    raise AssertionError(f"a file after layer {layer} was read")


class Gate:
    """An opening that stands still at `steps`, one after the other, until the test goes on."""

    def __init__(
        self, *steps: Callable[[Report], object], error: StepperError | None = None, layers: Sequence[bytes] = ()
    ) -> None:
        self.ended = threading.Event()
        self._layers = layers
        self._steps = steps
        self._error = error
        self._go = threading.Semaphore(0)

    def go_on(self) -> None:
        """Let the next step be taken."""
        self._go.release()

    def __call__(self, report: Report) -> ImageAnalysis:
        try:
            for step in self._steps:
                assert self._go.acquire(timeout=WAIT_SECONDS)
                step(report)
            assert self._go.acquire(timeout=WAIT_SECONDS)
            if self._error is not None:
                raise self._error
            return image_of(*self._layers)
        finally:
            self.ended.set()


class Explorer:
    """A running explorer: press keys, read the screen."""

    def __init__(self, pilot: "Pilot[StepperError | None]") -> None:
        self.pilot = pilot

    @property
    def screen(self) -> LayersScreen:
        """The explorer's own screen, also when another lies over it."""
        return next(screen for screen in self.pilot.app.screen_stack if isinstance(screen, LayersScreen))

    @property
    def lines(self) -> list[str]:
        """What is on the screen."""
        return [strip.text.rstrip() for strip in self.pilot.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)

    async def press(self, *keys: str) -> None:
        """Press keys, each when what the one before asked for is shown."""
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what a thread brings about."""
        give_up = time.monotonic() + WAIT_SECONDS
        while not condition():
            assert time.monotonic() < give_up, f"it never came:\n{self.text}"
            await asyncio.sleep(0.005)
        await self.pilot.pause()

    async def shows(self, *texts: str) -> None:
        """Wait until all of this stands on the screen."""
        await self.until(lambda: all(text in self.text for text in texts))


@asynccontextmanager
async def exploring(
    open_image: Open,
    *,
    size: tuple[int, int] = WIDE,
    wait: bool = True,
    name: str = "made",
    files_after: FilesAfter = no_files,
) -> AsyncIterator[Explorer]:
    """Run the explorer; `wait` for the image to be there."""
    app = LayersApp(name, open_image, files_after)
    async with app.run_test(size=size) as pilot:
        explorer = Explorer(pilot)
        await pilot.pause()
        if wait:
            await explorer.until(lambda: explorer.screen.opened is not None)
        yield explorer


def panels_of(lines: Sequence[str]) -> tuple[str, str]:
    """What stands at the left and at the right of a wide screen."""
    left = "\n".join(line[:46] for line in lines)
    return left, "\n".join(line[46:] for line in lines)
