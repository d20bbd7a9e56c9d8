from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.tui.widgets.marks import Mark
from stepper.tui.widgets.stage_lanes import MOST_LANES, stage_lanes
from stepper.tui.widgets.stage_list import StageItem, StageList
from tests.tui.widgets.harness import shown

ITEMS = (
    StageItem(0, "builder", Mark.DONE, "+162 MB", progress=(4, 6)),
    StageItem(1, "prod", Mark.NEXT, builds_on=(0,), current=True, target=True),
    StageItem(2, "lint", Mark.NOT_NEEDED, needed=False),
)


def view() -> StageList:
    stages = StageList()
    stages.show(ITEMS)
    return stages


async def test_stages_show_how_they_stand_and_who_builds_on_whom() -> None:
    async with shown(view(), size=(24, 6)) as screen:
        assert screen.full_lines[:4] == [
            "›✔ builder      +162 MB ",
            " │  4 of 6              ",
            " └▶ prod ⚑              ",
            " · lint      not needed ",
        ]


async def test_keys_move_by_stage_and_select() -> None:
    stages = view()
    async with shown(stages, size=(24, 6)) as screen:
        await screen.press("down")
        assert (stages.cursor_stage, screen.lines[2]) == (1, "›└▶ prod ⚑")
        await screen.press("j", "j", "enter", "up", "k", "k", "end", "home")
        assert [message.index for message in screen.messages(StageList.StageSelected)] == [2]
        assert [message.index for message in screen.messages(StageList.StageHighlighted)] == [1, 2, 1, 0, 2, 0]


async def test_a_click_on_either_line_of_a_stage_is_on_the_stage() -> None:
    stages = view()
    async with shown(stages, size=(24, 6)) as screen:
        await screen.click(5, 3)
        assert stages.cursor_stage == 2
        await screen.click(5, 1, times=2)
        assert stages.cursor_stage == 0
        assert [message.index for message in screen.messages(StageList.StageSelected)] == [0]


async def test_the_cursor_stays_on_its_stage_when_progress_changes() -> None:
    stages = view()
    async with shown(stages, size=(24, 6)) as screen:
        stages.cursor_stage = 2
        stages.show((StageItem(0, "builder", Mark.DONE, "+162 MB"), *ITEMS[1:]))
        await screen.pilot.pause()
        assert (stages.cursor_stage, screen.lines[2]) == (2, "›· lint      not needed")
        stages.show(ITEMS[:1])
        assert stages.cursor_stage == 0
        stages.show(())
        await screen.press("down", "enter")
        assert stages.cursor_stage == 0


async def test_long_names_scroll_sideways() -> None:
    stages = StageList()
    stages.show([StageItem(0, "a-very-long-name-of-a-stage", Mark.DONE, "+162 MB")])
    async with shown(stages, size=(20, 4)) as screen:
        assert screen.lines[0] == "›✔ a-very-long-name-"
        await screen.press("right", "right", "right")
        assert screen.lines[0].endswith("+162 MB")


async def test_it_paints_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with shown(view(), size=(24, 6)) as screen:
        assert screen.lines[3] == " · lint      not needed"


@pytest.mark.parametrize(
    ("builds_on", "drawn"),
    [
        ([(), ()], ["o", "o"]),
        ([(), (0,)], ["o", "└o"]),
        ([(), (0,), (0,)], ["o", "├o", "└o"]),
        ([(), (), (0, 1)], ["o", "│o", "└┴o"]),
        ([(), (0,), (1,)], ["o", "└o", " └o"]),
        ([(), (0,), (0,), (1, 2)], ["o", "├o", "└│o", " └┴o"]),
        ([(), (), (), (0, 2), (0, 1, 2)], ["o", "│o", "││o", "├│┼o", "└┴┴o"]),
    ],
)
def test_lanes_join_a_stage_to_those_it_uses(builds_on: list[tuple[int, ...]], drawn: list[str]) -> None:
    assert [before + "o" for before, _ in stage_lanes(builds_on)] == drawn


@given(st.lists(st.sets(st.integers(0, 12), max_size=3), max_size=13))
@settings(max_examples=200)
def test_lanes_of_any_graph_are_narrow_and_meet(uses: list[set[int]]) -> None:
    rows = stage_lanes([tuple(each) for each in uses])
    for (_, below), (before, _) in pairwise(rows):
        assert len(before) <= MOST_LANES
        assert len(below) <= MOST_LANES + 1
        if "…" in before + below:
            continue
        for column, sign in enumerate(before):
            if sign in "│├└┼┴":
                assert below[column] == "│"
    for stage, (before, _) in enumerate(rows):
        if any(used < stage for used in uses[stage]) and "…" not in before:
            assert set(before) & set("├└")
