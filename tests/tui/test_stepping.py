"""What the user's commands do to the session and to what the panels show."""

import pytest

from stepper.debugger.state import Mode, Status, StopReason
from tests.scripted_engine import ScriptedEngine
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


async def test_it_stops_before_the_first_instruction(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert position_line(pilot) == 2
        assert main_screen(pilot).source.cursor_line == 2
        assert "⏸ before line 2" in screen_text(pilot)
        assert bench.engine.ran == []


async def test_step_over_runs_one_instruction_and_shows_what_it_did(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n")
        assert bench.engine.ran == ["RUN make"]
        assert position_line(pilot) == main_screen(pilot).source.cursor_line == 4
        text = screen_text(pilot)
        assert "line 3 · RUN make" in text
        assert "Output · line 3" in text
        assert "done" in text
        assert "+ 9 added" in text
        assert "3.1s" in text
        assert "+148 kB" in text


async def test_the_function_keys_are_aliases(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "f10")
        assert position_line(pilot) == 3
        await press(pilot, "f9")
        assert [each.line for each in state_of(pilot).breakpoints] == [3]
        await press(pilot, "f9", "f5")
        assert state_of(pilot).mode is Mode.FINISHED


async def test_continue_stops_at_a_breakpoint_and_says_so(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "down", "down", "b", "up", "up", "c")
        assert position_line(pilot) == main_screen(pilot).source.cursor_line == 4
        assert "⏸ before line 4 · breakpoint" in screen_text(pilot)


async def test_a_click_in_the_gutter_sets_a_breakpoint_and_another_removes_it(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.click("#dockerfile", offset=(2, 3))
        await until(pilot, lambda: [each.line for each in state_of(pilot).breakpoints] == [4])
        await pilot.click("#dockerfile", offset=(2, 3))
        await until(pilot, lambda: state_of(pilot).breakpoints == ())
        assert main_screen(pilot).source.cursor_line == 2


async def test_a_click_on_a_line_moves_the_cursor_and_not_the_position(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.click("#dockerfile", offset=(20, 9))
        await until(pilot, lambda: main_screen(pilot).source.cursor_line == 10)
        assert position_line(pilot) == 2


async def test_run_to_cursor_stops_before_the_cursors_line(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "end", "up", "t")
        assert position_line(pilot) == 10
        assert state_of(pilot).stop is StopReason.CURSOR


async def test_step_back_and_restart_run_nothing(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "N")
        assert position_line(pilot) == main_screen(pilot).source.cursor_line == 3
        assert "line 2 · FROM busybox" in screen_text(pilot)
        await press(pilot, "r")
        assert position_line(pilot) == 2
        assert bench.engine.ran == ["RUN make"]


async def test_rerun_runs_the_shown_step_again_and_not_from_the_cache(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "R")
        assert bench.engine.ran == ["RUN make", "RUN make"]
        assert position_line(pilot) == 4


async def test_go_to_stage_asks_for_one_and_stands_in_it(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("g")
        await until(pilot, lambda: "Go to stage" in screen_text(pilot))
        await pilot.press("down", "enter")
        await until(pilot, lambda: state_of(pilot).stop is StopReason.GOTO)
        await settled(pilot)
        assert position_line(pilot) == 7
        assert "-> lint (target prod)" in screen_text(pilot)


async def test_escape_leaves_the_stage_picker_without_going_anywhere(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("g", "escape")
        await until(pilot, lambda: "Go to stage" not in screen_text(pilot))
        assert position_line(pilot) == 2


async def test_any_line_that_ran_shows_its_own_changes_output_and_configuration(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "n")
        assert "line 4 · ENV MODE=release" in screen_text(pilot)
        await press(pilot, *["up"] * 6)
        assert main_screen(pilot).source.cursor_line == 3
        text = screen_text(pilot)
        assert "line 3 · RUN make" in text
        assert "Output · line 3" in text
        await press(pilot, "down", "7")
        assert "MODE" in screen_text(pilot)
        assert "release" in screen_text(pilot)
        assert position_line(pilot) == 9


async def test_a_line_that_has_not_run_shows_the_last_step_and_says_so(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "end")
        text = screen_text(pilot)
        assert "line 3 · RUN make" in text
        assert "line 11 has not run" in text


async def test_the_files_of_a_base_image_are_listed_for_its_from(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        await until(pilot, lambda: "+ 2 added" in screen_text(pilot))
        assert "passwd" in screen_text(pilot)
        assert bench.engine.calls.count("listing busybox") == 1
        await press(pilot, "n", "up", "up")
        assert "+ 2 added" in screen_text(pilot)
        assert bench.engine.calls.count("listing busybox") == 1


async def test_the_cursor_follows_the_running_step_and_its_output_is_shown(bench: Bench) -> None:
    gate = bench.engine.hold("RUN make", output=["compiling\n"])
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("c")
        await until(pilot, lambda: gate.entered and "compiling" in screen_text(pilot))
        assert "» running line 3" in screen_text(pilot)
        assert main_screen(pilot).source.cursor_line == 3
        gate.open()
        await until(pilot, lambda: state_of(pilot).mode is Mode.FINISHED)


async def test_a_command_that_cannot_run_now_is_refused_with_the_reason(bench: Bench) -> None:
    gate = bench.engine.hold("RUN make")
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        await pilot.press("n")
        await until(pilot, lambda: gate.entered)
        await pilot.press("n")
        await until(pilot, lambda: "A step is running: i interrupts it" in screen_text(pilot))
        gate.open()
        await settled(pilot)
        assert position_line(pilot) == 4
        assert "A step is running" not in screen_text(pilot), "a refusal stands no longer than its reason"


async def test_interrupting_is_refused_where_nothing_runs(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+c")
        assert "No step is running: q quits" in screen_text(pilot)
        await press(pilot, "n")
        assert position_line(pilot) == 3


@pytest.mark.parametrize("key", ["i", "ctrl+c"])
async def test_a_running_step_can_be_interrupted_and_run_again(bench: Bench, key: str) -> None:
    gate = bench.engine.hold("RUN make")
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        await pilot.press("n")
        await until(pilot, lambda: gate.entered)
        await pilot.press(key)
        await settled(pilot)
        assert "✖ interrupted at line 3" in screen_text(pilot)
        assert "demo/Dockerfile:3 was interrupted" in screen_text(pilot)
        gate.open()
        await press(pilot, "R")
        assert position_line(pilot) == 4


async def test_breakpoints_can_be_set_while_a_step_runs(bench: Bench) -> None:
    gate = bench.engine.hold("RUN make")
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("c")
        await until(pilot, lambda: gate.entered)
        await pilot.press("down", "b")
        await until(pilot, lambda: [each.line for each in state_of(pilot).breakpoints] == [4])
        gate.open()
        await settled(pilot)
        assert position_line(pilot) == 4


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_a_failure_shows_where_why_and_what_to_do_without_scrolling(bench: Bench, size: tuple[int, int]) -> None:
    bench.engine.on("RUN make", output=[f"line {n}\n" for n in range(200)] + ["cc: not found\n"], exit_code=127)
    async with bench.app().run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "c")
        text = screen_text(pilot)
        assert "✖ failed at line 3" in text
        assert "demo/Dockerfile:3 failed with exit code 127 (command not found)" in text
        assert "cc: not found" in text
        assert "RUN make" in text
        for label in ("x shell in the failed container", "e edit", ": console", "s into", "R again", "N back"):
            assert label in text
        assert state_of(pilot).failure is not None
        await press(pilot, "up")
        assert "x shell after line 2" in screen_text(pilot)


async def test_the_finished_image_is_named_with_size_and_time(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c")
        assert "✔ finished" in screen_text(pilot)
        assert "is built: 4.0 MB in 3.1s" in screen_text(pilot)
        await press(pilot, "n")
        assert "The target is built" in screen_text(pilot)


async def test_the_output_of_a_step_is_kept_when_the_file_moves_it(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n")
        bench.dockerfile.write_text("# one more line\n" + bench.dockerfile.read_text())
        await press(pilot, "L")
        assert state_of(pilot).steps[1].status is Status.DONE
        await press(pilot, "up")
        text = screen_text(pilot)
        assert "Output · line 4" in text
        assert "cc -c main.c" in text


async def test_quitting_while_a_step_runs_leaves_nothing_in_the_engine(bench: Bench, scripted: ScriptedEngine) -> None:
    gate = scripted.hold("RUN make")
    app = bench.app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("c")
        await until(pilot, lambda: gate.entered)
        await pilot.press("q")
    assert app.controller.join(10.0)
    assert scripted.closed
    assert "interrupt" in scripted.calls
    assert app.return_value == 0
