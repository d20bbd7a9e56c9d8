"""Inside of a RUN at the screen: its commands, what shells changed there, and the console in a copy of it."""

from functools import partial

import pytest
from textual.pilot import Pilot

from stepper.tui.panels import Panel
from tests.scripted_engine import added
from tests.scripted_stepped_run import ScriptedCommand
from tests.tui.harness import NARROW, WIDE, Bench, press, screen_text, settled, state_of, until

TEXT = "FROM busybox\nRUN one && \\\n    for x in a b; do two $x; done && \\\n    three\nRUN after\n"


async def stand_inside(bench: Bench, pilot: Pilot[int], commands: int) -> None:
    """Step into the RUN and over so many of its commands."""
    await settled(pilot)
    await press(pilot, "n", "s")
    for done in range(1, commands + 1):
        await press(pilot, "n")
        await until(pilot, partial(stands_before, pilot, done))


def stands_before(pilot: Pilot[int], command: int) -> bool:
    """Whether the session stands before a command of the RUN, from 0."""
    inside = state_of(pilot).inside
    return inside is not None and inside.next == command


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_that_a_loop_is_run_as_one_command_is_said(bench: Bench, size: tuple[int, int]) -> None:
    async with bench.app(TEXT).run_test(size=size) as pilot:
        await stand_inside(bench, pilot, 0)
        assert "⏸ in line 2, before command 1" in screen_text(pilot)
        await press(pilot, "n", Panel.STEP.key)
        await until(pilot, lambda: "stands before command 2 of 3" in screen_text(pilot))
        assert "⏸ in line 2, before line 3" in screen_text(pilot)
        assert "a loop, run as one command" in screen_text(pilot)


async def test_what_a_shell_changed_stands_between_the_commands(bench: Bench) -> None:
    bench.engine.on("RUN one", commands={1: ScriptedCommand(changes=[added("/made", 7)])})
    async with bench.app(TEXT).run_test(size=(200, 50)) as pilot:
        await stand_inside(bench, pilot, 1)
        assert bench.engine.stepped is not None
        bench.engine.stepped.change(added("/by-hand", 3))
        await press(pilot, "x")
        await until(pilot, lambda: len(bench.handover.banners) == 1)
        await until(pilot, lambda: len(state_of(pilot).steps[1].shell_changes) == 1)
        await press(pilot, Panel.STEP.key)
        await until(pilot, lambda: "by a shell · 1 path changed, +3 B" in screen_text(pilot))
        await press(pilot, "n")
        await until(pilot, partial(stands_before, pilot, 2))
        changed = state_of(pilot).steps[1].changes_of(1)
        assert changed is not None
        assert [change.path for change in changed.changes] == ["/made"]
        lines = screen_text(pilot).splitlines()
        rows = [
            next(i for i, line in enumerate(lines) if text in line)
            for text in ("✔   2 one", "by a shell", "✔   3 for x")
        ]
        assert rows == sorted(rows)


async def test_a_path_that_the_run_added_so_far_is_told_so(bench: Bench) -> None:
    bench.engine.on("RUN one", commands={0: ScriptedCommand(changes=[added("/made", 7)])})
    async with bench.app(TEXT).run_test(size=WIDE) as pilot:
        await stand_inside(bench, pilot, 1)
        await press(pilot, Panel.CHANGES.key)
        await until(pilot, lambda: "/made · added" in screen_text(pilot))
        assert "added at line 2" in screen_text(pilot)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_console_says_that_it_runs_in_a_copy(bench: Bench, size: tuple[int, int]) -> None:
    bench.engine.on("RUN ls", output=["listed\n"])
    async with bench.app(TEXT).run_test(size=size) as pilot:
        await stand_inside(bench, pilot, 1)
        await pilot.press("colon")
        await settled(pilot)
        await pilot.press(*"ls", "enter")
        await until(pilot, lambda: "before command 2 of 3" in screen_text(pilot))
        text = " ".join(screen_text(pilot).split())
        assert "listed" in text
        assert "it ran in a copy of the RUN" in text
        await pilot.press("escape")
        await press(pilot, "n")
        await until(pilot, partial(stands_before, pilot, 2))
        assert bench.engine.kept == {}
