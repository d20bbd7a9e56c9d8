"""The screen of the build context."""

import pytest
from textual.pilot import Pilot

from stepper.tui.context_screen import ContextScreen
from tests.tui.harness import NARROW, WIDE, Bench, main_screen, screen_text, settled, until


@pytest.fixture
def project(bench: Bench) -> Bench:
    """A context with an ignore file."""
    (bench.folder / ".dockerignore").write_text("node_modules\n*.log\n!keep.log\n")
    (bench.folder / "node_modules/a").mkdir(parents=True)
    (bench.folder / "node_modules/a/index.js").write_text("x" * 2000)
    (bench.folder / "debug.log").write_text("x" * 9000)
    (bench.folder / "keep.log").write_text("x" * 7)
    (bench.folder / "main.js").write_text("x" * 1500)
    return bench


async def opened(pilot: Pilot[int]) -> ContextScreen:
    await settled(pilot)
    await pilot.press("B")
    await until(pilot, lambda: isinstance(pilot.app.screen, ContextScreen) and pilot.app.screen.tree_view.row_count > 1)
    assert isinstance(pilot.app.screen, ContextScreen)
    return pilot.app.screen


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_it_tells_what_is_included_and_what_is_ignored(project: Bench, size: tuple[int, int]) -> None:
    async with project.app().run_test(size=size) as pilot:
        await opened(pilot)
        text = screen_text(pilot)
        assert "+ includes 4 files, " in text
        assert "- ignores 2 files, 11.0 kB by .dockerignore" in text
        rows = {line.split()[-3]: line[0] for line in text.splitlines() if line[:1] in "+-" and len(line.split()) > 2}
        assert rows["main.js"] == "+"
        assert rows["debug.log"] == "-"


async def test_the_rule_that_decided_is_told_below(project: Bench) -> None:
    async with project.app().run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        screen.tree_view.reveal("/node_modules/a/index.js")
        await until(pilot, lambda: "ignored by .dockerignore:1 node_modules" in screen_text(pilot))
        screen.tree_view.reveal("/keep.log")
        await until(pilot, lambda: "included by .dockerignore:3 !keep.log" in screen_text(pilot))
        screen.tree_view.reveal("/main.js")
        await until(pilot, lambda: "included: no rule ignores it" in screen_text(pilot))


async def test_the_largest_come_first_on_a_key(project: Bench) -> None:
    async with project.app().run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        await pilot.press("S", "home")
        await until(
            pilot, lambda: screen.tree_view.highlighted is not None and screen.tree_view.highlighted.name == "debug.log"
        )


async def test_a_filter_leaves_what_is_ignored_alone(project: Bench) -> None:
    async with project.app().run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        await pilot.press("slash", "-")
        await until(pilot, lambda: screen.tree_view.row_count < 5 and "main.js" not in screen_text(pilot))
        assert "debug.log" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "main.js" in screen_text(pilot))


async def test_escape_goes_back(project: Bench) -> None:
    async with project.app().run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))


async def test_an_ignore_file_that_is_wrong_is_told(project: Bench) -> None:
    async with project.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        (project.folder / ".dockerignore").write_text("[\n")
        await pilot.press("B")
        await until(pilot, lambda: ".dockerignore:1" in screen_text(pilot))
