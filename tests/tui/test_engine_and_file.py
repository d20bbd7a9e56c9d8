"""No engine, a wrong Dockerfile, a Dockerfile that changes: the screen goes on."""

import pytest

from stepper.debugger.options import BuildOptions
from stepper.debugger.state import Mode, Status
from stepper.tui.app import StepperApp
from tests.tui.harness import (
    DOCKERFILE,
    NARROW,
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

TRIED = "No engine can be reached. Tried:\n  DOCKER_HOST is not set\n  unix:///var/run/docker.sock: no such file"


async def test_without_an_engine_the_dockerfile_is_shown_with_what_was_tried(bench: Bench) -> None:
    bench.offline = TRIED
    async with bench.app().run_test(size=NARROW) as pilot:
        await settled(pilot)
        text = screen_text(pilot)
        assert "✖ no engine" in text
        assert "FROM busybox AS builder" in text
        assert "unix:///var/run/docker.sock: no such file" in text
        assert "Start one with" in text
        await press(pilot, "n")
        assert "There is no engine: a tries again" in screen_text(pilot)


async def test_the_connection_can_be_tried_again(bench: Bench) -> None:
    bench.offline = TRIED
    async with bench.app().run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        bench.offline = None
        await press(pilot, "a")
        assert "docker 28.5.2 · local" in screen_text(pilot)
        await press(pilot, "n")
        assert position_line(pilot) == 3


async def test_the_cursor_stays_where_the_user_reads_while_it_connects(bench: Bench) -> None:
    bench.offline = TRIED
    async with bench.app().run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        bench.offline = None
        await press(pilot, "end", "a")
        assert state_of(pilot).mode is Mode.STOPPED
        assert main_screen(pilot).source.cursor_line == 2, "the user asked to go on, so the cursor follows"


async def test_a_wrong_dockerfile_is_shown_with_the_error_at_its_line_and_read_again_when_it_is_right(
    bench: Bench,
) -> None:
    async with bench.app(DOCKERFILE.replace("RUN make", "RNU make")).run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        text = screen_text(pilot)
        assert "✖ Dockerfile error" in text
        assert "RNU make" in text
        assert "demo/Dockerfile:3: unknown instruction: RNU" in text
        assert main_screen(pilot).source.cursor_line == 3
        await press(pilot, "n")
        assert "The Dockerfile has an error: e opens it in your editor" in screen_text(pilot)
        bench.dockerfile.write_text(DOCKERFILE)
        await until(pilot, lambda: "⏸ before line 2" in screen_text(pilot))
        await press(pilot, "n")
        assert position_line(pilot) == 3


WRONG_MOUNT = "RUN --mount=type=cache,target=/c \\\n    --mount=type=secrt,id=token make"


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_an_error_is_shown_with_its_source_line_carets_and_a_hint(bench: Bench, size: tuple[int, int]) -> None:
    text = DOCKERFILE.replace("RUN make", WRONG_MOUNT).replace("CMD", "EXPOSE x\nCMD")
    async with bench.app(text).run_test(size=size) as pilot:
        await settled(pilot)
        shown = screen_text(pilot)
        assert 'demo/Dockerfile:3: unsupported mount type "secrt" (did you mean secret?)' in shown
        assert "4 │     --mount=type=secrt,id=token make" in shown
        assert "  │             ^^^^^^^^^^ " in shown
        assert "It can be bind, cache, tmpfs, secret, ssh." in shown
        assert "More is wrong in line 12" in shown
        assert main_screen(pilot).source.cursor_line == 4


async def test_of_several_errors_the_one_under_the_cursor_is_shown(bench: Bench) -> None:
    text = DOCKERFILE.replace("RUN make", "RUN --mount=type=secrt make").replace("CMD", "EXPOSE x\nCMD")
    async with bench.app(text).run_test(size=WIDE) as pilot:
        await settled(pilot)
        main_screen(pilot).source.move_to(11)
        await until(pilot, lambda: "demo/Dockerfile:11: " in screen_text(pilot))
        assert "More is wrong in line 3" in screen_text(pilot)


async def test_a_missing_source_is_shown_at_once_and_the_steps_before_it_run_all_the_same(bench: Bench) -> None:
    async with bench.app("FROM busybox\nRUN make\nCOPY nope /f\n").run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        text = screen_text(pilot)
        assert 'demo/Dockerfile:3: "/nope": not found in the build context' in text
        assert "⏸ before line 1" in text
        await press(pilot, "n", "n")
        assert position_line(pilot) == 3
        (bench.folder / "nope").write_text("x")
        await until(pilot, lambda: "not found in the build context" not in screen_text(pilot))
        await press(pilot, "n")
        assert state_of(pilot).mode is Mode.FINISHED


async def test_an_edit_elsewhere_is_noticed_and_valid_steps_are_kept(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "n")
        bench.dockerfile.write_text(DOCKERFILE.replace("MODE=release", "MODE=debug"))
        await until(pilot, lambda: position_line(pilot) == 4)
        await settled(pilot)
        assert "The Dockerfile was read again" in screen_text(pilot)
        assert "MODE=debug" in screen_text(pilot)
        assert state_of(pilot).steps[1].status is Status.DONE
        assert bench.engine.ran == ["RUN make", "ENV MODE=release"]


async def test_an_edit_that_breaks_the_file_shows_the_error_and_keeps_what_ran(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n")
        bench.dockerfile.write_text(DOCKERFILE.replace("ENV", "EVN"))
        await until(pilot, lambda: "unknown instruction: EVN" in screen_text(pilot))
        bench.dockerfile.write_text(DOCKERFILE)
        await until(pilot, lambda: "unknown instruction" not in screen_text(pilot))
        assert state_of(pilot).steps[1].status is Status.DONE
        assert position_line(pilot) == 4


async def test_reload_says_when_nothing_has_changed(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "L")
        await until(pilot, lambda: "Nothing has changed on disk" in screen_text(pilot))


async def test_a_missing_image_fails_its_from_with_the_message(bench: Bench) -> None:
    async with bench.app("FROM nowhere\nRUN make\n").run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        assert "image nowhere not found" in screen_text(pilot)
        assert "Check its name." in screen_text(pilot)


async def test_an_unexpected_error_becomes_a_notice_that_names_the_log(bench: Bench) -> None:
    def break_down(_step: object) -> None:
        raise RuntimeError("the roof is on fire")

    bench.engine.on("RUN make", hook=break_down)
    app = bench.app()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n")
        await until(pilot, lambda: "Stepper made a mistake: RuntimeError" in screen_text(pilot))
        assert "The details are in" in screen_text(pilot)
        assert "Traceback" not in screen_text(pilot)
        assert state_of(pilot).mode is Mode.STOPPED


async def test_a_line_with_a_warning_is_marked_and_says_why_under_the_cursor(bench: Bench) -> None:
    async with bench.app("FROM busybox\nCMD run it\nRUN x\n").run_test(size=WIDE) as pilot:
        await settled(pilot)
        (marked,) = [line for line in screen_text(pilot).splitlines() if "CMD run it" in line]
        assert "2  !CMD run it" in marked
        assert "JSONArgsRecommended" not in screen_text(pilot)
        await press(pilot, "down")
        assert "CMD run it  ◂ JSONArgsRecommended: JSON" in screen_text(pilot)
        await press(pilot, "down")
        assert "JSONArgsRecommended" not in screen_text(pilot)
        bench.dockerfile.write_text('FROM busybox\nCMD ["run", "it"]\nRUN x\n')
        await press(pilot, "R")
        await until(pilot, lambda: "!CMD" not in screen_text(pilot))


async def test_a_dockerfile_that_is_no_file_of_the_users_is_not_edited(bench: Bench) -> None:
    app = bench.app()
    options = BuildOptions(bench.folder, bench.dockerfile, dockerfile_name="<stdin>", is_own_file=False)
    app = StepperApp(options, bench.connect, handover=bench.handover, log_path=app.log_path)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        assert "<stdin>" in screen_text(pilot)
        await press(pilot, "e")
        await until(pilot, lambda: "<stdin> is no file of yours to edit" in screen_text(pilot))
        assert bench.handover.programs == []
