"""A file on a screen of its own: text, hex, difference, large files, saving, copying its path."""

import threading
from collections.abc import Generator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from stepper.engine.step import Failure, Snapshot
from stepper.image.entry import Entry, EntryKind
from stepper.tui.file.loader import FIRST
from stepper.tui.file.screen import FileScreen
from stepper.tui.panels import Panel
from tests.scripted_engine import added, deleted, link_entry, modified
from tests.tui.harness import WAIT_SECONDS, WIDE, Bench, app_of, main_screen, press, screen_text, settled, until

DOCKERFILE = """\
FROM busybox
RUN make
RUN more
"""


def prepared(bench: Bench, content: bytes = b"", path: str = "/app.py") -> Bench:
    bench.engine.contents[path] = content
    bench.engine.on("RUN more", changes=[added(path, len(content)), added("/link", entry=link_entry("/app"))])
    return bench


async def opened(pilot: Pilot[int], path: str, panel: Panel = Panel.CHANGES) -> FileScreen:
    await settled(pilot)
    await press(pilot, "c", panel.key)
    tree = main_screen(pilot).inspector.tree_of(panel)
    assert tree is not None
    await until(pilot, lambda: tree.row_count > 0)
    tree.reveal(path)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, FileScreen))
    screen = pilot.app.screen
    assert isinstance(screen, FileScreen)
    await until(pilot, lambda: not screen.is_reading)
    return screen


async def test_a_text_file_has_numbered_coloured_lines(bench: Bench) -> None:
    async with prepared(bench, b"import os\n\n\tprint('x')\n").app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await opened(pilot, "/app.py")
        await until(pilot, lambda: "   1 import os" in screen_text(pilot))
        assert "   3         print('x')" in screen_text(pilot)
        assert "/app.py · after line 3 · -rw-r--r-- 0:0 · 23 B" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))


async def test_a_file_never_controls_the_terminal(bench: Bench) -> None:
    content = b"a\x1b[31mred\x1b]0;evil\x07\r\nb\xff\xc3\xa9\xe2\x80\xae\n"
    async with prepared(bench, content, "/weird.txt").app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await opened(pilot, "/weird.txt")
        await until(pilot, lambda: r"a\x1b[31mred\x1b]0;evil\x07" in screen_text(pilot))
        assert "b\\xffé\\u202e" in screen_text(pilot)
        assert "CRLF" in screen_text(pilot)
        assert "\x1b" not in screen_text(pilot)


async def test_a_binary_file_is_shown_as_hex_and_as_text_on_demand(bench: Bench) -> None:
    async with prepared(bench, b"\x7fELF\x00\x01" + bytes(26), "/tool").app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await opened(pilot, "/tool")
        await until(pilot, lambda: "00000000  7f 45 4c 46 00 01" in screen_text(pilot))
        assert "|.ELF............|" in screen_text(pilot)
        await pilot.press("h")
        await until(pilot, lambda: r"   1 \x7fELF\x00\x01" in screen_text(pilot))


async def test_an_empty_file_says_so_and_a_link_its_target(bench: Bench) -> None:
    async with prepared(bench, b"", "/empty").app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await opened(pilot, "/empty")
        await until(pilot, lambda: "The file is empty" in screen_text(pilot))
    async with prepared(bench).app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await opened(pilot, "/link")
        await until(pilot, lambda: "→ /app" in screen_text(pilot))


async def test_a_modified_file_shows_its_difference_first(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    before = b"".join(b"line %d\n" % number for number in range(30))
    after = before.replace(b"line 20\n", b"line twenty\n")
    engine = bench.engine
    engine.contents["/app"] = before
    engine.on("RUN more", changes=[modified("/app", len(after), was=len(before))])
    async with bench.app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "c")
        last = main_screen(pilot).title_bar.state.steps[-1].after
        archive = engine.archive

        def by_state(state: object, path: str) -> object:
            engine.contents["/app"] = after if state == last else before
            return archive(state, path)  # type: ignore[arg-type]  # It is handed on as it came.

        monkeypatch.setattr(engine, "archive", by_state)
        await opened(pilot, "/app")
        await until(pilot, lambda: "+ line twenty" in screen_text(pilot))
        assert "- line 20" in screen_text(pilot)
        assert "@@ -18,7 +18,7 @@" in screen_text(pilot)
        assert "line 10" not in screen_text(pilot)
        await pilot.press("d")
        await until(pilot, lambda: "  21 line twenty" in screen_text(pilot))


async def test_a_deleted_file_is_shown_as_it_was(bench: Bench) -> None:
    bench.engine.contents["/etc/passwd"] = b"root:x:0:0\n"
    bench.engine.on("RUN more", changes=[deleted("/etc/passwd", 200)])
    async with bench.app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await opened(pilot, "/etc/passwd")
        await until(pilot, lambda: "as it was before line 3" in screen_text(pilot))
        assert "   1 root:x:0:0" in screen_text(pilot)


async def test_a_large_file_opens_with_its_beginning_and_reads_on_where_it_is_looked_at(bench: Bench) -> None:
    content = b"".join(b"this is line %d of many\n" % number for number in range(1, 100_001))
    async with prepared(bench, content, "/big.txt").app(DOCKERFILE).run_test(size=WIDE) as pilot:
        screen = await opened(pilot, "/big.txt")
        await until(pilot, lambda: "this is line 1 of many" in screen_text(pilot))
        assert FIRST <= screen.bytes_read < len(content)
        assert "End reads all" in screen_text(pilot)
        await pilot.press("end")
        await until(pilot, lambda: "100000 this is line 100000 of many" in screen_text(pilot))
        assert screen.bytes_read == len(content)


async def test_a_file_is_saved_to_disk_but_never_over_another(bench: Bench, tmp_path: Path) -> None:
    async with prepared(bench, b"hello\n").app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await opened(pilot, "/app.py")
        target = tmp_path / "saved"
        await pilot.press("s", "ctrl+u", *str(target), "enter")
        await until(pilot, lambda: target.exists() and isinstance(pilot.app.screen, FileScreen))
        assert target.read_bytes() == b"hello\n"
        await pilot.press("s", "ctrl+u", *str(target), "enter")
        await until(pilot, lambda: "is there already" in screen_text(pilot))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))


async def test_of_a_saved_folder_it_is_told_what_was_left_out(bench: Bench, tmp_path: Path) -> None:
    pipe = Entry(EntryKind.FIFO, 0o644, 0, 0, 0, 0)
    bench.engine.on("RUN make", changes=[added("/d/"), added("/d/a", 3), added("/d/pipe", entry=pipe)])
    async with bench.app("FROM busybox\nRUN make\n").run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "4")
        await pilot.press("D", "ctrl+u", *str(tmp_path / "d"), "enter")
        await until(pilot, lambda: "pipes (1)" in screen_text(pilot))


async def _at_the_folder(pilot: Pilot[int]) -> None:
    """Build, and have the cursor of the changes of line 2 at the folder that it made."""
    await press(pilot, "c", "2", "home", "down", "4")
    tree = main_screen(pilot).inspector.tree_of(Panel.CHANGES)
    assert tree is not None
    tree.reveal("/src")


async def test_a_folder_is_saved_from_the_tree(bench: Bench, tmp_path: Path) -> None:
    async with bench.app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await _at_the_folder(pilot)
        await pilot.press("v")
        await until(pilot, lambda: "That is a folder" in screen_text(pilot))
        await pilot.press("D", "ctrl+u", *str(tmp_path / "folder"), "enter")
        await until(pilot, lambda: (tmp_path / "folder" / "part7.c").exists())
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))


def _held_up(bench: Bench, monkeypatch: pytest.MonkeyPatch, after: int) -> tuple[threading.Event, threading.Event]:
    """Archives stop after so many pieces; events for that, and for having them go on."""
    reached, goes_on = threading.Event(), threading.Event()
    whole = bench.engine.archive

    def slowly(state: Snapshot | Failure, path: str) -> Generator[bytes, None, None]:
        data = b"".join(whole(state, path))
        for number, at in enumerate(range(0, len(data), FIRST)):
            if number == after:
                reached.set()
                assert goes_on.wait(WAIT_SECONDS)
            yield data[at : at + FIRST]

    monkeypatch.setattr(bench.engine, "archive", slowly)
    return reached, goes_on


async def _look(pilot: Pilot[int]) -> None:
    """Return once something was looked at."""
    looked = threading.Event()
    app_of(pilot).controller.look(lambda _: looked.set())
    await until(pilot, looked.is_set)


async def test_other_looks_are_answered_while_a_folder_is_saved(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench.app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await _at_the_folder(pilot)
        reached, goes_on = _held_up(bench, monkeypatch, 0)
        await pilot.press("D", "ctrl+u", *str(tmp_path / "folder"), "enter")
        await until(pilot, reached.is_set)
        await _look(pilot)
        goes_on.set()
        await until(pilot, lambda: (tmp_path / "folder" / "part7.c").exists())
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))


async def test_other_looks_are_answered_while_the_whole_of_a_file_is_read(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"a line of text\n" * 200_000
    async with prepared(bench, content, "/big.txt").app(DOCKERFILE).run_test(size=WIDE) as pilot:
        screen = await opened(pilot, "/big.txt")
        reached, goes_on = _held_up(bench, monkeypatch, 4)
        await pilot.press("end")
        await until(pilot, reached.is_set)
        await _look(pilot)
        goes_on.set()
        await until(pilot, lambda: not screen.is_reading)
        assert screen.bytes_read == len(content)


async def test_the_path_is_copied(bench: Bench) -> None:
    async with prepared(bench, b"x\n").app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await opened(pilot, "/app.py")
        await pilot.press("y")
        assert pilot.app.clipboard == "/app.py"
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))
        main_screen(pilot).inspector.tree_of(Panel.CHANGES).reveal("/link")  # type: ignore[union-attr]  # It is there.
        await pilot.press("y")
        assert pilot.app.clipboard == "/link"


async def test_files_opens_a_file_that_the_step_did_not_touch(bench: Bench) -> None:
    bench.engine.contents["/bin/sh"] = b"#!/bin/sh\necho hi\n"
    async with prepared(bench).app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await opened(pilot, "/bin/sh", Panel.FILES)
        await until(pilot, lambda: "   2 echo hi" in screen_text(pilot))
        await pilot.press("d")
        await until(pilot, lambda: "This step did not change it" in screen_text(pilot))


async def test_no_path_is_no_mistake(bench: Bench) -> None:
    async with bench.app(DOCKERFILE).run_test(size=WIDE) as pilot:
        await settled(pilot)
        for key in ("v", "D", "y", "w"):
            await press(pilot, key)
            assert "No path is chosen" in screen_text(pilot)


async def test_escape_stops_reading_and_then_goes_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"a line of text\n" * 200_000
    _, goes_on = _held_up(bench, monkeypatch, 4)
    async with prepared(bench, content, "/big.txt").app(DOCKERFILE).run_test(size=WIDE) as pilot:
        screen = await opened(pilot, "/big.txt")
        await pilot.press("end")
        await until(pilot, lambda: screen.bytes_read > 2 * FIRST)
        await pilot.press("escape")
        goes_on.set()
        await until(pilot, lambda: not screen.is_reading)
        assert pilot.app.screen is screen
        assert screen.bytes_read < len(content)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))
