"""The Step tab: what is known of the step at the cursor, whether it has run or not."""

import pytest

from stepper.tui.panels import INSPECTOR, Panel
from tests.scripted_engine import added
from tests.tui.harness import NARROW, WIDE, Bench, main_screen, press, screen_text, settled, until


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_it_tells_how_the_step_at_the_cursor_stands(bench: Bench, size: tuple[int, int]) -> None:
    async with bench.app().run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", Panel.STEP.key)
        assert "▶ runs next" in screen_text(pilot)
        main_screen(pilot).source.move_to(3)
        await settled(pilot)
        assert "✔ ran" in screen_text(pilot)
        assert "line 3 · RUN make" in screen_text(pilot)
        main_screen(pilot).source.move_to(11)
        await settled(pilot)
        assert "has not run" in screen_text(pilot)


@pytest.mark.parametrize("panel", INSPECTOR)
async def test_all_tabs_of_the_inspector_are_in_its_title(bench: Bench, panel: Panel) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, panel.key)
        title = screen_text(pilot).splitlines()[1]
        assert f" {panel.value} " in title
        assert [name[:3] for name in title.split()[-8:-1]] == [each.value[:3] for each in INSPECTOR]


async def test_a_step_says_why_it_ran_and_one_that_waits_what_is_expected(bench: Bench) -> None:
    bench.engine.on("RUN make", changes=[added("/app", 1)], seconds=3.0)
    async with bench.app().run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "c", Panel.STEP.key)
        main_screen(pilot).source.move_to(3)
        await settled(pilot)
        assert "nothing is known of earlier runs" in screen_text(pilot)
        await press(pilot, "r")
        main_screen(pilot).source.move_to(3)
        await until(pilot, lambda: "≡ expected from the cache" in screen_text(pilot))


async def test_a_failure_is_told_with_what_was_found(bench: Bench) -> None:
    bench.engine.on("RUN make", output=["/bin/sh: cc: not found\n"], exit_code=127)
    async with bench.app().run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "c", Panel.STEP.key)
        await until(pilot, lambda: "What was found" in screen_text(pilot))
        text = screen_text(pilot)
        assert "exit code 127 (command not found)" in text
        assert "• no folder of PATH has a program cc" in text
