"""The line to find in a view: what is typed, and the keys between the matches, however quickly they come."""

import asyncio
from types import SimpleNamespace

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget

from stepper.tui.find_bar import FindBar
from tests.tui.harness import type_at_once, until


class Searched(Widget, can_focus=True):
    """A view that notes what it is asked for, and searches until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def find(self, text: str) -> int:
        self.calls.append(f"find {text}")
        await self.goes_on.wait()
        self.calls.append(f"found {text}")
        return 1

    def find_next(self) -> None:
        self.calls.append("next")

    def find_previous(self) -> None:
        self.calls.append("previous")

    def clear_find(self) -> None:
        self.calls.append("clear")


class FindApp(App[None]):
    """A view and the line to find in it."""

    def __init__(self, hint: str) -> None:
        super().__init__()
        self.searched = Searched()
        self.bar = FindBar(self.searched, self.searched, hint)

    def compose(self) -> ComposeResult:
        yield self.searched
        yield self.bar


@pytest.mark.parametrize("hint", ["", "*.py"])
@pytest.mark.parametrize(("key", "move"), [("down", "next"), ("up", "previous")])
async def test_a_move_right_behind_the_text_is_one_in_what_the_text_finds(hint: str, key: str, move: str) -> None:
    app = FindApp(hint)
    async with app.run_test() as pilot:
        type_at_once(pilot, *"foo", key)
        await until(pilot, lambda: move in app.searched.calls)
        assert app.searched.calls[-3:] == ["find foo", "found foo", move]


async def test_a_move_waits_for_the_search_that_goes_on() -> None:
    app = FindApp("")
    async with app.run_test() as pilot:
        app.searched.goes_on.clear()
        await pilot.press("f")
        await until(pilot, lambda: app.searched.calls == ["find f"])
        type_at_once(pilot, "down")
        for _ in range(100):
            await asyncio.sleep(0)
        app.searched.goes_on.set()
        await until(pilot, lambda: "next" in app.searched.calls)
        assert app.searched.calls == ["find f", "found f", "next"]


async def test_what_was_typed_back_while_it_was_searched_for_is_searched_for_again() -> None:
    app = FindApp("")
    async with app.run_test() as pilot:
        app.searched.goes_on.clear()
        await pilot.press("f")
        await until(pilot, lambda: app.searched.calls == ["find f"])
        await pilot.press("o")
        await until(pilot, lambda: app.searched.calls[-1] == "find fo")
        await pilot.press("backspace")
        app.searched.goes_on.set()
        await until(pilot, lambda: app.searched.calls[-1] == "found f")
        assert "found fo" not in app.searched.calls


@pytest.fixture
def typing_ends(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """A filter waits for it in place of a while in which nothing more is typed."""
    ends = asyncio.Event()

    async def wait(seconds: float) -> None:
        await ends.wait()

    monkeypatch.setattr("stepper.tui.find_bar.asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": wait}))
    return ends


async def test_a_filter_that_enter_applied_is_not_applied_again(typing_ends: asyncio.Event) -> None:
    app = FindApp("*.py")
    async with app.run_test() as pilot:
        await pilot.press("f", "enter")
        await until(pilot, lambda: app.focused is app.searched)
        typing_ends.set()
        await pilot.app.workers.wait_for_complete()
        assert app.searched.calls == ["find f", "found f"]


async def test_a_filter_that_has_ended_is_not_applied_any_more(
    typing_ends: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = FindApp("*.py")
    async with app.run_test() as pilot:
        await pilot.press("f")
        # Its removal stops the wait too, but may come later.
        monkeypatch.setattr(app.bar, "remove", lambda: None)
        await pilot.press("escape")
        typing_ends.set()
        await pilot.app.workers.wait_for_complete()
        assert app.searched.calls == ["clear"]
