"""Lines of a report: opening, choosing, staying where one was."""

import pytest

from stepper.tui.widgets.report_view import Part, ReportView, Row
from stepper.tui.widgets.size_bar import size_bar
from tests.tui.widgets.harness import shown

ROWS = (
    Row("head", (Part("Waste", "heading"),)),
    Row("pair", (Part("a pair"),), None, (Row("f1", (Part("/1\x1b[31m"),), "one"), Row("f2", (Part("/two"),), "two"))),
    Row("last", (Part("the last"),), "last"),
)


async def test_enter_opens_a_line_that_leads_nowhere_and_chooses_one_that_does() -> None:
    view = ReportView()
    async with shown(view) as screen:
        view.show(ROWS)
        await screen.press("down", "enter")
        assert screen.lines[:5] == [" Waste", "›▾ a pair", "   /1\\x1b[31m", "   /two", " the last"]
        await screen.press("down", "down", "enter")
        assert [message.target for message in screen.messages(ReportView.Chosen)] == ["two"]
        await screen.press("left", "left")
        assert screen.lines[:3] == [" Waste", "›▸ a pair", " the last"]


async def test_other_lines_keep_the_cursor_and_what_is_open_by_their_keys() -> None:
    view = ReportView()
    async with shown(view) as screen:
        view.show(ROWS)
        view.open_all()
        await screen.press("end")
        view.show([ROWS[0], Row("new", (Part("new"),)), *ROWS[1:]])
        await screen.pilot.pause()
        assert screen.lines[1:6] == [" new", " ▾ a pair", "   /1\\x1b[31m", "   /two", "›the last"]


async def test_a_click_on_the_arrow_opens_and_a_double_click_chooses() -> None:
    view = ReportView()
    async with shown(view) as screen:
        view.show(ROWS)
        await screen.pilot.pause()
        await screen.click(1, 1)
        assert "▾ a pair" in screen.lines[1]
        await screen.click(4, 4, times=2)
        assert [message.target for message in screen.messages(ReportView.Chosen)] == ["last"]


async def test_without_lines_it_says_why_and_no_key_is_too_much() -> None:
    view = ReportView()
    async with shown(view) as screen:
        view.show((), nothing="Nothing yet")
        await screen.press("enter", "left", "right", "space", "down", "end")
        assert screen.lines[0] == " Nothing yet"


@pytest.mark.parametrize(
    ("size", "largest", "bar"),
    [(0, 10, "····"), (1, 1000, "█···"), (5, 10, "██··"), (10, 10, "████"), (0, 0, "····"), (3, 0, "····")],
)
def test_a_bar_shows_that_there_is_something_however_little(size: int, largest: int, bar: str) -> None:
    assert size_bar(size, largest, 4) == bar


async def test_only_what_does_not_fit_can_be_scrolled_to_also_once_the_view_is_narrower() -> None:
    view = ReportView()
    async with shown(view) as screen:
        view.show([Row("long", (Part("x" * 50 + "end"),))])
        await screen.until(lambda: "end" in screen.lines[0])
        assert view.virtual_size.width == 0
        await screen.pilot.resize_terminal(40, 10)
        await screen.until(lambda: view.max_scroll_x > 0)
        view.scroll_to(x=view.max_scroll_x, animate=False)
        await screen.until(lambda: "end" in screen.lines[0])
