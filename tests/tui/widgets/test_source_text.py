from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from stepper.tui.widgets.source_text import DisplayLine, SourceSpan, SourceText, SpanRole, lex

LINE = st.text(st.characters(codec="utf-8", exclude_characters="\n") | st.sampled_from("\t漢\x1b"), max_size=40)


@given(LINE)
@settings(max_examples=200)
def test_every_character_of_a_line_has_its_place_on_the_screen(raw: str) -> None:
    line = DisplayLine(raw)
    places = [line.shown(index) for index in range(len(raw) + 1)]
    assert places == sorted(places)
    assert places[-1] == len(line.text)
    assert [line.original(place) for place in places] == list(range(len(raw) + 1))
    assert line.width == cell_len(line.text)
    assert "\t" not in line.text
    assert line.text.isprintable()


def test_a_tab_reaches_to_the_next_stop_counted_in_cells() -> None:
    assert DisplayLine("漢字\tx").text == "漢字    x"
    assert DisplayLine("\tx").text == "        x"


def test_our_spans_lie_over_those_of_pygments_and_move_with_tabs() -> None:
    text = SourceText(["FROM\talpine AS x"], [SourceSpan(1, 15, 16, SpanRole.STAGE)])
    assert text.roles(1)[0] == (0, 4, SpanRole.KEYWORD)
    assert text.roles(1)[-1] == (18, 19, SpanRole.STAGE)


def test_pygments_colours_the_shell_code_of_run() -> None:
    roles = lex('RUN echo "$HOME"\n# done\nENV A=1')
    assert (0, 3, SpanRole.KEYWORD) in roles[1]
    assert (4, 8, SpanRole.BUILTIN) in roles[1]
    assert (10, 15, SpanRole.VARIABLE) in roles[1]
    assert roles[2] == [(0, 6, SpanRole.COMMENT)]
    assert (0, 3, SpanRole.KEYWORD) in roles[3]


@given(st.lists(LINE, max_size=6))
@settings(max_examples=50, deadline=None)
def test_no_text_stops_the_colouring(lines: list[str]) -> None:
    text = SourceText(lines)
    for number, line in enumerate(text.lines, 1):
        assert all(0 <= start <= end <= len(line.text) for start, end, _ in text.roles(number))
