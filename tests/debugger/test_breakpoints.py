"""Breakpoints: where they can stand, how they follow their lines, and that they are kept."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.debugger.breakpoint import AtLine, Breakpoint
from stepper.debugger.breakpoint_store import BreakpointStore
from stepper.debugger.breakpoint_words import parse_breakpoint
from stepper.debugger.line_map import LineMap
from stepper.folders import state_folder
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged

TEXT = """\
FROM busybox

# comment
RUN one \\
  && two
ENV A=1
"""


def lines(debugged: Debugged) -> list[int | None]:
    return [point.line for point in debugged.state.breakpoints]


def test_a_breakpoint_stands_at_the_first_line_of_its_instruction(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.breakpoints.toggle(5)
    assert lines(debugged) == [4]
    debugged.session.breakpoints.toggle(4)
    assert lines(debugged) == []


@pytest.mark.parametrize("line", [0, 2, 3, 7, 100])
def test_where_no_instruction_is_there_is_no_breakpoint(debug: Debug, line: int) -> None:
    debugged = debug(TEXT)
    debugged.session.breakpoints.toggle(line)
    assert lines(debugged) == []


def test_breakpoints_are_in_the_order_of_their_lines_and_all_can_be_removed(debug: Debug) -> None:
    debugged = debug(TEXT)
    for line in (6, 1, 4):
        debugged.session.breakpoints.toggle(line)
    assert lines(debugged) == [1, 4, 6]
    debugged.session.breakpoints.clear()
    assert lines(debugged) == []


def test_of_equal_breakpoints_there_is_one(debug: Debug) -> None:
    debugged = debug(TEXT)
    breakpoints = debugged.session.breakpoints
    first = breakpoints.add(parse_breakpoint("4"))
    breakpoints.enable(first.id, False)
    again = breakpoints.add(parse_breakpoint("4"))
    other = breakpoints.add(parse_breakpoint("4 if cached"))
    assert [(point.id, point.enabled) for point in debugged.state.breakpoints] == [(again.id, True), (other.id, True)]
    breakpoints.edit(other.id, parse_breakpoint("4"))
    assert [point.id for point in debugged.state.breakpoints] == [other.id]


def test_breakpoints_are_kept_for_the_next_session(debug: Debug) -> None:
    first = debug(TEXT)
    first.session.breakpoints.toggle(4)
    first.session.breakpoints.toggle(6)
    first.session.breakpoints.enable(first.state.breakpoints[1].id, False)
    kept = [(point.line, point.enabled) for point in debug(TEXT).state.breakpoints]
    assert kept == [(4, True), (6, False)]


def test_breakpoints_find_their_lines_after_an_edit_between_two_sessions(debug: Debug) -> None:
    debug(TEXT).session.breakpoints.toggle(6)
    assert lines(debug("# one\n# two\n" + TEXT)) == [8]


def test_breakpoints_move_along_in_a_reload(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.breakpoints.toggle(4)
    debugged.session.breakpoints.toggle(6)
    debugged.write(TEXT.replace("# comment\n", "# comment\nRUN zero\n\n"))
    debugged.session.reload()
    assert lines(debugged) == [6, 8]


def test_a_breakpoint_stays_at_a_line_that_is_rewritten(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.breakpoints.toggle(6)
    debugged.write("# new\n" + TEXT.replace("ENV A=1", "ENV B=2"))
    debugged.session.reload()
    assert lines(debugged) == [7]


def test_a_breakpoint_goes_with_its_instruction(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.breakpoints.toggle(6)
    debugged.write(TEXT.replace("ENV A=1\n", ""))
    debugged.session.reload()
    assert lines(debugged) == []


def test_a_mistake_in_the_file_loses_no_breakpoint(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.breakpoints.toggle(6)
    debugged.write("# one\nFRMO\n" + TEXT)
    debugged.session.reload()
    debugged.write("# one\n" + TEXT)
    debugged.session.reload()
    assert lines(debugged) == [7]


def test_the_text_of_the_dockerfile_is_not_kept(debug: Debug) -> None:
    debugged = debug("FROM busybox\nENV PASSWORD=hunter2\n")
    debugged.session.breakpoints.toggle(2)
    (kept,) = (state_folder() / "breakpoints").iterdir()
    assert "hunter2" not in kept.read_text()


def test_a_dockerfile_without_breakpoints_leaves_no_file(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.breakpoints.toggle(4)
    debugged.session.breakpoints.toggle(4)
    assert list((state_folder() / "breakpoints").iterdir()) == []


def test_a_damaged_file_counts_as_none(tmp_path: Path) -> None:
    store = BreakpointStore(tmp_path)
    store.save(tmp_path / "Dockerfile", ["FROM x"], [Breakpoint(AtLine(1))])
    (kept,) = tmp_path.iterdir()
    for damaged in ("", "{", "[]", json.dumps({"digests": 1, "breakpoints": [{}]})):
        kept.write_text(damaged)
        assert store.load(tmp_path / "Dockerfile", ["FROM x"]) == ()


def test_a_disk_that_refuses_is_told_and_the_breakpoint_counts(debug: Debug) -> None:
    debugged = debug(TEXT)
    (state_folder() / "breakpoints").write_text("in the way")
    debugged.session.breakpoints.toggle(4)
    assert lines(debugged) == [4]
    assert debugged.notices()[0].startswith("the breakpoints could not be saved")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcdx"), max_size=12))
def test_a_moved_line_has_the_same_text_or_takes_the_place_of_one_that_is_gone(old: list[str], new: list[str]) -> None:
    moved = LineMap(old, new)
    targets = [moved.line(number) for number in range(1, len(old) + 1)]
    found = [target for target in targets if target is not None]
    assert found == sorted(found)
    assert all(1 <= target <= len(new) for target in found)
    if old == new:
        assert targets == list(range(1, len(old) + 1))
