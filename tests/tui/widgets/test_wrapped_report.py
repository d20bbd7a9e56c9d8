"""Lines of a report that are wrapped at words."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from stepper.tui.widgets.report_view import Part, Row
from stepper.tui.widgets.wrapped_report import WrappedReport, wrapped


def texts(row: Row, room: int) -> list[str]:
    return ["".join(part.text for part in line.parts) for line in wrapped(row, room)]


def test_a_line_that_fits_stays_as_it_is() -> None:
    row = Row("k", (Part("one "), Part("two", "muted")), target="there")
    assert list(wrapped(row, 20)) == [row._replace(parts=(Part("one "), Part("two", "muted")))]


def test_a_long_line_goes_on_indented_at_a_word() -> None:
    row = Row("k", (Part("run, because the file "), Part("src/main.go", "warning"), Part(" changed")))
    assert texts(row, 24) == ["run, because the file", "  src/main.go changed"]
    assert texts(row, 21) == ["run, because the file", "  src/main.go changed"]


def test_further_lines_lead_where_the_line_leads() -> None:
    row = Row("k", (Part("aaaa bbbb cccc dddd eeee ffff gggg"),), target="there")
    assert {line.target for line in wrapped(row, 16)} == {"there"}
    assert len({line.key for line in wrapped(row, 16)}) == len(texts(row, 16))


def test_what_is_below_a_line_that_opens_is_wrapped_too() -> None:
    child = Row("c", (Part("aaaa bbbb cccc dddd eeee ffff gggg"),))
    (row,) = wrapped(Row("k", (Part("a heading that is longer than the room"),), None, (child,)), 18)
    assert len(row.children) == 3


@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=30), max_size=6), st.integers(16, 40))
def test_no_line_is_wider_than_the_room_and_no_word_is_lost(parts: list[str], room: int) -> None:
    lines = texts(Row("k", tuple(map(Part, parts))), room)
    assert all(cell_len(line) <= room for line in lines)
    kept = "".join(lines).replace(" ", "")
    assert kept == "".join(part for part in map(_shown, parts)).replace(" ", "")


def _shown(text: str) -> str:
    return "".join("".join(part.text for part in line.parts) for line in wrapped(Row("k", (Part(text),)), 10_000))


class Hidden(App[None]):
    """A report that is not laid out until it is displayed."""

    def compose(self) -> ComposeResult:
        report = WrappedReport()
        report.display = False
        yield report


async def test_lines_wait_for_the_width_that_they_are_wrapped_to() -> None:
    row = Row("k", (Part("a line that is longer than the narrowest of all"),))
    async with Hidden().run_test(size=(60, 5)) as pilot:
        report = pilot.app.query_one(WrappedReport)
        report.display = True
        report.show([row])
        assert report.rows == ()
        await pilot.pause()
        assert report.rows == tuple(wrapped(row, 59))
        assert len(report.rows) == 1
