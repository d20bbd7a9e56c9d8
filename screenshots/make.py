"""Makes the screenshots of this folder anew: the real app, on real builds of the samples, in a real engine.

They are those of the README. Run it by `make screenshots`. Every picture is taken at the moment that its scene waits
for, never after a time.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ.pop("NO_COLOR", None)

from textual.pilot import Pilot

from stepper.debugger.options import BuildOptions
from stepper.debugger.state import Mode
from stepper.engine.connect import open_engine
from stepper.tui.app import StepperApp

FOLDER = Path(__file__).resolve().parent
SAMPLES = FOLDER.parent / "sample_dockerfiles"
SIZE = (120, 36)
PATIENCE_SECONDS = 180.0
CHARACTERS = {" ": "space", ".": "full_stop", "/": "slash", "-": "minus"}
"""The names of keys that are not named by their character."""

Act = Callable[["Stage"], Awaitable[None]]


@dataclass
class Stage:
    """A running app in front of the camera."""

    app: StepperApp
    pilot: Pilot[int]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return once the condition holds and the screen shows it."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > give_up:
                raise TimeoutError("what the picture waits for never came")
            await asyncio.sleep(0.02)
        await self.pilot.pause()

    def _stands(self) -> bool:
        return not self.app.controller.busy and self.app.controller.state.mode is not Mode.CONNECTING

    async def press(self, *keys: str) -> None:
        """Press keys, each when what the one before asked for is done."""
        await self.until(self._stands)
        for key in keys:
            await self.pilot.press(key)
            await self.until(self._stands)


@dataclass(frozen=True)
class Scene:
    """One picture: a sample, and what is done before it is taken."""

    name: str
    sample: str
    act: Act


def keys(*pressed: str) -> Act:
    """A scene that needs nothing but these keys."""

    async def act(stage: Stage) -> None:
        await stage.press(*pressed)

    return act


def console(*lines: str, then: str = "") -> Act:
    """A scene that lets the build fail and enters these lines at the console; with keys `then`, it is closed before."""

    async def act(stage: Stage) -> None:
        await stage.press("c", "0", "colon")
        for line in lines:
            await stage.press(*(CHARACTERS.get(each, each) for each in line), "enter")
        if then:
            await stage.press("escape", *then)

    return act


SCENES = (
    Scene("stepping", "multistage", keys("n", "n", "n", "n", "down", "b", "c", "E", "2")),
    Scene("copy", "multistage", keys("c", "2", *["up"] * 10, "6", "down")),
    Scene("image", "layers", keys("c", "8")),
    Scene("walk-failure", "walk", keys("c", "0")),
    Scene("walk-step-into", "walk", keys("c", "0", "s", "n", "n")),
    Scene("walk-console", "walk", console("cp settings.env.example settings.env")),
    Scene("walk-kept", "walk", console("cp settings.env.example settings.env", "keep", then="c")),
    Scene("breakpoints", "multistage", keys("n", "n", "n", "n", "down", "b", "c", "l")),
    Scene("variables", "multistage", keys("c", "2", *["up"] * 8, "9")),
)


async def take(scene: Scene) -> None:
    """Play a scene and write its picture."""
    folder = Path(scene.sample)
    options = BuildOptions(context=folder, dockerfile=folder / "Dockerfile", no_cache=True)
    app = StepperApp(options, open_engine)
    async with app.run_test(size=SIZE) as pilot:
        stage = Stage(app, pilot)
        await scene.act(stage)
        picture = app.export_screenshot(title=f"stepper {scene.sample}")
    app.controller.close()
    app.controller.join(PATIENCE_SECONDS)
    path = FOLDER / f"{scene.name}.svg"
    path.write_text(picture, encoding="utf-8")
    print(path.relative_to(FOLDER.parent))


async def main() -> None:
    """Take all pictures, or those whose names are given."""
    wanted = set(sys.argv[1:])
    for scene in SCENES:
        if not wanted or scene.name in wanted:
            # A Dockerfile that a scene edits, and breakpoints, are the picture's own.
            with tempfile.TemporaryDirectory(prefix="stepper-screenshots-") as own:
                shutil.copytree(SAMPLES, Path(own, "samples"))
                os.chdir(Path(own, "samples"))
                os.environ["XDG_STATE_HOME"] = str(Path(own, "state"))
                await take(scene)
                os.chdir(FOLDER)


if __name__ == "__main__":
    asyncio.run(main())
