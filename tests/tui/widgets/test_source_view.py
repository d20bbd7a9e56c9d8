import pytest

from stepper.tui.widgets.marks import Mark
from stepper.tui.widgets.source_text import SourceSpan, SpanRole
from stepper.tui.widgets.source_view import LEXED_AT_ONCE, BreakpointMark, LineMark, PositionKind, SourceView
from tests.tui.widgets.harness import Shown, shown

TEXT = """\
# syntax=docker/dockerfile:1
FROM golang:1.22 AS builder

RUN apk add \\
  # why
  git
COPY . .
FROM alpine
RUN <<EOF
\techo hi
EOF
CMD ["/app"]"""
DOCKERFILE = TEXT.split("\n")
EXTENTS = [(2, 2), (4, 6), (7, 7), (8, 8), (9, 11), (12, 12)]


def view() -> SourceView:
    source = SourceView()
    source.show(DOCKERFILE, extents=EXTENTS, spans=[SourceSpan(2, 20, 27, SpanRole.STAGE)])
    return source


def styles_at(shown_view: Shown, x: int, y: int) -> tuple[str, bool]:
    """The background and whether it is underlined, at a cell of the screen."""
    style = shown_view.pilot.app.screen.get_style_at(x, y)
    return str(style.bgcolor), bool(style.underline)


async def test_lines_stand_beside_their_numbers() -> None:
    async with shown(view(), size=(40, 14)) as screen:
        assert screen.lines[1] == "    2   FROM golang:1.22 AS builder"
        assert screen.lines[11] == '   12   CMD ["/app"]'


async def test_the_gutter_shows_breakpoint_and_status_and_the_edge_the_notes() -> None:
    source = view()
    async with shown(source, size=(60, 14)) as screen:
        source.set_marks(
            {
                2: LineMark(status=Mark.DONE, notes=("3.1s", "235 MB")),
                4: LineMark(BreakpointMark.ON, Mark.CACHED, ("+14 MB",)),
                7: LineMark(BreakpointMark.DISABLED, Mark.FAILED),
                8: LineMark(notes=("10.5s", "0 B")),
            }
        )
        await screen.pilot.pause()
        assert screen.full_lines[1] == "    2 ✔ FROM golang:1.22 AS builder             3.1s 235 MB "
        assert screen.full_lines[3] == " ●  4 ≡ RUN apk add \\                                +14 MB "
        assert screen.lines[6] == " ○  7 ✖ COPY . ."
        assert screen.full_lines[7] == "    8   FROM alpine                            10.5s    0 B "


@pytest.mark.parametrize(
    ("kind", "symbol"),
    [(PositionKind.NEXT, "▶"), (PositionKind.RUNNING, "»"), (PositionKind.FAILED, "✖")],
)
async def test_the_position_is_told_by_a_symbol(kind: PositionKind, symbol: str) -> None:
    source = view()
    source.set_position((4, 6), kind)
    async with shown(source, size=(40, 14)) as screen:
        assert screen.lines[3] == f"    4 {symbol} RUN apk add \\"
        assert len({styles_at(screen, 20, y) for y in (3, 4, 5)}) == 1
        assert styles_at(screen, 20, 3) != styles_at(screen, 20, 6)


async def test_the_cursor_moves_by_line_and_marks_its_whole_instruction() -> None:
    source = view()
    async with shown(source, size=(40, 14)) as screen:
        await screen.press("down", "j", "down", "down")
        assert source.cursor_line == 5
        assert [line[0] for line in screen.full_lines[2:7]] == [" ", "▏", "▌", "▏", " "]
        await screen.press("k", "up", "up", "up", "up", "up")
        assert source.cursor_line == 1
        assert [message.line for message in screen.messages(SourceView.CursorMoved)][:4] == [2, 3, 4, 5]


async def test_page_home_and_end_move_the_cursor_and_the_view() -> None:
    source = SourceView()
    source.show([f"RUN {number}" for number in range(1, 101)])
    async with shown(source, size=(40, 10)) as screen:
        await screen.press("end")
        assert source.cursor_line == 100
        assert screen.lines[9].endswith("100   RUN 100")
        await screen.press("pageup")
        assert source.cursor_line == 91
        await screen.press("home")
        assert (source.cursor_line, screen.lines[0]) == (1, "▌    1   RUN 1")
        source.move_to(50)
        await screen.pilot.pause()
        assert screen.lines[5].startswith("▌   50   RUN 50 ")


async def test_enter_and_a_double_click_activate_the_line() -> None:
    source = view()
    async with shown(source) as screen:
        await screen.press("down", "enter")
        await screen.click(20, 6, times=2)
        assert [message.line for message in screen.messages(SourceView.LineActivated)] == [2, 7]
        assert source.cursor_line == 7


async def test_a_click_in_the_gutter_tells_the_line_and_leaves_the_cursor() -> None:
    source = SourceView()
    source.show([f"RUN {number} {'x' * 200}" for number in range(1, 101)])
    async with shown(source, size=(40, 10)) as screen:
        await screen.click(1, 3)
        source.scroll_to(x=50, y=20, animate=False)
        await screen.pilot.pause()
        await screen.click(4, 2)
        assert [message.line for message in screen.messages(SourceView.GutterClicked)] == [4, 23]
        assert source.cursor_line == 1


async def test_an_error_shows_its_message_at_its_line() -> None:
    source = view()
    source.set_error(7, "no such file")
    async with shown(source, size=(60, 14)) as screen:
        assert screen.lines[6] == "    7 ✖ COPY . .  ◂ no such file"
        source.set_error(None)
        await screen.pilot.pause()
        assert screen.lines[6] == "    7   COPY . ."


async def test_a_long_line_scrolls_under_notes_and_gutter() -> None:
    source = SourceView()
    source.show(["RUN " + "0123456789" * 8])
    source.set_marks({1: LineMark(notes=("3.1s", "+14 MB"))})
    async with shown(source, size=(50, 5)) as screen:
        assert (
            screen.full_lines[0]
            == "▌   1   RUN 0123456789012345678901234… 3.1s +14 MB "[:8] + "RUN 012345678901234567890123… 3.1s +14 MB "
        )
        await screen.press("right")
        assert screen.full_lines[0] == "▌   1   4567890123456789012345678901… 3.1s +14 MB "


async def test_there_is_a_bar_to_scroll_sideways_only_where_a_line_needs_it() -> None:
    source = SourceView()
    source.show(["# a comment that is just as wide as this", "RUN make"])
    source.set_marks({2: LineMark(notes=("3.1s", "+14.2 MB"))})
    async with shown(source, size=(48, 5)) as screen:
        assert not source.show_horizontal_scrollbar
        source.set_marks({1: LineMark(notes=("3.1s",))})
        await screen.pilot.pause()
        assert source.show_horizontal_scrollbar


async def test_notes_give_way_where_there_is_no_room() -> None:
    source = SourceView()
    source.show(["RUN make all"])
    source.set_marks({1: LineMark(notes=("3.1s", "+14.2 MB"))})
    async with shown(source, size=(30, 5)) as screen:
        assert screen.full_lines[0] == "▌   1   RUN make all +14.2 MB "
    source = SourceView()
    source.show(["RUN make all"])
    source.set_marks({1: LineMark(notes=("3.1s", "+14.2 MB"))})
    async with shown(source, size=(24, 5)) as screen:
        assert screen.full_lines[0] == "▌   1   RUN make all    "


async def test_wide_characters_and_tabs_are_cut_without_garbling() -> None:
    source = SourceView()
    source.show(["RUN 漢字漢字漢字漢字漢字漢字", "a\tb\x1bc\u200f"])
    async with shown(source, size=(20, 5)) as screen:
        assert screen.lines[1] == "    2   a       b␛c\ufffd"
        for scroll in range(12):
            source.scroll_to(x=scroll, animate=False)
            await screen.pilot.pause()
            assert all(strip.cell_length == 20 for strip in screen.pilot.app.screen._compositor.render_strips())


async def test_search_marks_every_place_and_walks_around() -> None:
    source = view()
    async with shown(source) as screen:
        assert source.find("RUN") == 2
        assert source.cursor_line == 4
        source.find_next()
        assert source.cursor_line == 9
        source.find_next()
        assert source.cursor_line == 4
        source.find_previous()
        assert source.cursor_line == 9
        await screen.pilot.pause()
        assert styles_at(screen, 9, 8)[1]
        assert styles_at(screen, 9, 3)[1]
        source.clear_find()
        await screen.pilot.pause()
        assert not styles_at(screen, 9, 3)[1]
        assert source.find("nowhere") == 0


async def test_selected_text_is_the_file_with_its_tabs() -> None:
    source = view()
    async with shown(source) as screen:
        app = screen.pilot.app
        await screen.pilot.mouse_down(offset=(8, 8))
        await screen.pilot.hover(offset=(40, 9))
        await screen.pilot.mouse_up(offset=(40, 9))
        await screen.pilot.pause()
        assert app.screen.get_selected_text() == "RUN <<EOF\n\techo hi"


async def test_marks_stay_when_the_file_is_shown_again() -> None:
    source = view()
    source.set_marks({2: LineMark(status=Mark.DONE)})
    source.set_position((7, 7))
    async with shown(source, size=(40, 20)) as screen:
        source.cursor_line = 12
        source.show(DOCKERFILE[:8], extents=EXTENTS[:4])
        await screen.pilot.pause()
        assert source.cursor_line == 8
        assert screen.lines[1].startswith("    2 ✔")
        assert screen.lines[6].startswith("    7 ▶")


async def test_a_large_file_is_there_at_once_and_coloured_soon_after() -> None:
    source = SourceView()
    source.show(["RUN echo 'hello'"] * (LEXED_AT_ONCE + 1))
    async with shown(source, size=(40, 10)) as screen:
        assert screen.lines[3] == "     4   RUN echo 'hello'"

        def keyword_is_bold() -> bool:
            return bool(screen.pilot.app.screen.get_style_at(9, 3).bold)

        await screen.until(keyword_is_bold)


async def test_an_empty_file_says_so() -> None:
    source = SourceView()
    source.placeholder = "No Dockerfile"
    source.show([])
    async with shown(source) as screen:
        await screen.press("down", "end", "enter", "pageup")
        assert screen.lines[0].strip() == "No Dockerfile"
        assert source.find("x") == 0


async def test_it_paints_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    source = view()
    source.set_position((9, 11), PositionKind.FAILED)
    source.set_marks({9: LineMark(BreakpointMark.ON, Mark.FAILED, ("1s",), dimmed=True)})
    source.set_error(7, "wrong")
    source.find("RUN")
    async with shown(source) as screen:
        assert screen.lines[8].startswith(" ●  9 ✖ RUN <<EOF")
