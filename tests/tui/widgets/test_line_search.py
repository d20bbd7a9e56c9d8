from stepper.tui.widgets.line_search import LineSearch


def test_places_are_found_in_any_case_and_several_in_a_line() -> None:
    search = LineSearch(["Run run", "", "RUN"], "run")
    assert search.count == 3
    assert search.in_line(1) == [(0, 3), (4, 7)]
    assert search.in_line(2) == ()


def test_the_next_and_the_last_line_go_around_the_ends() -> None:
    search = LineSearch(["x", "a", "x", "x"], "x")
    assert [search.line_after(line) for line in (1, 2, 4)] == [3, 3, 1]
    assert [search.line_before(line) for line in (1, 2, 4)] == [4, 1, 3]


def test_nothing_is_found_without_a_query_or_without_a_match() -> None:
    for search in (LineSearch(), LineSearch(["a"]), LineSearch(["a"], "b")):
        assert (search.count, search.line_after(1), search.line_before(1)) == (0, None, None)
