"""Panels side by side and folded, focus, find, help, palette, picker: all of it reachable by keys and by mouse."""

import pytest
from textual.geometry import Offset
from textual.widgets import Input

from stepper.engine.step import Progress
from stepper.tui.file.screen import FileScreen
from stepper.tui.find_bar import FindBar
from stepper.tui.panels import Panel
from tests.tui.harness import (
    NARROW,
    WIDE,
    Bench,
    main_screen,
    position_line,
    press,
    screen_text,
    settled,
    state_of,
    type_at_once,
    until,
)

TITLES = {panel: panel.value for panel in Panel}


async def test_all_panels_stand_side_by_side_on_a_wide_screen(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = main_screen(pilot)
        for view in (screen.stages, screen.source, screen.output, screen.inspector):
            assert view.region.area > 0
        assert not screen.tabs.display


@pytest.mark.parametrize("panel", Panel)
async def test_every_panel_can_be_reached_on_a_narrow_screen(bench: Bench, panel: Panel) -> None:
    async with bench.app().run_test(size=NARROW) as pilot:
        await settled(pilot)
        screen = main_screen(pilot)
        await press(pilot, "n", panel.key)
        assert screen.panel is panel
        assert pilot.app.focused is screen.query_one(f"#{panel.id}")
        assert pilot.app.focused is not None
        assert pilot.app.focused.region.width >= 70


async def test_the_dockerfile_is_readable_on_a_narrow_screen_with_some_output_below(bench: Bench) -> None:
    async with bench.app().run_test(size=NARROW) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n")
        screen = main_screen(pilot)
        assert screen.source.region.height >= 8
        assert screen.output.region.height >= 4
        assert "FROM busybox AS builder" in screen_text(pilot)
        assert "done" in screen_text(pilot)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_tab_goes_round_all_panels_and_shift_tab_back(bench: Bench, size: tuple[int, int]) -> None:
    async with bench.app().run_test(size=size) as pilot:
        await settled(pilot)
        seen = []
        for _ in Panel:
            await press(pilot, "tab")
            seen.append(main_screen(pilot).panel)
        assert seen == [
            Panel.OUTPUT,
            Panel.CHANGES,
            Panel.FILES,
            Panel.COPY,
            Panel.CONFIG,
            Panel.IMAGE,
            Panel.VARIABLES,
            Panel.STEP,
            Panel.STAGES,
            Panel.DOCKERFILE,
        ]
        await press(pilot, "shift+tab")
        assert main_screen(pilot).panel is Panel.STAGES


async def test_a_click_on_a_tab_chooses_the_panel(bench: Bench) -> None:
    async with bench.app().run_test(size=NARROW) as pilot:
        await settled(pilot)
        column = screen_text(pilot).splitlines()[1].index("4 Chan")
        await pilot.click(offset=Offset(column + 2, 1))
        await until(pilot, lambda: main_screen(pilot).panel is Panel.CHANGES)


async def test_a_click_on_the_inspectors_title_chooses_its_tab(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        column = screen_text(pilot).splitlines()[1].index("Conf")
        await pilot.click(offset=Offset(column + 2, 1))
        await until(pilot, lambda: main_screen(pilot).panel is Panel.CONFIG)


async def test_a_click_on_a_key_in_the_footer_runs_its_command(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        column = screen_text(pilot).splitlines()[-1].index("n next")
        await pilot.click(offset=Offset(column + 3, WIDE[1] - 1))
        await until(pilot, lambda: state_of(pilot).steps[0].ran)


async def test_folding_and_unfolding_keeps_the_chosen_panel(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "4")
        await pilot.resize_terminal(*NARROW)
        await until(pilot, lambda: main_screen(pilot).tabs.display)
        assert pilot.app.focused is main_screen(pilot).query_one("#changes")
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: not main_screen(pilot).tabs.display)
        assert pilot.app.focused is main_screen(pilot).query_one("#changes")


async def test_enter_on_a_stage_shows_it_in_the_dockerfile(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "1", "down", "enter")
        assert main_screen(pilot).panel is Panel.DOCKERFILE
        assert main_screen(pilot).source.cursor_line == 6


async def test_the_stages_go_along_with_the_cursor(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "end")
        assert main_screen(pilot).stages.cursor_stage == 2


async def test_find_searches_the_dockerfile_while_typing(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"busybox")
        await until(pilot, lambda: "3 matches" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: main_screen(pilot).source.cursor_line == 6)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.focused is main_screen(pilot).source)
        assert "3 matches" not in screen_text(pilot)


async def test_find_searches_the_output_when_that_has_the_focus(bench: Bench) -> None:
    bench.engine.on("RUN make", output=[f"file {number}\n" for number in range(500)])
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "3")
        await pilot.press("slash", *"file 42")
        await until(pilot, lambda: "11 matches" in screen_text(pilot))
        assert "file 429" in screen_text(pilot)


async def test_find_leaves_out_other_changes_and_shows_all_again(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "E")
        assert "passwd" in screen_text(pilot)
        await pilot.press("slash", *"part3")
        await until(pilot, lambda: "passwd" not in screen_text(pilot))
        assert "part3.c" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "passwd" in screen_text(pilot))


async def test_help_opens_scrolls_and_closes(bench: Bench) -> None:
    async with bench.app().run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: "Runs the next instruction and stops." in screen_text(pilot))
        await pilot.press("end")
        await until(pilot, lambda: "scrolls the panel under the pointer" in screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "Esc closes" not in screen_text(pilot))


async def test_the_command_palette_runs_a_command(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+p", *"step over")
        await until(pilot, lambda: "Runs the next instruction" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: state_of(pilot).steps[0].ran)


async def test_the_light_theme_works_too(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        pilot.app.theme = "stepper-light"
        await press(pilot, "n", "n")
        assert "line 3 · RUN make" in screen_text(pilot)


async def test_it_works_without_colour(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "E", "5", "6", "7", "1", "b")
        assert "line 3 · RUN make" in screen_text(pilot)


async def test_text_from_a_build_never_becomes_markup(bench: Bench) -> None:
    bench.engine.on("RUN make", output=["[bold]x[/nothing]\n"], exit_code=1, message="[red]no[/blue]", hint="[/x]")
    async with bench.app("FROM busybox AS builder\nRUN make [bold]\n").run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c")
        await until(pilot, lambda: "[bold]x[/nothing]" in screen_text(pilot))
        text = screen_text(pilot)
        assert "[red]no[/blue]" in text
        assert "line 2 · RUN make [bold]" in text


async def test_progress_never_becomes_markup(bench: Bench) -> None:
    gate = bench.engine.hold("RUN make", output=[Progress("[builder 2/3] RUN [/bin/sh]")])
    async with bench.app("FROM busybox\nRUN make\n").run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("c")
        await until(pilot, lambda: "[builder 2/3] RUN [/bin/sh]" in screen_text(pilot))
        gate.open()
        await settled(pilot)


async def test_a_search_begun_elsewhere_ends_the_one_before(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n")
        await pilot.press("slash", *"busybox")
        await until(pilot, lambda: "3 matches" in screen_text(pilot))
        await pilot.click("#output", offset=(2, 0))
        await pilot.press("slash", *"main")
        await until(pilot, lambda: "1 match " in screen_text(pilot))
        assert "3 matches" not in screen_text(pilot)
        await pilot.press("escape", "slash", "escape")
        await until(pilot, lambda: len(main_screen(pilot).query(FindBar)) == 0)
        assert main_screen(pilot).panel is Panel.OUTPUT


async def test_find_opens_once_and_what_is_typed_right_behind_its_key_is_the_text(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        type_at_once(pilot, "slash", "slash", "a", "p", "p", "n", "backspace")
        await until(pilot, lambda: "3 matches" in screen_text(pilot))
        assert main_screen(pilot).query_one("#find-input", Input).value == "/app"
        assert position_line(pilot) == 2
        assert len(main_screen(pilot).query(FindBar)) == 1


async def test_a_key_right_behind_enter_in_a_filter_is_the_command_for_what_is_left(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "4", "E")
        type_at_once(pilot, "slash", *"part3x", "backspace", "enter", "v")
        await until(pilot, lambda: isinstance(pilot.app.screen, FileScreen))
        assert "part3.c" in screen_text(pilot)
        assert main_screen(pilot).query_one("#find-input", Input).value == "part3"


async def test_a_key_right_behind_escape_in_a_find_is_a_command(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        type_at_once(pilot, "slash", *"busy", "escape", "n")
        await until(pilot, lambda: position_line(pilot) == 3)
        type_at_once(pilot, "colon", *"true", "escape", "b")
        await until(pilot, lambda: len(state_of(pilot).breakpoints) == 1)


async def test_enter_right_behind_the_text_goes_where_the_text_is(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        type_at_once(pilot, "slash", *"busybox", "enter")
        await until(pilot, lambda: "3 matches" in screen_text(pilot))
        assert main_screen(pilot).source.cursor_line == 2
        type_at_once(pilot, "enter", "down")
        await until(pilot, lambda: main_screen(pilot).source.cursor_line == 9)


async def test_the_keys_of_the_changes_do_the_same_in_the_tree_as_elsewhere(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "S")
        await until(pilot, lambda: "Sorted by size" in screen_text(pilot))
        assert pilot.app.focused is main_screen(pilot).query_one("#changes")
        await press(pilot, "S")
        await until(pilot, lambda: "Sorted by name" in screen_text(pilot))
        await press(pilot, "E")
        await until(pilot, lambda: "part1.c" in screen_text(pilot))
        await press(pilot, "C")
        await until(pilot, lambda: "part1.c" not in screen_text(pilot))
