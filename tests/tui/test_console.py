"""The console at the screen: its line, what it prints, completion, history, and what is kept."""

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from stepper.folders import state_folder
from tests.scripted_engine import added
from tests.tui.harness import Bench, main_screen, position_line, press, screen_text, settled, until

TEXT = "FROM busybox\nRUN make\nRUN test\n"


async def opened(bench: Bench, pilot: Pilot[int]) -> None:
    """The console, before line 2."""
    await settled(pilot)
    await press(pilot, "n", "colon")
    await until(pilot, lambda: main_screen(pilot).open_console is not None)


async def enter(pilot: Pilot[int], line: str) -> None:
    """Type a line and enter it."""
    pilot.app.screen.query_one("#console-input", Input).value = line
    await pilot.press("enter")
    await settled(pilot)


def trimmed_lines(pilot: Pilot[int]) -> str:
    """The screen without the spaces and borders at the ends of its lines."""
    return "".join(f"{line.strip(' │▁▂▃▄▅▆▇█')}\n" for line in screen_text(pilot).splitlines())


async def test_a_command_s_output_exit_code_and_changes_are_shown(bench: Bench) -> None:
    bench.engine.on("RUN touch /x", output=["hello\n"], changes=[added("/x", 5)])
    bench.engine.on("RUN false", exit_code=3)
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        await opened(bench, pilot)
        await enter(pilot, "touch /x")
        await until(pilot, lambda: "+ /x" in screen_text(pilot))
        for text in ("Console", ": touch /x", "hello", "✔ exit code 0", "1 path changed, +5 B"):
            assert text in screen_text(pilot)
        await enter(pilot, "false")
        await until(pilot, lambda: "✖ exit code 3" in screen_text(pilot))
        await enter(pilot, "p env.PATH")
        await until(pilot, lambda: "/usr/local/sbin" in screen_text(pilot))
        await enter(pilot, "p env.")
        await until(pilot, lambda: screen_text(pilot).count("✖") == 2)
        await pilot.press("escape")
        await until(pilot, lambda: "Output" in screen_text(pilot))
        assert main_screen(pilot).open_console is None
        assert position_line(pilot) == 2


async def test_what_is_kept_is_in_the_file_and_the_build_goes_on_after_it(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        await opened(bench, pilot)
        await enter(pilot, "fix it")
        await enter(pilot, "keep")
        await until(pilot, lambda: "kept: RUN fix it" in screen_text(pilot))
        assert bench.dockerfile.read_text() == "FROM busybox\nRUN fix it\nRUN make\nRUN test\n"
        assert position_line(pilot) == 3
        await enter(pilot, "undo")
        await until(pilot, lambda: "is as it was before" in screen_text(pilot))
        assert bench.dockerfile.read_text() == TEXT


async def test_a_command_is_interrupted_and_another_has_to_wait_for_it(bench: Bench) -> None:
    gate = bench.engine.hold("RUN hangs", output=["begun\n"])
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        await opened(bench, pilot)
        line = pilot.app.screen.query_one("#console-input", Input)
        line.value = "hangs"
        await pilot.press("enter")
        await until(pilot, lambda: gate.entered)
        line.value = "next"
        await pilot.press("enter")
        await until(pilot, lambda: "still running: ^c stops it" in screen_text(pilot))
        assert line.value == "next"
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "✖ interrupted" in screen_text(pilot))


async def test_tab_completes_and_the_arrows_bring_lines_entered_before(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        await opened(bench, pilot)
        line = pilot.app.screen.query_one("#console-input", Input)
        line.value = "echo $PA"
        line.cursor_position = 8
        await pilot.press("tab")
        await until(pilot, lambda: line.value == "echo $PATH")
        await pilot.press("enter")
        await settled(pilot)
        await enter(pilot, " secret")
        await pilot.press("up")
        assert line.value == "echo $PATH"
        await pilot.press("down")
        assert line.value == ""
        assert (state_folder() / "console-history").read_text() == "echo $PATH\n"


async def test_it_fits_into_a_small_terminal(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(80, 24)) as pilot:
        await opened(bench, pilot)
        await enter(pilot, "help")
        await until(pilot, lambda: "undo             takes out again" in screen_text(pilot))


@pytest.mark.parametrize("panel", ["2", "4", "0"])
async def test_what_is_typed_right_after_the_key_goes_into_the_line(bench: Bench, panel: str) -> None:
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, panel)
        for key in ("colon", "n", "c", "colon"):
            pilot.app.post_message(events.Key(key, ":" if key == "colon" else key))
        await until(pilot, lambda: len(pilot.app.screen.query("#console-input")) == 1)
        line = pilot.app.screen.query_one("#console-input", Input)
        await until(pilot, lambda: line.value == "nc:")
        assert position_line(pilot) == 1


async def test_what_is_typed_right_after_enter_belongs_to_the_next_line(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        await opened(bench, pilot)
        for key in ("p", "space", "1", "enter", "x", "y"):
            pilot.app.post_message(events.Key(key, {"space": " ", "enter": "\r"}.get(key, key)))
        line = pilot.app.screen.query_one("#console-input", Input)
        await until(pilot, lambda: line.value == "xy")
        await until(pilot, lambda: ": p 1\n" in trimmed_lines(pilot))


async def test_the_line_keeps_the_focus_where_another_panel_had_it(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "0", "colon")
        line = pilot.app.screen.query_one("#console-input", Input)
        for key in "example":
            await pilot.press(key)
            assert pilot.app.focused is line
        assert line.value == "example"
