"""ONBUILD triggers at the screen: they have no line of their own, and are looked at in that of their FROM."""

import pytest

from stepper.tui.panels import Panel
from tests.scripted_engine import added
from tests.tui.harness import NARROW, WIDE, Bench, main_screen, press, screen_text, settled, state_of, until

TEXT = "FROM busybox AS base\nONBUILD RUN one && \\\n  two\nONBUILD RUN three\n\nFROM base\nRUN own\n"


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_one_that_failed_is_shown_with_its_output_and_entered(bench: Bench, size: tuple[int, int]) -> None:
    bench.engine.on("RUN one", output=["no such thing\n"], exit_code=3)
    async with bench.app(TEXT).run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "c")
        await until(pilot, lambda: state_of(pilot).failure is not None)
        await press(pilot, Panel.OUTPUT.key)
        text = screen_text(pilot)
        assert "Output · line 6 · trigger 1" in text
        assert "no such thing" in text
        assert "x shell in the failed container" in text
        await press(pilot, Panel.STEP.key)
        await until(pilot, lambda: "exit code 3" in screen_text(pilot))
        assert "line 6 · trigger 1 · RUN one" in screen_text(pilot)
        await press(pilot, "x")
        await until(pilot, lambda: len(bench.handover.banners) == 1)
        assert "failed" in bench.handover.banners[0]


async def test_one_that_is_next_is_what_the_cursor_is_at(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        await press(pilot, *"nnnnn", Panel.STEP.key)
        await until(pilot, lambda: "line 6 · trigger 2 · RUN three" in screen_text(pilot))
        text = screen_text(pilot)
        assert "▶ runs next" in text
        assert "▸ line 4 · stage 1 · RUN three" in text
        assert "  line 6 · stage 1 · FROM base" in text


async def test_one_that_is_stepped_into_has_its_commands_marked_at_its_onbuild(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        await press(pilot, *"nnnn", "s", "n", Panel.STEP.key)
        await until(pilot, lambda: "stands before command 2 of 2" in screen_text(pilot))
        text = screen_text(pilot)
        assert "⏸ in line 6 · trigger 1, before line 3" in text
        assert "✔   2 one" in text
        assert "▶   3 two" in text
        assert "   3 ▶   two" in text


async def test_a_breakpoint_at_the_onbuild_is_named_where_it_stops_at_the_trigger(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        main_screen(pilot).source.move_to(4)
        await press(pilot, "b", "c", "c")
        await until(pilot, lambda: "⏸ before line 6 · trigger 2 · breakpoint" in screen_text(pilot))
        assert "● line 4" in screen_text(pilot)
        assert "Stopped before line 6 · trigger 2" in screen_text(pilot)


async def test_those_that_ran_are_told_of_at_their_from_with_what_they_changed(bench: Bench) -> None:
    bench.engine.on("RUN three", changes=[added("/made", 7)], seconds=2.0)
    async with bench.app(TEXT).run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "c")
        await until(pilot, lambda: "finished" in screen_text(pilot))
        main_screen(pilot).source.move_to(6)
        await press(pilot, Panel.STEP.key)
        await until(pilot, lambda: "2 ONBUILD triggers" in screen_text(pilot))
        assert "✔ 1 RUN one && two" in screen_text(pilot)
        assert "✔ 2 RUN three · 2.0s · 1 path changed, +7 B" in screen_text(pilot)
