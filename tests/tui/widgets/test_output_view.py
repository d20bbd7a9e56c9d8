import pytest
from textual.events import MouseScrollUp

from stepper.tui.widgets.output_store import OutputStore
from stepper.tui.widgets.output_view import OutputView
from tests.tui.widgets.harness import Shown, shown


def numbered(start: int, end: int) -> bytes:
    return b"".join(b"line %d\n" % number for number in range(start, end))


def store_of(data: bytes) -> OutputStore:
    store = OutputStore()
    store.append(data)
    return store


async def test_the_newest_line_stays_in_sight_while_output_comes() -> None:
    view, store = OutputView(), store_of(numbered(0, 100))
    async with shown(view, size=(40, 10)) as screen:
        view.show(store)
        await screen.pilot.pause()
        assert screen.lines[9].startswith("line 99")
        store.append(numbered(100, 200) + b"not ended")
        await screen.until(lambda: screen.lines[9].startswith("not ended"))
        store.append(b" yet")
        await screen.until(lambda: screen.lines[9].startswith("not ended yet"))
        assert view.following


async def test_scrolling_up_keeps_the_view_still_and_the_end_follows_again() -> None:
    view, store = OutputView(), store_of(numbered(0, 100))
    async with shown(view, size=(40, 10)) as screen:
        view.show(store)
        await screen.press("pageup")
        await screen.until(lambda: screen.lines[0].startswith("line 81"))
        store.append(numbered(100, 200))
        await screen.until(lambda: view.row_count == 200)
        await screen.pilot.pause()
        assert screen.lines[0].startswith("line 81")
        assert not view.following
        await screen.press("end")
        await screen.until(lambda: screen.lines[9].startswith("line 199"))
        assert view.following
        store.append(numbered(200, 300))
        await screen.until(lambda: screen.lines[9].startswith("line 299"))
        assert [message.following for message in screen.messages(OutputView.FollowChanged)] == [False, True]


@pytest.mark.parametrize(
    ("keys", "top"),
    [("home", "line 0"), ("home,j", "line 1"), ("home,down,k", "line 0"), ("home,pagedown", "line 9")],
)
async def test_keys_scroll_at_once(keys: str, top: str) -> None:
    view = OutputView()
    view.show(store_of(numbered(0, 100)))
    async with shown(view, size=(40, 10)) as screen:
        await screen.press(*keys.split(","))
        assert screen.lines[0].split("  ")[0] == top


async def test_the_wheel_scrolls_and_ends_following() -> None:
    view = OutputView()
    view.show(store_of(numbered(0, 100)))
    async with shown(view, size=(40, 10)) as screen:
        view.post_message(MouseScrollUp(view, 1, 1, 0, 0, 0, False, False, False))
        await screen.until(lambda: not view.following)
        view.follow()
        await screen.pilot.pause()
        assert screen.lines[9].startswith("line 99")


async def test_the_end_stays_in_sight_when_the_size_changes() -> None:
    view = OutputView()
    view.show(store_of(numbered(0, 100)))
    async with shown(view, size=(40, 20)) as screen:
        for height in (8, 15):
            await screen.pilot.resize_terminal(40, height)
            await screen.pilot.pause()
            assert screen.lines[height - 1].startswith("line 99")
        assert view.following


async def test_every_step_has_output_of_its_own() -> None:
    view, first, second = OutputView(), store_of(numbered(0, 100)), store_of(b"other\n")
    async with shown(view, size=(40, 10)) as screen:
        view.show(first)
        await screen.press("home")
        view.show(second)
        await screen.pilot.pause()
        assert screen.lines == ["other"] + [""] * 9
        view.show(first)
        await screen.pilot.pause()
        assert screen.lines[9].startswith("line 99")
        view.show(None)
        view.placeholder = "Not run yet"
        await screen.pilot.pause()
        assert screen.lines[0] == " Not run yet"


async def test_output_that_comes_after_a_pause_still_shows() -> None:
    view, store = OutputView(), store_of(b"")
    async with shown(view, size=(40, 10)) as screen:
        view.show(store)
        await screen.pilot.pause(0.3)
        store.append(b"late\n")
        await screen.until(lambda: screen.lines[0] == "late")
        store.finish()


async def test_colours_survive_and_tabs_are_widened() -> None:
    view = OutputView()
    view.show(store_of(b"\x1b[1;31mred\x1b[0m\tplain \xe6\xbc\xa2\tx\n"))
    async with shown(view, size=(40, 5)) as screen:
        assert screen.lines[0] == "red     plain 漢        x"
        assert screen.pilot.app.screen.get_style_at(1, 0).bold
        assert not screen.pilot.app.screen.get_style_at(9, 0).bold


async def test_long_lines_scroll_sideways() -> None:
    view = OutputView()
    view.show(store_of(b"0123456789" * 10 + b"\n" + numbered(0, 3)))
    async with shown(view, size=(40, 10)) as screen:
        await screen.press("right")
        assert screen.lines[0].startswith("89012345")
        await screen.press(*["right"] * 20)
        assert screen.lines[0].endswith("56789")
        await screen.press(*["left"] * 20)
        assert screen.lines[0].startswith("01234567")


async def test_search_goes_from_match_to_match_and_marks_them() -> None:
    view = OutputView()
    view.show(store_of(numbered(0, 50) + b"An \x1b[31mErr\x1b[0mor\n" + numbered(50, 100) + b"error again\nend\n"))
    async with shown(view, size=(40, 10)) as screen:
        assert await view.find("error") == 2
        await screen.pilot.pause()
        assert view.match_place == (2, 2)
        assert underlined(screen, "error again")
        view.find_next()
        await screen.pilot.pause()
        assert view.match_place == (1, 2)
        assert underlined(screen, "An Error")
        view.find_previous()
        assert view.match_place == (2, 2)
        assert not view.following
        assert await view.find("nowhere") == 0
        view.clear_find()
        await screen.pilot.pause()
        assert not underlined(screen, "error again")


def underlined(screen: Shown, line: str) -> bool:
    row = next(row for row, text in enumerate(screen.lines) if text.startswith(line))
    column = line.lower().index("error")
    return bool(screen.pilot.app.screen.get_style_at(column, row).underline)


async def test_selected_output_is_copied_as_plain_text() -> None:
    view = OutputView()
    view.show(store_of(b"one\n\x1b[32mtwo\x1b[0m\tx\nthree\n"))
    async with shown(view, size=(40, 10)) as screen:
        await screen.pilot.mouse_down(offset=(1, 0))
        await screen.pilot.hover(offset=(2, 2))
        await screen.pilot.mouse_up(offset=(2, 2))
        await screen.pilot.pause()
        assert screen.pilot.app.screen.get_selected_text() == "ne\ntwo     x\nthr"


async def test_it_paints_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    view = OutputView()
    view.show(store_of(b"\x1b[31mred\x1b[0m\nplain\n"))
    async with shown(view, size=(40, 5)) as screen:
        assert screen.lines[:2] == ["red", "plain"]
