"""The keys that move the position without step over, and the call stack."""

from dataclasses import replace

from stepper.tui.panels import Panel
from tests.scripted_engine import INFO, Gate, added
from tests.tui.harness import (
    WIDE,
    Bench,
    main_screen,
    position_line,
    press,
    screen_text,
    settled,
    state_of,
    until,
)


async def test_o_steps_out_to_the_step_that_uses_the_stage(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "o")
        assert position_line(pilot) == 10


async def test_a_bracket_continues_in_reverse(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        main_screen(pilot).source.move_to(4)
        await press(pilot, "c")
        main_screen(pilot).source.move_to(4)
        await press(pilot, "b", "left_square_bracket")
        assert position_line(pilot) == 4
        await press(pilot, "left_square_bracket")
        assert position_line(pilot) == 2


async def test_capital_g_makes_the_step_at_the_cursor_the_position(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c")
        main_screen(pilot).source.move_to(3)
        await press(pilot, "G")
        state = main_screen(pilot).situation.state
        assert position_line(pilot) == 3
        assert [record.instruction.line for record in state.steps if record.ran] == [2, 9]


async def test_of_several_failures_the_one_at_the_cursor_is_run_again(bench: Bench) -> None:
    bench.engine.info = replace(INFO, cpus=4)
    gates = {"RUN one": Gate(), "RUN two": Gate()}
    for text, gate in gates.items():
        bench.engine.on(text, exit_code=2, gate=gate)
    text = (
        "FROM busybox AS a\nRUN one\nFROM busybox AS b\nRUN two\nFROM busybox\nCOPY --from=a / /\nCOPY --from=b / /\n"
    )
    async with bench.app(text).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("c")
        await until(pilot, lambda: all(gate.entered for gate in gates.values()))
        for gate in gates.values():
            gate.open()
        await until(pilot, lambda: len(state_of(pilot).failures) == 2)
        bench.engine.on("RUN two")
        main_screen(pilot).source.move_to(4)
        await press(pilot, "R")
        await until(pilot, lambda: main_screen(pilot).situation.state.steps[3].ran)
        assert [record.instruction.line for record in state_of(pilot).failures] == [2]


async def test_the_step_panel_shows_the_call_stack_and_enter_goes_to_a_frame(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", Panel.STEP.key)
        shown = screen_text(pilot)
        assert "Call stack" in shown
        assert "▸ line 3 · builder · RUN make" in shown
        assert "line 10 · prod · COPY --from=builder" in shown
        await press(pilot, "end", "enter")
        assert main_screen(pilot).situation.cursor == 10


async def test_a_step_of_the_goal_has_no_call_stack_to_show(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        main_screen(pilot).source.move_to(11)
        await press(pilot, Panel.STEP.key)
        assert "Call stack" not in screen_text(pilot)


async def test_s_at_a_copy_from_a_stage_asks_which_file_and_goes_to_its_step(bench: Bench) -> None:
    bench.engine.on("RUN make", changes=[added("/app/"), added("/app/x", 5000)])
    bench.engine.on("ENV MODE", changes=[added("/app/y", 10)])
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        main_screen(pilot).source.move_to(10)
        await press(pilot, "t", "s")
        assert "/app/x  line 3 · RUN make" in screen_text(pilot)
        await press(pilot, "down", "enter")
        assert position_line(pilot) == 4
        await press(pilot, "o")
        assert position_line(pilot) == 10


async def test_s_at_a_copy_of_one_step_goes_there_at_once(bench: Bench) -> None:
    bench.engine.on("RUN make", changes=[added("/app/"), added("/app/x", 5000)])
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        main_screen(pilot).source.move_to(10)
        await press(pilot, "t", "s")
        assert position_line(pilot) == 3
