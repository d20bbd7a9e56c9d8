"""Shells at the screen: the states they open in and what their banners say; entering and pausing a step that runs."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import OptionList

from stepper.engine.step import Failure
from stepper.errors import EngineError
from tests.scripted_engine import WAIT_SECONDS, Gate, ScriptedEngine, ScriptedShell, added
from tests.scripted_stepped_run import ScriptedCommand
from tests.tui.harness import Bench, main_screen, position_line, press, screen_text, settled, state_of, until

TEXT = "FROM busybox\nRUN make\nRUN test\nENV A=1\n"


async def shells(bench: Bench, count: int, pilot: Pilot[int]) -> None:
    """Wait until so many shells were handed the terminal."""
    await until(pilot, lambda: len(bench.handover.banners) == count)


async def test_at_the_position_it_is_before_the_next_step(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "x")
        await shells(bench, 1, pilot)
        assert "before demo/Dockerfile:3 · RUN test" in bench.handover.banners[0]
        assert "a note\r\nexit returns to Stepper" in bench.handover.banners[0]
        shell = bench.engine.shells[0]
        assert shell.step is not None
        assert shell.step.instruction.text == "RUN test"
        await press(pilot, "k", "x")
        await shells(bench, 2, pilot)
        assert "after demo/Dockerfile:2 · RUN make" in bench.handover.banners[1]


async def test_a_failed_step_is_entered_as_it_failed_and_the_picker_has_the_state_before_it(bench: Bench) -> None:
    bench.engine.on("RUN test", exit_code=3)
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "c", "x")
        await shells(bench, 1, pilot)
        assert "demo/Dockerfile:3 failed with exit code 3 · RUN test" in bench.handover.banners[0]
        assert isinstance(bench.engine.shells[0].state, Failure)
        await pilot.press("X")
        await until(pilot, lambda: bool(pilot.app.screen.query(OptionList)))
        assert "as it failed" in screen_text(pilot)
        await pilot.press("j", "enter")
        await shells(bench, 2, pilot)
        assert "before demo/Dockerfile:3 · RUN test" in bench.handover.banners[1]
        assert bench.engine.shells[1].state == state_of(pilot).steps[1].after


async def test_the_picker_can_be_left(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n")
        await pilot.press("X")
        await until(pilot, lambda: bool(pilot.app.screen.query(OptionList)))
        await pilot.press("escape")
        await settled(pilot)
        assert bench.engine.shells == []


async def running(bench: Bench, pilot: Pilot[int]) -> Gate:
    """The step of line 2, held while it runs."""
    gate = bench.engine.hold("RUN make")
    await settled(pilot)
    await pilot.press("c")
    await until(pilot, lambda: gate.entered)
    return gate


async def test_a_step_that_runs_is_entered_while_it_goes_on(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        gate = await running(bench, pilot)
        await pilot.press("x")
        await shells(bench, 1, pilot)
        assert "in demo/Dockerfile:2 · RUN make" in bench.handover.banners[0]
        assert state_of(pilot).running
        gate.open()
        await settled(pilot)
        assert "shell into RUN make" in bench.engine.calls


async def test_what_a_shell_changed_is_shown_where_the_command_that_ran_has_ended_meanwhile(bench: Bench) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        goes_on.wait(WAIT_SECONDS)

    bench.engine.on("RUN one", commands={0: ScriptedCommand(hook=hold)})
    async with bench.app("FROM busybox\nRUN one && two\n").run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "n", "s")
        bench.handover.leaves.clear()
        await pilot.press("n")
        await until(pilot, begun.is_set)
        await pilot.press("x")
        await shells(bench, 1, pilot)
        goes_on.set()
        await until(pilot, lambda: not state_of(pilot).running)
        stepped = bench.engine.stepped
        assert stepped is not None
        stepped.change(added("/by-hand", 3))
        bench.handover.leaves.set()
        await until(pilot, lambda: bool(state_of(pilot).steps[1].shell_changes))
        await settled(pilot)
        assert "by-hand" in screen_text(pilot)


async def test_a_step_that_runs_is_paused_goes_on_and_is_paused_and_stopped(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        await running(bench, pilot)
        await pilot.press("z")
        await until(pilot, lambda: "⏸ paused in line 2" in screen_text(pilot))
        assert bench.engine.paused
        assert "pause / go on" in screen_text(pilot)
        clock = main_screen(pilot).title_bar.seconds
        await pilot.press("z")
        await until(pilot, lambda: "» running line 2" in screen_text(pilot))
        assert not bench.engine.paused
        assert main_screen(pilot).title_bar.seconds - clock <= 1
        await pilot.press("z")
        await until(pilot, lambda: "⏸ paused in line 2" in screen_text(pilot))
        await pilot.press("i")
        await settled(pilot)
        assert "✖ interrupted at line 2" in screen_text(pilot)


async def test_what_a_running_step_uses_is_shown(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        gate = await running(bench, pilot)
        await until(pilot, lambda: "64.0 MB · 2 paths changed" in screen_text(pilot))
        gate.open()
        await settled(pilot)
        assert "64.0 MB" not in screen_text(pilot)


async def test_where_nothing_runs_there_is_nothing_to_pause(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "z")
        assert "No RUN is running" in screen_text(pilot)


async def test_what_is_typed_right_after_the_key_is_the_shell_s_and_none_of_stepper_s(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        bench.handover.leaves.clear()
        for key, character in (("x", "x"), ("n", "n"), ("colon", ":"), ("enter", "\r"), ("up", None)):
            pilot.app.post_message(events.Key(key, character))
        pilot.app.post_message(events.Paste("a\nb"))
        await shells(bench, 1, pilot)
        await until(pilot, lambda: bench.engine.shells[0].typed.endswith(b"b"))
        assert bench.engine.shells[0].typed == b"n:\r\x1b[Aa\rb"
        bench.handover.leaves.set()
        await settled(pilot)
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))
        assert position_line(pilot) == 2
        await press(pilot, "n")
        assert position_line(pilot) == 3


async def test_nothing_is_left_of_a_shell_that_ended_below_another_screen(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        bench.handover.leaves.clear()
        await pilot.press("x")
        await shells(bench, 1, pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
        bench.handover.leaves.set()
        await settled(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))
        await press(pilot, "n")
        assert position_line(pilot) == 3


@pytest.mark.parametrize("has_prompted", [True, False])
async def test_a_shell_that_ended_at_once_is_a_mistake_unless_the_user_left_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, has_prompted: bool
) -> None:
    opened = ScriptedEngine.open_shell

    def ending(self: ScriptedEngine, *args: Any, **kwargs: Any) -> ScriptedShell:
        return replace(opened(self, *args, **kwargs), has_prompted=has_prompted, exit_code=7)

    monkeypatch.setattr(ScriptedEngine, "open_shell", ending)
    async with bench.app(TEXT).run_test(size=(120, 36), notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "n", "x")
        await shells(bench, 1, pilot)
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))
        await settled(pilot)
        assert ("The shell ended at once with exit code 7" in screen_text(pilot)) is not has_prompted


async def test_where_no_shell_opens_the_keys_are_stepper_s_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> ScriptedShell:
        raise EngineError("the engine opens none")

    monkeypatch.setattr(ScriptedEngine, "open_shell", refuse)
    async with bench.app(TEXT).run_test(size=(120, 36), notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "n", "x")
        await until(pilot, lambda: "the engine opens none" in screen_text(pilot))
        await press(pilot, "n")
        assert position_line(pilot) == 3
