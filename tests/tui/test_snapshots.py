"""How the main situations look, at both sizes."""

import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.harness import DOCKERFILE, NARROW, WIDE, Bench, app_of, main_screen, press, screen_text, settled, until

SnapCompare = Callable[..., bool]
Prepare = Callable[[Pilot[int]], Awaitable[None]]

sizes = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x36", "80x24"])


@pytest.fixture
def looks(snap_compare: SnapCompare, bench: Bench) -> Callable[..., bool]:
    """`looks(size, prepare)`: the screen after `prepare` looks as it did."""

    def compare(size: tuple[int, int], *keys: str, text: str = DOCKERFILE, then: Prepare | None = None) -> bool:
        async def prepare(pilot: Pilot[Any]) -> None:
            await settled(pilot)
            for key in keys:
                await press(pilot, key)
                await _looked_up(pilot)
            if then is not None:
                await then(pilot)
            await _looked_up(pilot)
            for line in pilot.app.screen.query(Input):
                line.cursor_blink = False
            main_screen(pilot).footer.notice = ""
            await pilot.pause()

        return snap_compare(bench.app(text), terminal_size=size, run_before=prepare)

    return compare


async def _looked_up(pilot: Pilot[Any]) -> None:
    """Return once the session's thread has also done what the screen asks it for by itself."""
    done = threading.Event()
    app_of(pilot).controller.background(lambda _: done.set())
    await until(pilot, done.is_set)
    await settled(pilot)


async def _printed(pilot: Pilot[Any]) -> None:
    """Return once the last line of the output is drawn: that is laid out anew when the banner comes above it."""
    await until(pilot, lambda: "make: error" in screen_text(pilot))


@sizes
def test_offline(looks: Callable[..., bool], bench: Bench, size: tuple[int, int]) -> None:
    bench.offline = (
        "No engine can be reached. Tried:\n  DOCKER_HOST is not set\n  docker context: there is none\n"
        "  unix:///var/run/docker.sock: no such file\n  unix:///run/user/1000/docker.sock: no such file\n"
        "  podman is not installed"
    )
    assert looks(size)


@sizes
def test_stopped_before_the_first_line(looks: Callable[..., bool], size: tuple[int, int]) -> None:
    assert looks(size)


@sizes
def test_stopped_at_a_breakpoint(looks: Callable[..., bool], size: tuple[int, int]) -> None:
    assert looks(size, "down", "down", "b", "c")


@sizes
def test_failed(looks: Callable[..., bool], bench: Bench, size: tuple[int, int]) -> None:
    bench.engine.on("RUN make", output=[f"cc part{n}.c\n" for n in range(30)] + ["make: error\n"], exit_code=2)
    assert looks(size, "c", then=_printed)


@sizes
def test_finished(looks: Callable[..., bool], size: tuple[int, int]) -> None:
    assert looks(size, "c")


@sizes
def test_changes_of_a_step(looks: Callable[..., bool], size: tuple[int, int]) -> None:
    assert looks(size, "n", "n", "4", "E", "down", "down")


@sizes
def test_configuration_of_a_step(looks: Callable[..., bool], size: tuple[int, int]) -> None:
    assert looks(size, "n", "n", "n", "7")


@sizes
def test_stages(looks: Callable[..., bool], size: tuple[int, int]) -> None:
    assert looks(size, "n", "n", "n", "n", "1")


@sizes
def test_a_dockerfile_with_an_error(looks: Callable[..., bool], size: tuple[int, int]) -> None:
    assert looks(size, text=DOCKERFILE.replace("RUN make", "RNU make"))


@sizes
def test_help(looks: Callable[..., bool], size: tuple[int, int]) -> None:
    async def opened(pilot: Pilot[int]) -> None:
        await pilot.press("question_mark")
        await until(pilot, lambda: "Esc closes" in screen_text(pilot))

    assert looks(size, then=opened)


@sizes
def test_the_stage_picker(looks: Callable[..., bool], size: tuple[int, int]) -> None:
    async def opened(pilot: Pilot[int]) -> None:
        await pilot.press("g")
        await until(pilot, lambda: "Go to stage" in screen_text(pilot))

    assert looks(size, then=opened)


@sizes
def test_the_command_palette(looks: Callable[..., bool], size: tuple[int, int]) -> None:
    async def opened(pilot: Pilot[int]) -> None:
        await pilot.press("ctrl+p", *"stage")
        await until(pilot, lambda: "Picks a stage" in screen_text(pilot))
        await pilot.app.workers.wait_for_complete()

    assert looks(size, then=opened)


@sizes
def test_finding(looks: Callable[..., bool], size: tuple[int, int]) -> None:
    async def found(pilot: Pilot[int]) -> None:
        await pilot.press("slash", *"busy")
        await until(pilot, lambda: "3 matches" in screen_text(pilot))

    assert looks(size, then=found)


def test_the_light_theme(looks: Callable[..., bool]) -> None:
    async def light(pilot: Pilot[int]) -> None:
        pilot.app.theme = "stepper-light"
        await pilot.pause()

    assert looks(WIDE, "n", "n", then=light)
