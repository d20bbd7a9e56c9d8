"""The Image tab: the image after the step at the cursor, and where its lines lead."""

import pytest

from stepper.image.layer import ChangeKind
from stepper.tui.panels import Panel
from stepper.tui.tabs.image import AT_ONCE
from stepper.tui.widgets.change_tree import ChangeTree
from tests.scripted_engine import added, deleted, directory_entry, file_entry, modified
from tests.tui.harness import NARROW, WIDE, Bench, main_screen, press, screen_text, settled, until

TEXT = """FROM busybox AS builder
RUN make
FROM busybox
RUN fetch
RUN chown
RUN clean
COPY --from=builder /app /app
"""


def prepared(bench: Bench) -> Bench:
    before, after = file_entry(700_000), file_entry(700_000, uid=7)
    bench.engine.on("RUN fetch", changes=[added("/archive", 5_000_000), added("/lib", entry=before)])
    bench.engine.on("RUN chown", changes=[modified("/lib")._replace(before=before, after=after)])
    bench.engine.on("RUN clean", changes=[deleted("/archive", 5_000_000), added("/tmp", entry=directory_entry())])
    bench.engine.on("COPY", changes=[added("/app", 120_000)])
    return bench


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_every_layer_is_a_bar_below_a_headline(bench: Bench, size: tuple[int, int]) -> None:
    async with prepared(bench).app(TEXT).run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "c", Panel.IMAGE.key)
        text = screen_text(pilot)
        assert "10.5 MB in 5 layers" in text
        assert "line 4 ████████   5.7 MB  RUN fetch" in text
        assert "line 7 █·······   120 kB" in text
        assert "Unreachable: 5.7 MB  54.2%" in text
        assert "5.0 MB line 4, hidden at line 6" in text
        assert "Only mode or owner changed: 700 kB" in text
        assert "Left in builder stages: 28.3 kB" in text


async def test_it_is_the_image_as_it_was_after_the_step_at_the_cursor(bench: Bench) -> None:
    async with prepared(bench).app(TEXT).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c", Panel.IMAGE.key)
        main_screen(pilot).source.move_to(4)
        await settled(pilot)
        assert "9.7 MB in 2 layers" in screen_text(pilot)
        assert "Unreachable: 0 B" in screen_text(pilot)
        assert "builder stages" not in screen_text(pilot)


async def test_enter_on_a_layer_goes_to_its_instruction(bench: Bench) -> None:
    async with prepared(bench).app(TEXT).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c", Panel.IMAGE.key, "down", "down", "enter")
        await until(pilot, lambda: main_screen(pilot).source.cursor_line == 4)
        assert main_screen(pilot).panel is Panel.DOCKERFILE


async def test_a_hidden_file_leads_to_where_it_was_written(bench: Bench) -> None:
    async with prepared(bench).app(TEXT).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c", Panel.IMAGE.key, *["down"] * 7, "enter")
        assert "5.0 MB /archive" in screen_text(pilot)
        await press(pilot, "down", "enter")
        await until(pilot, lambda: main_screen(pilot).source.cursor_line == 4)
        tree = main_screen(pilot).inspector.tree_of(Panel.CHANGES)
        assert isinstance(tree, ChangeTree)
        await until(pilot, lambda: tree.highlighted is not None and tree.highlighted.path == "/archive")
        assert main_screen(pilot).panel is Panel.CHANGES
        assert tree.highlighted is not None
        assert tree.highlighted.kind is ChangeKind.ADDED


async def test_an_image_of_many_paths_is_worked_out_aside_and_then_shown(bench: Bench) -> None:
    many = [added(f"/many/{number:05}", 1000) for number in range(AT_ONCE + 1)]
    bench.engine.on("RUN fetch", changes=[added("/many/"), *many])
    async with bench.app(TEXT).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c", Panel.IMAGE.key)
        await until(pilot, lambda: "7.0 MB in 2 layers" in screen_text(pilot))


async def test_before_anything_has_run_it_says_so(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, Panel.IMAGE.key)
        assert "Nothing has run yet" in screen_text(pilot)
