"""The Copy tab: previews, records, what is kept out, and the way to the step that made a file."""

import threading
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from stepper.engine.copy_record import Check, CopiedFile, CopyRecord
from stepper.engine.step import Snapshot, Step, StepId
from stepper.tui.panels import Panel
from stepper.tui.tabs.copy import CopyTab, StepChosen
from stepper.tui.widgets.copy_view import CopyView
from tests.scripted_engine import ScriptedEngine, added, file_entry
from tests.tui.harness import WIDE, Bench, main_screen, position_line, press, screen_text, settled, until

TEXT = """\
FROM busybox AS builder
RUN make
FROM busybox AS prod
COPY --from=builder /out/app /bin/sh /usr/bin/
COPY . /src/
RUN done
"""


@pytest.fixture
def copying(bench: Bench) -> Bench:
    """Two stages and a context of a few files."""
    bench.engine.image("busybox", files={"/bin/sh": file_entry(500), "/usr/bin/sh": file_entry(7)})
    bench.engine.on("RUN make", changes=[added("/out/"), added("/out/app", 1500)])
    brought = [added("/usr/bin/app", 1500), added("/usr/bin/sh", 500)]
    bench.engine.on("COPY --from=builder", changes=brought)
    (bench.folder / "main.go").write_text("package main\n")
    (bench.folder / ".dockerignore").write_text("# nothing of git\n.git\n")
    (bench.folder / ".git").mkdir()
    return bench


def view(pilot: Pilot[int]) -> CopyView:
    tab = main_screen(pilot).inspector.tab(Panel.COPY)
    assert isinstance(tab, CopyTab)
    return tab.view


async def shown(pilot: Pilot[int], condition: Callable[[CopyView], bool]) -> str:
    """What stands on the screen once the view shows what the test is about."""
    await until(pilot, lambda: view(pilot).report is not None and condition(view(pilot)))
    return screen_text(pilot)


async def test_the_next_copy_is_shown_before_it_runs(copying: Bench) -> None:
    async with copying.app(TEXT).run_test(size=(200, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "n", "6")
        assert position_line(pilot) == 4
        text = await shown(pilot, lambda view: True)
        assert "preview of line 4 · 2 files · 2.0 kB · 1 overwritten" in text
        assert "/out/app → /usr/bin/app" in text
        assert "takes 2.0 kB of builder, leaves 7 B" in text
        assert copying.engine.ran == ["RUN make"]


async def test_of_what_is_not_fetched_yet_no_figures_are_told(bench: Bench) -> None:
    async with bench.app("FROM busybox\nCOPY --from=nginx /etc/nginx /etc/nginx\n").run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "6")
        text = await shown(pilot, lambda view: True)
        assert "preview of line 2 " in text
        assert "… nginx · not fetched yet" in text
        assert "0 files" not in text


async def test_a_copy_that_ran_is_a_record(copying: Bench) -> None:
    async with copying.app(TEXT).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "n", "n", "6", "up")
        main_screen(pilot).source.move_to(4)
        await shown(pilot, lambda view: view.report is not None and not view.report.is_preview)
        assert "2 files · 2.0 kB" in screen_text(pilot)


async def test_what_is_kept_out_is_shown_with_its_rule(copying: Bench) -> None:
    async with copying.app(TEXT).run_test(size=(200, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "n", "n", "6")
        assert position_line(pilot) == 5
        text = await shown(pilot, lambda view: len(view.report.record.kept_out) == 1)  # type: ignore[union-attr]  # There is one.
        assert "/.git/  ignore file:2 .git" in text
        assert "/main.go → /src/main.go" in text


async def test_enter_on_a_file_goes_to_the_step_that_made_it(copying: Bench) -> None:
    async with copying.app(TEXT).run_test(size=(200, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "n", "6")
        await shown(pilot, lambda view: isinstance(view.highlighted, CopiedFile))
        await until(pilot, lambda: "made in builder at line 2 · RUN make" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: main_screen(pilot).source.cursor_line == 2)
        assert main_screen(pilot).panel is Panel.CHANGES
        tree = main_screen(pilot).inspector.tree_of(Panel.CHANGES)
        assert tree is not None
        await until(pilot, lambda: tree.highlighted is not None and tree.highlighted.path == "/out/app")


async def test_a_command_does_not_wait_for_a_large_copy_to_be_worked_out(
    copying: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, released = threading.Event(), threading.Event()

    def slow(engine: ScriptedEngine, step: Step, on: Snapshot, *, check: Check) -> CopyRecord:
        begun.set()
        while not released.wait(0.001):
            check()
        return CopyRecord()

    async with copying.app(TEXT).run_test(size=WIDE) as pilot:
        await settled(pilot)
        with monkeypatch.context() as patched:
            patched.setattr(ScriptedEngine, "copied", slow)
            await press(pilot, "n", "n", "n", "6")
            await until(pilot, begun.is_set)
            await pilot.press("n")
            await until(pilot, lambda: position_line(pilot) == 5)
        released.set()
        main_screen(pilot).source.move_to(4)
        await shown(pilot, lambda view: len(view.report.record.files) == 2)  # type: ignore[union-attr]  # There is one.


async def test_the_key_for_the_writer_goes_to_the_from_of_what_no_step_made(copying: Bench) -> None:
    async with copying.app(TEXT).run_test(size=(200, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "n", "6")
        await shown(pilot, lambda view: True)
        await pilot.press("end")
        await until(pilot, lambda: "from the base image of builder, line 1" in screen_text(pilot))
        await pilot.press("w")
        await until(pilot, lambda: main_screen(pilot).source.cursor_line == 1)


async def test_a_file_whose_step_went_with_the_dockerfile_leads_nowhere_and_says_so(copying: Bench) -> None:
    async with copying.app(TEXT).run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        main_screen(pilot).post_message(StepChosen(StepId(1, 9), "/app"))
        await until(pilot, lambda: "That step is no longer in the Dockerfile" in screen_text(pilot))
        assert main_screen(pilot).source.cursor_line == 1


async def test_other_instructions_say_that_they_copy_nothing(copying: Bench) -> None:
    async with copying.app(TEXT).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "n", "6")
        await until(pilot, lambda: "No COPY or ADD is at the cursor" in screen_text(pilot))


async def test_a_copy_that_cannot_be_worked_out_yet_says_so(copying: Bench) -> None:
    async with copying.app(TEXT).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "n", "6")
        main_screen(pilot).source.move_to(5)
        await until(pilot, lambda: "is known once the steps before it" in screen_text(pilot))


async def test_what_makes_it_fail_is_said_before_it_runs(bench: Bench) -> None:
    async with bench.app("FROM busybox\nCOPY missing /\n").run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "n", "6")
        text = await shown(pilot, lambda view: True)
        assert 'fails: "/missing": not found in the build context' in text
