"""The Step tab: what is known of the step at the cursor, whether it has run or not."""

import pytest

from stepper.tui.panels import INSPECTOR, Panel
from tests.tui.harness import NARROW, WIDE, Bench, main_screen, press, screen_text, settled


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
