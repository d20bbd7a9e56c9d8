"""Breakpoints, logpoints, watchpoints and exceptions at a RUN that is stepped into."""

import pytest

from stepper.debugger.breakpoint_words import parse_breakpoint, parse_logpoint
from stepper.debugger.state import StopReason
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import added, modified
from tests.scripted_stepped_run import ScriptedCommand

TEXT = """\
FROM busybox
RUN one && \\
    two && \\
    three
RUN after
RUN last
"""


@pytest.fixture
def inside(debug: Debug) -> Debugged:
    """A session that stands before a RUN whose second command changes /etc/passwd."""
    debugged = debug(TEXT)
    debugged.engine.on(
        "RUN one",
        commands={
            0: ScriptedCommand(changes=[added("/one", 10)], seconds=1.0),
            1: ScriptedCommand(changes=[modified("/etc/passwd", 20, was=10)], seconds=2.0),
        },
    )
    debugged.session.step_over()
    return debugged


def _add(debugged: Debugged, *written: str) -> None:
    for each in written:
        debugged.session.breakpoints.add(parse_breakpoint(each))


def _log(debugged: Debugged, *written: str) -> None:
    for each in written:
        debugged.session.breakpoints.add(parse_logpoint(each))


def _step(debugged: Debugged, times: int) -> list[str]:
    """Step into the RUN and over so many commands; where the session stood each time."""
    debugged.told()
    debugged.session.step_into()
    for _ in range(times):
        debugged.session.step_over()
    return [told for told in debugged.told() if told.startswith(("stopped", "log"))]


def test_a_watchpoint_is_told_after_the_last_command(inside: Debugged) -> None:
    _add(inside, "/etc/**")

    assert _step(inside, 3)[-1] == "stopped at 5: watchpoint (/etc/passwd modified)"
    hit = inside.state.hit
    assert hit is not None
    assert (hit.words, hit.is_after, hit.step) == ("/etc/passwd modified", True, inside.step(2))
    assert inside.state.breakpoints[0].hits == 1


def test_a_condition_about_the_layer_is_judged_once_for_the_whole_run(inside: Debugged) -> None:
    _add(inside, 'RUN if changed("/etc/**") and layer.size == 30B and seconds == 3')

    told = _step(inside, 3)

    assert told[:3] == ["stopped at 2: step"] * 3
    assert [each.partition(" (")[0] for each in told[3:]] == ["stopped at 5: breakpoint"]
    assert inside.state.breakpoints[0].hits == 1


def test_hits_count_once_for_a_run_that_is_stepped_through(inside: Debugged) -> None:
    _add(inside, "RUN hits >= 3 if seconds >= 0")
    _step(inside, 3)
    assert inside.state.breakpoints[0].hits == 1
    inside.session.resume()

    assert inside.state.breakpoints[0].hits == 3
    assert inside.state.hit is not None
    assert inside.state.hit.step == inside.step(6)


def test_logpoints_before_and_after_the_run_are_told_once(inside: Debugged) -> None:
    _log(inside, "2: begins", "2: took {seconds}")

    told = _step(inside, 3)

    assert [each for each in told if each.startswith("log")] == ["log 2 begins", "log 2 took 3.0s"]
    assert told[0] == "log 2 begins"
    assert told[-2:] == ["log 2 took 3.0s", "stopped at 5: step"]


def test_a_logpoint_is_told_of_a_run_that_fails_inside(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.engine.on("RUN one", commands={1: ScriptedCommand(exit_code=3)})
    debugged.session.step_over()
    _log(debugged, "RUN: ended with {exit_code}")

    told = _step(debugged, 2)

    assert told[-2:] == ["log 2 ended with 3", "stopped at 2: failure"]
    assert sum(each.startswith("log") for each in told) == 1


def test_continue_from_inside_goes_to_the_next_breakpoint(inside: Debugged) -> None:
    _add(inside, "5", "6")
    _step(inside, 1)
    inside.session.resume()
    assert (inside.line, inside.state.stop, inside.state.inside) == (5, StopReason.BREAKPOINT, None)
    inside.session.resume()
    assert inside.line == 6
    assert [point.hits for point in inside.state.breakpoints] == [1, 1]


def test_continue_from_inside_stops_at_a_watchpoint_that_the_rest_of_the_run_hits(inside: Debugged) -> None:
    _add(inside, "/etc/passwd", "6")
    _step(inside, 1)
    inside.session.resume()

    assert (inside.line, inside.state.stop) == (5, StopReason.WATCHPOINT)
    inside.session.resume()
    assert (inside.line, inside.state.stop) == (6, StopReason.BREAKPOINT)


@pytest.mark.parametrize("move", ["step_over", "step_out"])
def test_a_breakpoint_at_what_follows_is_told_when_the_run_ends(inside: Debugged, move: str) -> None:
    _add(inside, "5")
    _step(inside, 2)
    getattr(inside.session, move)()

    assert inside.line == 5
    assert inside.state.hit is not None
    assert inside.state.breakpoints[0].hits == 1


def test_a_breakpoint_at_the_run_itself_is_not_hit_again_by_its_commands(inside: Debugged) -> None:
    inside.session.step_back()
    _add(inside, "2")
    inside.session.resume()
    assert inside.state.breakpoints[0].hits == 1

    assert _step(inside, 3) == ["stopped at 2: step"] * 3 + ["stopped at 5: step"]
    assert inside.state.breakpoints[0].hits == 1


def test_a_run_that_is_stepped_into_is_no_cache_miss(inside: Debugged) -> None:
    _add(inside, "cache miss")

    assert _step(inside, 3)[-1] == "stopped at 5: step"


def test_what_a_shell_inside_changed_is_watched_as_well(inside: Debugged) -> None:
    _add(inside, "/by-hand")
    inside.session.step_into()
    shell = inside.session.open_shell(None, (24, 80))
    assert inside.engine.stepped is not None
    inside.engine.stepped.change(added("/by-hand", 1))
    shell.close()
    inside.session.resume()

    assert inside.state.hit is not None
    assert inside.state.hit.words == "/by-hand added"
