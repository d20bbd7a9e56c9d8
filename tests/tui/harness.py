"""The app over a scripted engine, and ways to wait for what a test is about: no test sleeps."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.events import Key
from textual.pilot import Pilot

from stepper.debugger.options import BuildOptions
from stepper.debugger.state import Mode, SessionState
from stepper.engine.protocol import Engine, ShellSession
from stepper.errors import EngineUnavailable
from stepper.tui.app import StepperApp
from stepper.tui.main_screen import MainScreen
from tests.scripted_engine import ScriptedEngine

WAIT_SECONDS = 20.0
WIDE = (120, 36)
NARROW = (80, 24)

DOCKERFILE = """\
# Two stages, and one that nobody needs.
FROM busybox AS builder
RUN make
ENV MODE=release

FROM busybox AS lint
RUN lint

FROM busybox AS prod
COPY --from=builder /app /app
CMD ["/app"]
"""


@dataclass
class FakeHandover:
    """Takes the place of the terminal: notes what it was given, and does what the test says."""

    banners: list[str] = field(default_factory=list)
    programs: list[list[str]] = field(default_factory=list)
    edit: Callable[[], None] = lambda: None
    failure: Exception | None = None
    leaves: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared, a shell goes on until it is set."""

    def __post_init__(self) -> None:
        self.leaves.set()

    def size(self) -> tuple[int, int]:
        return 24, 80

    async def shell(self, session: ShellSession, banner: str) -> None:
        self.banners.append(banner)
        await self.leaves.wait()
        if self.failure is not None:
            raise self.failure

    async def program(self, argv: Sequence[str]) -> int:
        self.programs.append(list(argv))
        if self.failure is not None:
            raise self.failure
        self.edit()
        return 0


@dataclass
class Bench:
    """One Dockerfile in a folder, a scripted engine, and apps over them."""

    folder: Path
    engine: ScriptedEngine
    handover: FakeHandover = field(default_factory=FakeHandover)
    offline: str | None = None
    """Why there is no engine, until the test says otherwise."""

    @property
    def dockerfile(self) -> Path:
        return self.folder / "Dockerfile"

    def app(self, text: str = DOCKERFILE) -> StepperApp:
        """An app that has not been started."""
        self.dockerfile.write_text(text)
        options = BuildOptions(context=self.folder, dockerfile=self.dockerfile)
        return StepperApp(
            options,
            self.connect,
            handover=self.handover,
            log_path=self.folder.parent / "stepper.log",
            display_name="demo/Dockerfile",
        )

    def connect(self) -> Engine:
        if self.offline is not None:
            raise EngineUnavailable(self.offline, hint="Start one with: sudo systemctl start docker")
        return self.engine


async def until(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    """Return once the condition holds and the screen shows it; AssertionError when it never does."""
    give_up = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < give_up, f"what the test waits for never came:\n{screen_text(pilot)}"
        await asyncio.sleep(0.005)
    await pilot.pause()


def state_of(pilot: Pilot[int]) -> SessionState:
    """The session's state."""
    return app_of(pilot).controller.state


def app_of(pilot: Pilot[int]) -> StepperApp:
    """The app."""
    app = pilot.app
    assert isinstance(app, StepperApp)
    return app


def main_screen(pilot: Pilot[int]) -> MainScreen:
    """The main screen, also when another lies over it."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, MainScreen))


async def settled(pilot: Pilot[int]) -> None:
    """Return once no command runs and the screen shows where the session stands."""

    def stands() -> bool:
        state = state_of(pilot)
        shown = main_screen(pilot).title_bar.state
        return not app_of(pilot).controller.busy and state.mode is not Mode.CONNECTING and shown == state

    await until(pilot, stands)


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Press keys one after the other, each when what the one before asked for is done."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


def type_at_once(pilot: Pilot[Any], *keys: str) -> None:
    """Keys that come faster than any of them is dealt with."""
    for key in keys:
        pilot.app.post_message(Key(key, {"slash": "/", "colon": ":"}.get(key, key if len(key) == 1 else None)))


def position_line(pilot: Pilot[int]) -> int | None:
    """The line of the step that runs next."""
    state = state_of(pilot)
    return None if state.position is None else state.record(state.position).instruction.line


def screen_text(pilot: Pilot[Any]) -> str:
    """What stands on the screen, as text."""
    screen = pilot.app.screen
    return "\n".join("".join(segment.text for segment in strip) for strip in screen._compositor.render_strips())
