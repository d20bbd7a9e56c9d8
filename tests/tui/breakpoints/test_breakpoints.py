"""Breakpoints on the screen: the list, the editor, the marks in the gutter, and what is told at a stop."""

from functools import partial

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from stepper.debugger.breakpoint import (
    AtAnyStep,
    AtException,
    AtInstruction,
    AtLine,
    AtPath,
    AtStage,
    Breakpoint,
    ExceptionKind,
)
from stepper.debugger.breakpoint_words import parse_breakpoint, parse_logpoint
from stepper.debugger.breakpoints import Breakpoints
from stepper.tui.breakpoints.editor import BreakpointEditor
from stepper.tui.breakpoints.list_screen import BreakpointsScreen
from stepper.tui.breakpoints.marks import line_breakpoints, mark_of
from stepper.tui.widgets.source_row import BreakpointMark
from tests.tui.harness import (
    NARROW,
    WIDE,
    Bench,
    app_of,
    main_screen,
    position_line,
    press,
    screen_text,
    settled,
    state_of,
    type_at_once,
    until,
)

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW])


async def type_into(pilot: Pilot[int], field: str, text: str) -> None:
    pilot.app.screen.query_one(f"#breakpoint-{field}", Input).value = text
    await pilot.pause()


def points(pilot: Pilot[int]) -> list[Breakpoint]:
    return list(state_of(pilot).breakpoints)


@SIZES
async def test_a_condition_is_typed_with_its_errors_shown_and_set(bench: Bench, size: tuple[int, int]) -> None:
    async with bench.app().run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "j", "m")
        assert isinstance(pilot.app.screen, BreakpointEditor)
        await type_into(pilot, "condition", "layer.sise > 3")
        assert "nothing is called layer.sise (did you mean layer.size?)" in screen_text(pilot)
        assert "^^^^^^^^^^" in screen_text(pilot)
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, BreakpointEditor)
        assert points(pilot) == []
        await type_into(pilot, "condition", "layer.size > 3")
        assert "did you mean" not in screen_text(pilot)
        await pilot.press("enter")
        await settled(pilot)
        (point,) = points(pilot)
        assert (point.place, point.condition) == (AtLine(3), "layer.size > 3")
        assert "◐" in screen_text(pilot)
        await press(pilot, "c")
        assert "after line 3 · breakpoint" in screen_text(pilot)
        assert "line 3 if layer.size > 3" in screen_text(pilot)


async def test_a_key_right_behind_enter_is_the_command_that_it_is_on_the_screen_below(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "j", "m")
        type_at_once(pilot, "up", *"s4", "backspace", "backspace", "3", "down", "down", *"12", "left", "enter", "n")
        await until(pilot, lambda: position_line(pilot) == 3)
        (point,) = points(pilot)
        assert (point.place, point.hit_count) == (AtLine(3), "12")


async def test_a_breakpoint_may_be_written_as_on_the_command_line(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "l", "a")
        await type_into(pilot, "place", 'if changed("/etc/**")')
        await type_into(pilot, "condition", "cached")
        await press(pilot, "enter")
        assert "only one of them can be meant" in screen_text(pilot)
        await type_into(pilot, "condition", "")
        await press(pilot, "enter")
        assert 'any step if changed("/etc/**")' in screen_text(pilot)
        (point,) = points(pilot)
        assert (point.place, point.condition) == (AtAnyStep(), 'changed("/etc/**")')


@SIZES
async def test_the_list_switches_edits_adds_and_removes(bench: Bench, size: tuple[int, int]) -> None:
    async with bench.app().run_test(size=size) as pilot:
        await settled(pilot)
        controller = app_of(pilot).controller
        controller.change_breakpoints(lambda all_: all_.add(parse_breakpoint("3 hits >= 2")))
        controller.change_breakpoints(lambda all_: all_.add(parse_logpoint("RUN: took {seconds}")))
        before = [*pilot.app.screen_stack]
        await press(pilot, "l")
        assert isinstance(pilot.app.screen, BreakpointsScreen)
        text = screen_text(pilot)
        for words in ("line 3, hits >= 2", "every RUN  logs took {seconds}", "cache miss", "always on"):
            assert words in text
        await press(pilot, "space")
        assert not points(pilot)[0].enabled
        assert "○ line 3" in screen_text(pilot)
        await press(pilot, "enter")
        await type_into(pilot, "hits", "% 2")
        await press(pilot, "enter")
        assert points(pilot)[0].hit_count == "% 2"
        assert not points(pilot)[0].enabled
        await press(pilot, "j", "j", "j", "space")
        assert points(pilot)[-1].place == AtException(ExceptionKind.CACHE_MISS)
        await press(pilot, "a")
        await type_into(pilot, "place", "stage:prod")
        await press(pilot, "enter")
        assert "stage prod" in screen_text(pilot)
        await press(pilot, "home", "d")
        assert [point.line for point in points(pilot)] == [None, None, None]
        await press(pilot, "escape")
        assert len(pilot.app.screen_stack) == len(before)


async def test_the_keys_of_the_list_are_about_what_the_cursor_was_at(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        for point in map(parse_breakpoint, ("3", "RUN", "COPY", "stage:prod")):
            app_of(pilot).controller.change_breakpoints(partial(Breakpoints.add, point=point))
        await press(pilot, "l")
        type_at_once(pilot, "j", "space", "down", "d", "k", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, BreakpointEditor))
        assert [(point.place, point.enabled) for point in points(pilot)] == [
            (AtLine(3), True),
            (AtInstruction("RUN"), False),
            (AtStage("prod"), True),
        ]
        assert pilot.app.screen.query_one("#breakpoint-place", Input).value == "RUN"


async def test_the_list_goes_to_a_line(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        app_of(pilot).controller.change_breakpoints(lambda all_: all_.add(parse_breakpoint("10")))
        await press(pilot, "l", "g")
        assert main_screen(pilot).source.cursor_line == 10


async def test_a_path_of_the_changes_is_watched_and_no_longer(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "4")
        main_screen(pilot).inspector.tree_of(main_screen(pilot).panel).reveal("/etc/passwd")  # type: ignore[union-attr]  # Changes has one
        await press(pilot, "W")
        assert [point.place for point in points(pilot)] == [AtPath("/etc/passwd")]
        await press(pilot, "r", "c")
        assert "/etc/passwd modified" in screen_text(pilot)
        assert "after line 3 · watchpoint" in screen_text(pilot)
        await press(pilot, "W")
        assert points(pilot) == []


async def test_what_a_logpoint_says_stands_in_the_output_marked(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        controller = app_of(pilot).controller
        controller.change_breakpoints(lambda all_: all_.add(parse_logpoint("3: before {line}")))
        controller.change_breakpoints(lambda all_: all_.add(parse_logpoint("3: took {seconds}")))
        await press(pilot, "n", "n", "k")
        store = main_screen(pilot).output
        assert store is not None
        lines = [line.strip("│ ").rstrip() for line in screen_text(pilot).splitlines()]
        assert [line for line in lines if line.startswith("◆")] == ["◆ before 3", "◆ took 3.1s"]


async def test_the_help_of_the_editor_lists_all_that_can_be_asked(bench: Bench) -> None:
    async with bench.app().run_test(size=NARROW) as pilot:
        await settled(pilot)
        await press(pilot, "j", "m", "f1")
        assert "instruction" in screen_text(pilot)


@pytest.mark.parametrize(
    ("point", "mark"),
    [
        (Breakpoint(AtLine(1)), BreakpointMark.ON),
        (Breakpoint(AtLine(1), condition="cached"), BreakpointMark.CONDITIONAL),
        (Breakpoint(AtLine(1), hit_count="3"), BreakpointMark.CONDITIONAL),
        (Breakpoint(AtLine(1), condition="cached", message="x"), BreakpointMark.LOGPOINT),
        (Breakpoint(AtLine(1), enabled=False, error="x"), BreakpointMark.DISABLED),
        (Breakpoint(AtLine(1), message="x", error="x"), BreakpointMark.BROKEN),
    ],
)
def test_the_marks_differ(point: Breakpoint, mark: BreakpointMark) -> None:
    assert mark_of(point) is mark


def test_of_several_on_a_line_the_one_that_stops_is_shown() -> None:
    both = [Breakpoint(AtLine(3), message="x"), Breakpoint(AtLine(3)), Breakpoint(AtPath("/x"))]
    assert line_breakpoints(both) == {3: BreakpointMark.ON}
