"""Changes and Files: the whole filesystem, who wrote what, the filter, trees and lists."""

from concurrent.futures import Future
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from stepper.engine.commits import PendingSnapshot
from stepper.errors import EngineError
from stepper.image.layer import Listing
from stepper.tui.base_layers import BaseLayers
from stepper.tui.copy_reports import CopyReportStore
from stepper.tui.file_attributes import FileAttributesStore
from stepper.tui.panels import Panel
from stepper.tui.state_files import StateFilesStore
from stepper.tui.widgets.change_tree import ChangeTree
from tests.scripted_engine import WHOLE_BUILD, added, deleted, file_entry, modified
from tests.tui.harness import NARROW, WIDE, Bench, app_of, main_screen, press, screen_text, settled, state_of, until

DOCKERFILE = """\
FROM busybox AS base
RUN make
RUN chmod
FROM base
RUN clean
"""


def tree_of(pilot: Pilot[int], panel: Panel) -> ChangeTree:
    tree = main_screen(pilot).inspector.tree_of(panel)
    assert tree is not None
    return tree


def on_path(pilot: Pilot[int], panel: Panel, path: str) -> None:
    tree_of(pilot, panel).reveal(path)


def is_shown(pilot: Pilot[int], path: str, *, line: int) -> bool:
    """Whether the files after the step of a line are listed, with the cursor on the path."""
    record = main_screen(pilot).inspector.inspected.record
    node = tree_of(pilot, Panel.FILES).highlighted
    return record is not None and record.instruction.line == line and node is not None and node.path == path


def row_with(pilot: Pilot[int], text: str) -> str:
    return next(line for line in screen_text(pilot).splitlines() if text in line)


def prepared(bench: Bench) -> Bench:
    bench.engine.on("RUN chmod", changes=[modified("/app", 130_000, was=120_000), added("/etc/new", 5)])
    bench.engine.on("RUN clean", changes=[deleted("/src/part1.c", 1000)])
    return bench


async def test_files_shows_the_whole_filesystem_with_the_step_that_wrote_each_file(bench: Bench) -> None:
    async with prepared(bench).app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c", "5")
        await until(pilot, lambda: "part2.c" in screen_text(pilot))
        assert row_with(pilot, "passwd").split()[-2:] == ["2", "│"]
        assert "130 kB   line 3" in row_with(pilot, " app ")
        assert "1.0 kB     base" in row_with(pilot, "sh ")
        assert "part1.c" not in screen_text(pilot)


async def test_files_are_those_of_the_step_at_the_cursor(bench: Bench) -> None:
    async with prepared(bench).app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c", "2", "home", "down")
        await press(pilot, "5")
        await until(pilot, lambda: "part1.c" in screen_text(pilot))
        assert "120 kB   line 2" in row_with(pilot, " app ")


async def test_files_of_a_finished_step_are_listed_read_and_compared_while_another_runs(bench: Bench) -> None:
    gate = prepared(bench).engine.hold("RUN clean")
    async with bench.app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "n", "n")
        await pilot.press("n")
        await until(pilot, lambda: gate.entered)
        await pilot.press("5")
        await until(pilot, lambda: "part2.c" in screen_text(pilot))
        await pilot.press("2", "home", "5")
        await until(pilot, lambda: "part2.c" not in screen_text(pilot) and "sh " in screen_text(pilot))
        await pilot.press("2", "end", "up", "up", "5")
        await until(pilot, lambda: "part2.c" in screen_text(pilot))
        on_path(pilot, Panel.FILES, "/app")
        await pilot.press("v")
        await until(pilot, lambda: "/app · after line 3" in screen_text(pilot))
        await until(pilot, lambda: "are no text: 120 kB before, 130 kB now" in screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "part2.c" in screen_text(pilot))
        await pilot.press("equals_sign", "enter")
        await until(pilot, lambda: "+ 1 added  ~ 1 modified" in screen_text(pilot))
        assert app_of(pilot).controller.busy
        await pilot.press("escape")
        gate.open()
        await settled(pilot)


async def test_files_show_permissions_and_owners_where_there_is_room(bench: Bench) -> None:
    async with prepared(bench).app(DOCKERFILE).run_test(size=NARROW) as pilot:
        await settled(pilot)
        await press(pilot, "c", "5")
        await until(pilot, lambda: "part2.c" in screen_text(pilot))
        assert "-rw-r--r--       0:0   130 kB   line 3" in row_with(pilot, " app ")


async def test_a_listing_that_fails_says_why_in_its_place(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async with prepared(bench).app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c")
        monkeypatch.setattr(bench.engine, "listing", _no_listing)
        await press(pilot, "5")
        await until(pilot, lambda: "no toolbox" in screen_text(pilot))


async def test_the_changes_of_a_from_that_cannot_be_listed_say_why(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench.app("FROM busybox\nRUN make\n").run_test(size=WIDE) as pilot:
        await settled(pilot)
        monkeypatch.setattr(bench.engine, "listing", _no_listing)
        await press(pilot, "n", "4")
        await until(pilot, lambda: "no toolbox" in screen_text(pilot))
        assert "Listing the files" not in screen_text(pilot)


def _no_listing(_: object) -> Listing:
    raise EngineError("there is no toolbox")


async def test_the_history_of_a_path_is_told_and_led_back_along(bench: Bench) -> None:
    async with prepared(bench).app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c", "5")
        await until(pilot, lambda: "part2.c" in screen_text(pilot))
        on_path(pilot, Panel.FILES, "/app")
        await until(pilot, lambda: "added at line 2 · modified at 3" in screen_text(pilot))
        await press(pilot, "w")
        assert main_screen(pilot).source.cursor_line == 3
        await until(pilot, lambda: is_shown(pilot, "/app", line=3))
        await press(pilot, "w")
        await until(pilot, lambda: main_screen(pilot).source.cursor_line == 2)
        await until(pilot, lambda: is_shown(pilot, "/app", line=2))
        await press(pilot, "w")
        assert main_screen(pilot).source.cursor_line == 2
        assert "where it comes from" in screen_text(pilot)


async def test_what_was_there_before_any_step_is_the_base_images(bench: Bench) -> None:
    async with prepared(bench).app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c", "4")
        on_path(pilot, Panel.CHANGES, "/src/part1.c")
        await until(pilot, lambda: "added at line 2 · deleted at 5" in screen_text(pilot))
        await press(pilot, "5")
        await until(pilot, lambda: "part2.c" in screen_text(pilot))
        on_path(pilot, Panel.FILES, "/etc/passwd")
        await until(pilot, lambda: "base image · modified at line 2" in screen_text(pilot))
        await press(pilot, "w")
        await until(pilot, lambda: "part1.c" in screen_text(pilot) and "base image · mod" in screen_text(pilot))
        await press(pilot, "w")
        await until(pilot, lambda: main_screen(pilot).source.cursor_line == 1)


async def test_the_filter_searches_all_files_and_enter_goes_into_what_is_left(bench: Bench) -> None:
    async with prepared(bench).app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c", "5")
        await until(pilot, lambda: "part2.c" in screen_text(pilot))
        await pilot.press("slash", *"*.c >4kB")
        await until(pilot, lambda: "3 matches" in screen_text(pilot))
        assert "part3.c" not in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.focused is tree_of(pilot, Panel.FILES))
        assert "part3.c" not in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "part3.c" in screen_text(pilot))


async def test_the_filter_tells_kinds_of_changes_apart_and_says_what_is_wrong(bench: Bench) -> None:
    async with prepared(bench).app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c", "2", "home", "down", "4")
        await pilot.press("slash", *"~-")
        await until(pilot, lambda: "2 matches" in screen_text(pilot))
        await pilot.press("space", *">x")
        await until(pilot, lambda: ">x is no size" in screen_text(pilot))
        await pilot.press("escape")
        await press(pilot, "5")
        await pilot.press("slash", *"+")
        await until(pilot, lambda: "look in Changes" in screen_text(pilot))


async def test_a_list_of_whole_paths_takes_the_place_of_the_tree(bench: Bench) -> None:
    async with prepared(bench).app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c", "5")
        await until(pilot, lambda: "part2.c" in screen_text(pilot))
        await press(pilot, "f")
        assert "src/part2.c" in screen_text(pilot)
        await press(pilot, "4", "f")
        await until(pilot, lambda: "src/part1.c" in screen_text(pilot))
        await press(pilot, "f", "5", "f")
        assert "src/part2.c" not in screen_text(pilot)


async def test_many_files_come_in_from_another_thread(bench: Bench) -> None:
    files = {f"/usr/d{number % 100}/f{number}": file_entry(1) for number in range(20_000)}
    bench.engine.image("busybox", files=files)
    async with prepared(bench).app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "5")
        await until(pilot, lambda: "d17" in screen_text(pilot))
        await pilot.press("slash", *"f1234?")
        await until(pilot, lambda: "10 matches" in screen_text(pilot))


async def test_who_wrote_a_file_is_not_known_of_what_the_engines_own_builder_built(bench: Bench) -> None:
    bench.engine.image(WHOLE_BUILD, files={"/made": file_entry(10)})
    async with bench.app("# syntax=example.com/recipe:1\nstart here\n").run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "5")
        await until(pilot, lambda: "made" in screen_text(pilot))
        assert "base" not in row_with(pilot, "made ")
        await until(pilot, lambda: "the engine's own builder built it" in screen_text(pilot))


async def test_a_layer_in_the_making_holds_up_no_tab(bench: Bench) -> None:
    class Awaited(Future[str]):
        """Tells who waits for it, instead of a test that never ends."""

        def result(self, timeout: float | None = None) -> str:
            raise AssertionError("the event loop waits for the engine")

    async with prepared(bench).app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c")
        state, controller = state_of(pilot), app_of(pilot).controller
        record = state.stage_steps(0)[-1]
        assert record.after is not None
        making = PendingSnapshot(Awaited(), record.after.config, "key")
        record = replace(record, before=making, after=making)
        assert StateFilesStore(controller, lambda: None).of(state, record) is None
        assert BaseLayers(controller, lambda: None).of(record) is None
        assert CopyReportStore(controller, lambda: None).of(state, record) is None
        assert FileAttributesStore(controller, lambda: None).of(record, "/app") is None
