"""Steps of a build held against each other."""

from collections.abc import Callable, Generator

import pytest
from textual.pilot import Pilot

from stepper.engine.step import Failure, Snapshot
from stepper.errors import EngineError
from stepper.image.layer import Change, ChangeKind, Listing
from stepper.tui.comparing.content_reader import MOST_BYTES
from tests.scripted_engine import added, deleted, file_entry, modified
from tests.tui.harness import WIDE, Bench, press, screen_text, settled, state_of, until


def before_each_read(bench: Bench, monkeypatch: pytest.MonkeyPatch, call: Callable[[Listing], None]) -> None:
    """Have this called before a file is read, with the files of the state that it is read in."""
    archive_of = bench.engine.archive

    def archive(state: Snapshot | Failure, path: str) -> Generator[bytes, None, None]:
        call(bench.engine.listing(state))
        return archive_of(state, path)

    monkeypatch.setattr(bench.engine, "archive", archive)


async def steps_held_against_each_other(pilot: Pilot[int]) -> None:
    """Run all three steps, and compare the last with the one before it."""
    await settled(pilot)
    await press(pilot, "n", "n", "n")
    await pilot.press("equals_sign", "enter")


async def test_any_two_steps_are_compared_and_a_files_difference_is_one_key_away(bench: Bench) -> None:
    bench.engine.on("RUN make", changes=[added("/one", 10), added("/two", 20)])
    bench.engine.on("RUN more", changes=[modified("/one", 15, was=10), deleted("/two", 20), added("/three", 5)])
    async with bench.app("FROM busybox\nRUN make\nENV A=1\nRUN more\n").run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "n", "n")
        await pilot.press("equals_sign")
        await pilot.pause()
        assert "Compare line 4 · RUN more with" in screen_text(pilot)
        await pilot.press("up", "enter")
        await until(pilot, lambda: "three" in screen_text(pilot))
        shown = screen_text(pilot)
        assert "line 2 · RUN make" in shown
        assert "+ 1 added  ~ 1 modified  - 1 deleted" in shown
        await pilot.press("enter")
        await until(pilot, lambda: "compared with after line 2" in screen_text(pilot))


async def test_a_file_is_compared_with_any_step(bench: Bench) -> None:
    bench.engine.on("RUN make", changes=[added("/one", 10)])
    bench.engine.on("RUN more", changes=[added("/other", 5)])
    async with bench.app("FROM busybox\nRUN make\nRUN more\n").run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "n")
        await pilot.press("4", "v")
        await until(pilot, lambda: "/other · after line 3" in screen_text(pilot))
        await pilot.press("c")
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: "compared with after line 2" in screen_text(pilot))


async def test_without_another_step_there_is_nothing_to_compare_with(bench: Bench) -> None:
    async with bench.app("FROM busybox\nRUN make\n").run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        await pilot.press("equals_sign")
        await until(pilot, lambda: "No other step has run yet" in screen_text(pilot))


async def test_the_title_of_the_picker_has_the_instruction_as_it_is_written(bench: Bench) -> None:
    async with bench.app('FROM busybox\nRUN ["make"]\nRUN [/bin/sh]\n').run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "n")
        await pilot.press("equals_sign")
        await until(pilot, lambda: "Compare line 3 · RUN [/bin/sh] with" in screen_text(pilot))
        await pilot.press("escape", "k", "equals_sign")
        await until(pilot, lambda: 'Compare line 2 · RUN ["make"] with' in screen_text(pilot))


async def test_a_step_that_goes_with_the_file_while_it_is_picked_is_told_to_be_gone(bench: Bench) -> None:
    async with bench.app("FROM busybox\nRUN make\nRUN more\n").run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "n", "home")
        await pilot.press("equals_sign", "end")
        bench.dockerfile.write_text("FROM busybox\n")
        await until(pilot, lambda: len(state_of(pilot).steps) == 1)
        await pilot.press("enter")
        await until(pilot, lambda: "The Dockerfile is another one by now" in screen_text(pilot))


async def test_files_of_which_only_the_time_is_another_are_read_and_told_as_such(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    early, late = (file_entry(3, mtime_ns=time * 10**9) for time in (1, 2))
    bench.engine.on("RUN make", changes=[added(path, entry=early) for path in ("/same", "/other")])
    bench.engine.on(
        "RUN more", changes=[Change(path, ChangeKind.MODIFIED, early, late) for path in ("/same", "/other")]
    )

    def reads(files: Listing) -> None:
        bench.engine.contents["/other"] = b"old" if files["/other"] is early else b"new"

    before_each_read(bench, monkeypatch, reads)
    async with bench.app("FROM busybox\nRUN make\nRUN more\n").run_test(size=WIDE) as pilot:
        await steps_held_against_each_other(pilot)
        await until(pilot, lambda: "~ 1 modified  ~ 1 time only" in screen_text(pilot))
        rows = screen_text(pilot).splitlines()
        assert any("same" in row and "time only" in row for row in rows)
        assert any("other" in row and "content" in row and "time" not in row for row in rows)
        await pilot.press("t")
        await until(pilot, lambda: "t shows them" in screen_text(pilot))


async def test_files_that_are_too_large_to_be_read_for_that_are_said_to_be_unknown(bench: Bench) -> None:
    early, late = (file_entry(MOST_BYTES + 1, mtime_ns=time * 10**9) for time in (1, 2))
    bench.engine.on("RUN make", changes=[added("/large", entry=early)])
    bench.engine.on("RUN more", changes=[Change("/large", ChangeKind.MODIFIED, early, late)])
    async with bench.app("FROM busybox\nRUN make\nRUN more\n").run_test(size=WIDE) as pilot:
        await steps_held_against_each_other(pilot)
        await until(pilot, lambda: "1 not read: content or time" in screen_text(pilot))
        assert "content or time" in screen_text(pilot)


async def test_a_file_of_which_one_of_both_contents_cannot_be_read_is_said_to_be_unknown(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    early, late = (file_entry(3, mtime_ns=time * 10**9) for time in (1, 2))
    bench.engine.on("RUN make", changes=[added("/gone", entry=early)])
    bench.engine.on("RUN more", changes=[Change("/gone", ChangeKind.MODIFIED, early, late)])
    bench.engine.contents["/gone"] = b"new"

    def reads(files: Listing) -> None:
        if files["/gone"] is early:
            raise EngineError("the container is gone")

    before_each_read(bench, monkeypatch, reads)
    async with bench.app("FROM busybox\nRUN make\nRUN more\n").run_test(size=WIDE) as pilot:
        await steps_held_against_each_other(pilot)
        await until(pilot, lambda: "1 not read: content or time" in screen_text(pilot))


async def test_capabilities_of_a_file_are_told_in_its_row_and_below_the_tree(bench: Bench) -> None:
    bench.engine.on("RUN more", changes=[added("/capped", entry=file_entry(3, mode=0o755))])
    bench.engine.xattrs["/capped"] = {"security.capability": bytes.fromhex("0100000200200000000000000000000000000000")}
    async with bench.app("FROM busybox\nRUN make\nRUN more\n").run_test(size=WIDE) as pilot:
        await steps_held_against_each_other(pilot)
        await until(pilot, lambda: screen_text(pilot).count("cap_net_raw=ep") == 2)
