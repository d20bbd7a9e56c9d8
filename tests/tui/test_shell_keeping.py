"""What was entered in a shell, chosen from and kept at the screen."""

import pytest
from textual.pilot import Pilot

from stepper.debugger.state import Status
from stepper.engine.protocol import EndedShell, EnteredCommand
from stepper.tui.shell_keeping import ShellKeepingScreen
from tests.scripted_engine import added
from tests.tui.harness import NARROW, WIDE, Bench, press, screen_text, settled, state_of, until

TEXT = "FROM busybox\nRUN make\nRUN test\n"


async def left(bench: Bench, pilot: Pilot[int], *commands: EnteredCommand) -> None:
    """A shell before line 2 in which these commands were entered."""
    bench.engine.entered = EndedShell(commands, False, "shell-1")
    await settled(pilot)
    await press(pilot, "n", "x")
    await until(pilot, lambda: bool(bench.engine.shells) and bench.engine.shells[-1].closed)
    await settled(pilot)


async def asked(pilot: Pilot[int]) -> str:
    """The screen once it asks what is to be kept."""
    await pilot.press("K")
    await until(pilot, lambda: isinstance(pilot.app.screen, ShellKeepingScreen))
    await pilot.pause()
    return screen_text(pilot)


async def test_of_a_shell_in_an_image_without_one_nothing_can_be_kept(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=NARROW) as pilot:
        bench.engine.entered = EndedShell((EnteredCommand("touch /x", 0),), no_run="the image has no shell")
        await settled(pilot)
        await press(pilot, "n", "x")
        await until(pilot, lambda: bool(bench.engine.shells) and bench.engine.shells[-1].closed)
        await settled(pilot)
        assert "K keeps" not in screen_text(pilot)
        text = await asked(pilot)
        assert "· touch /x  no RUN can be run here" in text
        assert "nothing can be kept here: the image has no shell" in text
        assert "Do it in a stage that has a shell" in text
        await pilot.press("space", "a", "enter")
        assert isinstance(pilot.app.screen, ShellKeepingScreen)


async def test_where_it_will_stand_is_said(bench: Bench) -> None:
    bench.engine.on("RUN test", exit_code=1)
    async with bench.app(TEXT).run_test(size=NARROW) as pilot:
        await left(bench, pilot, EnteredCommand("one", 0))
        assert "Keep in demo/Dockerfile, above line 2" in await asked(pilot)
        await pilot.press("escape")
        await press(pilot, "c", "x")
        await until(pilot, lambda: len(bench.engine.shells) == 2 and bench.engine.shells[-1].closed)
        await settled(pilot)
        assert "Keep in demo/Dockerfile, above line 3, which failed" in await asked(pilot)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_all_that_was_entered_is_kept_and_not_run(bench: Bench, size: tuple[int, int]) -> None:
    bench.engine.on("RUN cd /x && make it", changes=[added("/x/made", 1)])
    async with bench.app(TEXT).run_test(size=size) as pilot:
        await left(bench, pilot, EnteredCommand("cd /x", 0), EnteredCommand("make it", 0))
        await until(pilot, lambda: "2 commands entered: K keeps them in the Dockerfile" in screen_text(pilot))
        text = await asked(pilot)
        assert "✔ cd /x" in text
        assert "RUN cd /x && make it" in text
        assert "nothing is run: its snapshot is what the shell did" in text
        ran = bench.engine.ran
        await pilot.press("enter")
        await until(
            pilot, lambda: bench.dockerfile.read_text() == TEXT.replace("RUN make", "RUN cd /x && make it\nRUN make", 1)
        )
        await settled(pilot)
        assert state_of(pilot).steps[1].status is Status.CACHED
        assert bench.engine.ran == ran


async def test_what_is_left_out_is_seen_and_said_before_it_is_kept(bench: Bench) -> None:
    commands = (
        EnteredCommand("one", 0),
        EnteredCommand("bad", 3),
        EnteredCommand("echo ***", 0, has_secret=True),
        EnteredCommand("for a in b\ndo c\ndone", 0),
    )
    async with bench.app(TEXT).run_test(size=WIDE) as pilot:
        await left(bench, pilot, *commands)
        text = await asked(pilot)
        assert "· bad  exit code 3" in text
        assert "· echo ***  names a secret" in text
        assert "✔ for a in b … 2 more lines" in text
        assert "is run anew: only some of what was entered is kept" in text
        await pilot.press("a")
        await until(pilot, lambda: "✔ bad" in screen_text(pilot))
        assert "· echo ***" in screen_text(pilot)
        await pilot.press("a", "enter")
        await until(pilot, lambda: "nothing is chosen" in screen_text(pilot))
        await pilot.press("j", "j", "space", "k", "k", "space")
        await until(pilot, lambda: "RUN one" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "RUN one\nRUN make" in bench.dockerfile.read_text())
        await settled(pilot)
        assert bench.engine.ran[-1] == "RUN one"


async def test_escape_keeps_nothing_and_it_can_be_asked_again(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=WIDE) as pilot:
        await left(bench, pilot, EnteredCommand("one", 0))
        await asked(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert bench.dockerfile.read_text() == TEXT
        assert "RUN one" in await asked(pilot)


async def test_without_a_shell_there_is_nothing_to_keep(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "n", "K")
        await until(pilot, lambda: "Nothing was entered in a shell yet" in screen_text(pilot))
