"""The screen that compares images."""

import asyncio
import threading

import pytest
from textual.pilot import Pilot

from stepper.debugger.file_contents import Content, ReadFile
from stepper.debugger.waiting import Waiting
from stepper.errors import StepperError
from stepper.image.archive import Header
from stepper.image.comparison import Compared, Comparison, compare_images
from stepper.image.entry import EntryKind
from stepper.tui.comparing.app import CompareApp
from tests.image.layers import file, folder, symlink, tar
from tests.tui.harness import screen_text, until
from tests.tui.layers.harness import image_of

FULL = image_of(tar(folder("bin"), file("bin/sh", b"s" * 1000)), tar(file("app", b"1" * 2000), file("src", b"g" * 500)))
SLIM = image_of(tar(file("app", b"2" * 2000)))
FOUND = compare_images([Compared("full", FULL), Compared("slim", SLIM), Compared("again", FULL)])


def contents(**files: bytes) -> ReadFile:
    """Reads these files."""

    def read(path: str, limit: int, waiting: Waiting) -> Content:
        waiting.check()
        data = files[path.removeprefix("/")]
        return Content(Header(path, EntryKind.FILE, size=len(data), stored=len(data)), data[:limit])

    return read


READ = (contents(app=b"1\n2\n", src=b"only here\n"), contents(app=b"1\n3\n"))


def app_of(found: Comparison = FOUND, read: tuple[ReadFile, ReadFile] = READ) -> CompareApp:
    return CompareApp(found, read)


async def shows(pilot: Pilot[None], *texts: str) -> None:
    """Wait until all of this stands on the screen."""
    await until(pilot, lambda: all(text in screen_text(pilot) for text in texts))


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_figures_files_layers_and_configuration_stand_side_by_side(size: tuple[int, int]) -> None:
    app = app_of()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        shown = screen_text(pilot)
        assert "3.5 kB" in shown
        assert "2.0 kB (-1.5 kB)" in shown
        assert "full → slim  ~ 1 modified  - 3 deleted  -1.5 kB" in shown
        assert "src" in shown
        keys = screen_text(pilot).splitlines()[-1].split()
        assert (keys[:2], keys[-2:]) == (["1", "files"], ["Esc", "back"])
        assert ("expand" in keys) == (size[0] > 80)
        await pilot.press("tab")
        await pilot.pause()
        assert screen_text(pilot).count("layer 0") == 3
        await pilot.press("3")
        await pilot.pause()
        assert "layer 0" not in screen_text(pilot)
        await pilot.press("q")
    assert app.return_code == 0


async def test_the_tree_of_differences_can_be_filtered() -> None:
    app = app_of()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("slash", *"app")
        await until(pilot, lambda: "src" not in screen_text(pilot))
        assert "app" in screen_text(pilot)
        assert "src" not in screen_text(pilot)


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_enter_on_a_file_shows_what_became_of_its_lines(size: tuple[int, int]) -> None:
    app = app_of()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("f", "enter")
        await shows(pilot, "/app · full → slim · modified", "- 2", "+ 3")
        await pilot.press("escape")
        await shows(pilot, "full → slim  ~ 1 modified  - 3 deleted")
        await pilot.press("end", "enter")
        await shows(pilot, "/src · only in full", "- only here")


async def test_what_cannot_be_read_is_said_in_its_place() -> None:
    def gone(path: str, limit: int, waiting: Waiting) -> Content:
        raise StepperError("the image is gone", hint="Pull it again.")

    app = app_of(read=(READ[0], gone))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("f", "enter")
        await shows(pilot, "the image is gone. Pull it again.")


async def test_a_mistake_while_a_file_is_read_is_said_in_its_place() -> None:
    app = app_of(read=(contents(), contents()))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("f", "enter")
        await shows(pilot, "Stepper made a mistake: KeyError: 'app'")


async def test_what_is_no_file_on_both_sides_is_not_read() -> None:
    first, second = image_of(tar(symlink("a", "b"))), image_of(tar(file("a", b"text")))
    found = compare_images([Compared("one", first), Compared("two", second)])
    app = app_of(found, (contents(), contents()))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("enter")
        await shows(pilot, "/a · one → two · modified, symlink → file", "There are no two files to compare")


async def test_what_takes_long_while_a_file_is_read_is_said() -> None:
    go_on = threading.Event()

    def slow(path: str, limit: int, waiting: Waiting) -> Content:
        waiting.tell("The engine packs the image …")
        assert go_on.wait(10)
        return READ[0](path, limit, waiting)

    app = app_of(read=(slow, READ[1]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("f", "enter")
        await shows(pilot, "The engine packs the image … Esc stops")
        go_on.set()
        await shows(pilot, "- 2", "+ 3")


async def test_leaving_the_file_ends_its_reading() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def endless(path: str, limit: int, waiting: Waiting) -> Content:
        loop.call_soon_threadsafe(begun.set)
        try:
            while True:
                waiting.check()
        finally:
            loop.call_soon_threadsafe(ended.set)

    app = app_of(read=(endless, endless))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("f", "enter")
        await asyncio.wait_for(begun.wait(), 10)
        await pilot.press("escape")
        await asyncio.wait_for(ended.wait(), 10)


async def test_what_differs_in_its_time_only_is_counted_and_shown_on_demand() -> None:
    first = image_of(tar(file("built", b"1", mtime=1), file("other", b"1")))
    second = image_of(tar(file("built", b"1", mtime=2), file("other", b"2")))
    app = app_of(compare_images([Compared("one", first), Compared("two", second)]))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "~ 1 modified  ~ 1 time only  0 B  t shows them" in screen_text(pilot)
        assert "built" not in screen_text(pilot)
        await pilot.press("t")
        await pilot.pause()
        row = next(line for line in screen_text(pilot).splitlines() if "built" in line)
        assert "time only" in row
        assert "t shows them" not in screen_text(pilot)


async def test_images_that_differ_in_times_only_say_so() -> None:
    first, second = (image_of(tar(file("built", b"1", mtime=time))) for time in (1, 2))
    app = app_of(compare_images([Compared("one", first), Compared("two", second)]))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "Nothing but times differs: t shows them" in screen_text(pilot)
