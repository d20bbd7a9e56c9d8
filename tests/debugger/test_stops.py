"""Where a run stops: conditions, hit counts, logpoints, watchpoints and exceptions, by the order of what is told."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from stepper.debugger.breakpoint import Breakpoint, ExceptionKind
from stepper.debugger.breakpoint_words import parse_breakpoint, parse_logpoint
from stepper.debugger.state import StopReason
from stepper.engine.step import StepId
from stepper.errors import UsageError
from stepper.image.config import ImageConfig
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import INFO, ScriptedEngine, added, deleted, file_entry, link_entry, modified

TEXT = """\
FROM busybox AS build
ARG MODE=fast
RUN one
RUN two
COPY . /src
FROM debian AS final
ENV NODE_ENV=production
RUN three
COPY --from=build /app /app
"""


@pytest.fixture
def built(debug: Debug, engine: ScriptedEngine) -> Debugged:
    """A build whose second RUN adds 60 MB in 42 seconds and changes /etc."""
    engine.image("busybox", files={"/etc/os-release": file_entry(5), "/etc/link": link_entry("os-release")})
    engine.contents["/etc/os-release"] = b"ID=x\n"
    engine.on("RUN one", changes=[added("/one", 10)], seconds=1.0)
    engine.on(
        "RUN two",
        changes=[added("/app", 60_000_000), modified("/etc/passwd", 20, was=10), added("/root/.npmrc", 3)],
        seconds=42.0,
    )
    engine.on("RUN three", changes=[deleted("/etc/motd", 3)])
    return debug(TEXT)


def stops(debugged: Debugged, *written: str) -> list[str]:
    """Where the run stops with these breakpoints, until it is at its end."""
    for each in written:
        debugged.session.breakpoints.add(parse_breakpoint(each))
    debugged.told()
    found: list[str] = []
    for _ in range(20):
        debugged.session.resume()
        found += [told.removeprefix("stopped at ") for told in debugged.told() if told.startswith("stopped")]
        if debugged.last_stop_is_end():
            return found[:-1]
    raise AssertionError("it never ended")


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ("4", ["4: breakpoint"]),
        ("stage:final", ["6: breakpoint (stage final)"]),
        ("stage:1", ["6: breakpoint (stage 1)"]),
        ("COPY", ["5: breakpoint (every COPY)", "9: breakpoint (every COPY)"]),
        ('any if stage == "build" and instruction == "RUN"', ["3", "4"]),
        ("if layer.size > 50MB", ["5"]),
        ("RUN if seconds > 30", ["5: breakpoint (every RUN if seconds > 30)"]),
        ("4 if seconds < 30", []),
        ('4 if changed("/etc/**")', ['5: breakpoint (line 4 if changed("/etc/**"))']),
        ('any if exists("/root/.npmrc")', ["5"]),
        ('RUN if exists("/one") and line == 4', ["4"]),
        ('RUN if not exists("/one")', ["3", "8"]),
        ('RUN if env.NODE_ENV == "production"', ["8"]),
        ('RUN if arg.MODE == "fast"', ["3", "4"]),
        ('any if file("/etc/link") == "ID=x\\n" and instruction == "COPY"', ["5"]),
        ('any if size("/etc/link") == 5B and instruction == "COPY"', ["5"]),
        ("any if image.size > 50MB and line == 5", ["5"]),
        ("any if layer.files == 3 and layer.added == 2 and layer.modified == 1", ["5"]),
        ("any if layer.deleted == 1", ["9"]),
        ("RUN hits 2", ["4"]),
        ("RUN hits >= 2", ["4", "8"]),
        ("RUN hits % 3", ["8"]),
        ('RUN hits 1 if stage == "final"', ["8"]),
        ("RUN if hits == 2", ["4: breakpoint (every RUN if hits == 2)"]),
        ("/etc/passwd", ["5: watchpoint (/etc/passwd modified)"]),
        ("/etc/**", ["5: watchpoint (/etc/passwd modified)", "9: watchpoint (/etc/motd deleted)"]),
        ("/root", ["5: watchpoint (/root/.npmrc added)"]),
        ("*.npmrc", ["5: watchpoint (/root/.npmrc added)"]),
        ('/etc/** if deleted("/etc/motd")', ["9"]),
        ("/nowhere", []),
        ("cache miss", ["3", "8"]),
    ],
)  # fmt: skip
def test_a_run_stops_where_it_was_asked_to(built: Debugged, written: str, where: list[str]) -> None:
    found = stops(built, written)
    assert len(found) == len(where), found
    assert all(one.startswith(other) for one, other in zip(found, where, strict=True)), found


def test_a_breakpoint_at_an_onbuild_stands_at_its_triggers_too(debug: Debug) -> None:
    text = "FROM busybox AS a\nONBUILD RUN one\nONBUILD RUN two\nFROM busybox AS b\nRUN b\nFROM a\nCOPY --from=b / /\n"
    debugged = debug(text)
    debugged.engine.info = replace(INFO, cpus=4)
    assert stops(debugged, "3 if line > 0", "6") == [
        "3: breakpoint (line 3 if line > 0)",
        "6: breakpoint",
        "6: breakpoint (line 3 if line > 0)",
    ]


@pytest.mark.parametrize(
    "written",
    ["/lib/x", "/lib", "/lib/**", "/lib/*", 'if changed("/lib/x")', 'if exists("/lib/[x]")', "/alias", "/usr/lib/x"],
)
def test_a_path_is_meant_through_the_links_that_lead_to_it(debug: Debug, engine: ScriptedEngine, written: str) -> None:
    engine.image("busybox", files={"/lib": link_entry("usr/lib"), "/alias": link_entry("lib/x")})
    engine.on("RUN one", changes=[added("/usr/lib/x", 1)])
    debugged = debug("FROM busybox\nRUN zero\nRUN one\nRUN two\n")
    found = stops(debugged, written)
    assert [each.partition(":")[0] for each in found] == ["4"]


def test_a_file_that_goes_behind_a_link_is_deleted(debug: Debug, engine: ScriptedEngine) -> None:
    engine.image("busybox", files={"/lib": link_entry("usr/lib"), "/usr/lib/x": file_entry(1)})
    engine.on("RUN one", changes=[deleted("/usr/lib/x", 1)])
    debugged = debug("FROM busybox\nRUN one\nRUN two\n")
    assert stops(debugged, "/lib/x") == ["3: watchpoint (/usr/lib/x deleted)"]


def test_the_text_of_a_step_has_its_heredocs(debug: Debug) -> None:
    debugged = debug("FROM busybox\nRUN one\nRUN <<EOF\ncurl x\nEOF\n")
    assert stops(debugged, 'if matches(text, "*curl*")') == ['3: breakpoint (any step if matches(text, "*curl*"))']


def test_a_watchpoint_at_the_last_step_stops_before_the_image_is_made(debug: Debug, engine: ScriptedEngine) -> None:
    engine.on("RUN last", changes=[added("/x", 1), added("/y", 1)])
    debugged = debug("FROM busybox\nRUN last\n")
    debugged.session.breakpoints.add(parse_breakpoint("/[xy]"))
    debugged.told()
    debugged.session.resume()
    assert debugged.told() == [
        "build started",
        "started 1",
        "finished 1",
        "started 2",
        "finished 2",
        "stopped at end: watchpoint (/x added and 1 more)",
    ]
    debugged.session.resume()
    assert debugged.told() == ["built", "stopped at end: finished"]


def test_steps_from_the_cache_count_as_well(built: Debugged) -> None:
    built.session.resume()
    built.session.restart()
    assert stops(built, "/root/.npmrc", "if cached and line == 3") == [
        "4: breakpoint (any step if cached and line == 3)",
        "5: watchpoint (/root/.npmrc added)",
    ]


def test_a_logpoint_tells_and_goes_on(built: Debugged) -> None:
    for written in ("3: before {line}", "RUN: {line} took {seconds}, {layer.size}", "RUN if cached: never"):
        built.session.breakpoints.add(parse_logpoint(written))
    built.told()
    built.session.resume()
    told = built.told()
    assert [each for each in told if each.startswith(("log", "stopped"))] == [
        "log 3 before 3",
        "log 3 3 took 1.0s, 10 B",
        "log 4 4 took 42.0s, 60.0 MB",
        "log 8 8 took 0.00s, 0 B",
        "stopped at end: finished",
    ]
    assert told.index("log 3 before 3") == told.index("started 3") - 1
    assert told.index("log 3 3 took 1.0s, 10 B") == told.index("finished 3") + 1


def test_a_step_over_tells_what_its_logpoints_say_once(built: Debugged) -> None:
    built.session.breakpoints.add(parse_logpoint("2: at {line}, {hits}"))
    built.session.step_over()
    assert "log 2 at 2, 1" not in built.told()
    built.session.step_over()
    assert "log 2 at 2, 1" in built.told()


def test_a_step_over_names_the_watchpoint_that_it_hit(built: Debugged) -> None:
    built.session.run_to(built.step(4))
    built.session.breakpoints.add(parse_breakpoint("/etc/passwd"))
    built.told()
    built.session.step_over()
    assert built.told()[-1] == "stopped at 5: watchpoint (/etc/passwd modified)"
    built.session.step_over()
    assert built.told()[-1] == "stopped at 6: step"
    assert built.state.hit is None


def test_a_logpoint_that_needs_the_result_is_told_of_a_failed_step_too(debug: Debug, engine: ScriptedEngine) -> None:
    engine.on("RUN bad", exit_code=7)
    debugged = debug("FROM busybox\nRUN bad\n")
    debugged.session.breakpoints.add(parse_logpoint("RUN: exited with {exit_code}"))
    debugged.session.breakpoints.add(parse_breakpoint("RUN if exit_code == 7"))
    debugged.session.resume()
    assert debugged.told()[-3:] == ["failed 2", "log 2 exited with 7", "stopped at 2: failure"]


def test_a_disabled_breakpoint_is_passed(built: Debugged) -> None:
    point = built.session.breakpoints.add(parse_breakpoint("4"))
    built.session.breakpoints.enable(point.id, False)
    assert stops(built) == []


def test_hits_are_counted_and_a_restart_begins_anew(built: Debugged) -> None:
    point = built.session.breakpoints.add(parse_breakpoint("RUN hits 9"))
    assert stops(built) == []
    assert [each.hits for each in built.state.breakpoints] == [3]
    built.session.restart()
    assert [each.hits for each in built.state.breakpoints] == [0]
    built.session.resume()
    built.session.breakpoints.edit(point.id, parse_breakpoint("RUN hits 3"))
    assert [each.hits for each in built.state.breakpoints] == [0]


def test_a_condition_that_cannot_be_judged_stops_and_says_so_at_the_breakpoint(built: Debugged) -> None:
    found = stops(built, "3 if number(env.PATH) > 3")
    assert len(found) == 1
    assert found[0].startswith("3: breakpoint (line 3 if number(env.PATH) > 3: ")
    assert "is no number" in (built.state.breakpoints[0].error or "")


def test_a_condition_that_cannot_be_read_is_kept_with_its_error_and_stops(built: Debugged) -> None:
    built.session.breakpoints.add(replace(parse_breakpoint("3"), condition="layer.sise > 3"))
    assert "did you mean layer.size?" in (built.state.breakpoints[0].error or "")
    assert len(stops(built)) == 1
    built.session.breakpoints.edit(built.state.breakpoints[0].id, parse_breakpoint("3 if layer.size > 3"))
    assert built.state.breakpoints[0].error is None


def test_an_exception_can_be_switched_on_and_off(debug: Debug) -> None:
    debugged = debug("FROM busybox\nRUN one\nENV API_PASSWORD=x\nRUN two\n")
    debugged.session.breakpoints.enable_exception(ExceptionKind.CHECK_WARNING, True)
    (found,) = stops(debugged)
    assert found.startswith("3: exception (build-check warning SecretsUsedInArgOrEnv: ")
    debugged.session.restart()
    debugged.session.breakpoints.enable_exception(ExceptionKind.CHECK_WARNING, False)
    assert stops(debugged) == []


def back(debugged: Debugged) -> list[int | None]:
    """Where reverse continue stops, to the beginning."""
    lines: list[int | None] = []
    while debugged.session.state.hit is not None or not lines:
        debugged.session.reverse_resume()
        lines.append(debugged.line)
    return lines


def test_reverse_continue_stops_at_conditions(built: Debugged) -> None:
    stops(built, "if layer.size > 50MB", 'RUN if stage == "build"')
    assert back(built) == [5, 4, 3, 1]


def test_reverse_continue_stops_at_the_hits_that_counted(built: Debugged) -> None:
    assert stops(built, "RUN hits 2", "any if hits == 4") == [
        "4: breakpoint (every RUN, hits 2)",
        "5: breakpoint (any step if hits == 4)",
    ]
    assert back(built) == [5, 4, 1]


def test_who_goes_back_and_on_again_meets_the_same_hits(built: Debugged) -> None:
    built.session.breakpoints.add(parse_breakpoint("RUN hits 2"))
    built.session.resume()
    for way_back in (built.session.step_back, built.session.reverse_resume):
        assert (built.line, built.state.breakpoints[0].hits) == (4, 2)
        way_back()
        assert built.state.breakpoints[0].hits == (1 if built.line == 3 else 0)
        built.session.resume()
    assert built.line == 4
    built.session.step_over()
    built.session.step_back()
    assert (built.line, built.state.breakpoints[0].hits) == (4, 2)
    assert stops(built) == []
    assert built.state.breakpoints[0].hits == 3


@pytest.mark.parametrize(
    ("edit", "line", "hits"),
    [
        pytest.param(lambda text: f"FROM busybox AS tools\nRUN tool\n{text}", 6, 2, id="a stage above"),
        pytest.param(lambda text: text.replace("RUN two", "RUN too"), 4, 2, id="the next step rewritten"),
        pytest.param(lambda text: text.replace("RUN one", "RUN own"), 3, 1, id="a step that ran rewritten"),
        pytest.param(lambda text: text.replace("RUN two", "ENV A=1\nRUN two"), 4, 1, id="a step before the next one"),
    ],
)
def test_hits_go_with_their_steps_where_an_edit_moves_them(
    built: Debugged, edit: Callable[[str], str], line: int, hits: int
) -> None:
    built.session.breakpoints.add(parse_breakpoint("RUN hits 2"))
    built.session.resume()
    assert (built.line, built.state.breakpoints[0].hits) == (4, 2)
    built.write(edit(TEXT))
    built.session.reload()
    assert (built.line, built.state.breakpoints[0].hits) == (line, hits)


def test_a_hit_that_an_edit_moved_is_not_counted_again(built: Debugged) -> None:
    built.session.breakpoints.add(parse_breakpoint("RUN hits 2"))
    built.session.resume()
    built.write(f"FROM busybox AS tools\nRUN tool\n{TEXT}")
    built.session.reload()
    assert stops(built) == []
    assert built.state.breakpoints[0].hits == 3
    built.session.go_to_step(built.step(5))
    assert built.state.breakpoints[0].hits == 2


def test_the_hit_of_a_trigger_goes_with_its_stage(debug: Debug, engine: ScriptedEngine) -> None:
    engine.image("base", config=ImageConfig(on_build=("RUN one", "RUN two")))
    debugged = debug("FROM base\nRUN three\n")
    debugged.session.breakpoints.add(parse_breakpoint("RUN hits 2"))
    debugged.session.resume()
    debugged.write("FROM busybox AS tools\nFROM base\nRUN three\n")
    debugged.session.reload()
    assert (debugged.state.position, debugged.state.breakpoints[0].hits) == (StepId(1, 0, 2), 2)


def test_a_step_that_is_run_again_is_hit_once(built: Debugged) -> None:
    built.session.breakpoints.add(parse_breakpoint("RUN hits 3 if seconds > 0"))
    built.session.run_to(built.step(5))
    assert built.state.breakpoints[0].hits == 2
    built.session.rerun(built.step(4))
    assert (built.line, built.state.hit, built.state.breakpoints[0].hits) == (5, None, 2)


def test_a_run_to_cursor_is_named_so_also_at_a_breakpoint(built: Debugged) -> None:
    built.session.breakpoints.toggle(4)
    built.session.run_to(built.step(4))
    assert built.state.stop is StopReason.CURSOR
    assert built.state.hit is not None


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("99", "there is no instruction on line 99"),
        ("stage:biuld", "there is no stage biuld (did you mean build?)"),
        ("RNU", "RNU is no place to stop at (did you mean RUN?)"),
        ("3 if layer.sise > 3", "did you mean layer.size?"),
        ("3 if", "is no place to stop at"),
        ("3 if layer.size", "a condition is true or false"),
        ("/etc/[", "has a [ without its ]"),
        ('changed("/etc/**")', 'changed("/etc/**") is a condition, and no place to stop at'),
        ("layer.size > 50MB", "is a condition, and no place to stop at"),
        ("cached", "is a condition, and no place to stop at"),
        ("RUN hits % 0", "is no hit count"),
    ],
)
def test_what_is_no_breakpoint_is_told(built: Debugged, written: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        built.session.breakpoints.add(parse_breakpoint(written))
    assert message in raised.value.message


def test_what_may_stop_in_a_stage(built: Debugged) -> None:
    from stepper.debugger.stops import Stops

    points = built.session.breakpoints

    def may_stop() -> list[bool]:
        stops = Stops(built.session._states, points, built.session.assertions, built.session._build, built.engine)  # type: ignore[arg-type]  # there is a build
        return [stops.may_stop_in(stage) for stage in (0, 1)]

    assert may_stop() == [False, False]
    for written, expected in (
        ("4", [True, False]),
        ("stage:final", [False, True]),
        ("ARG", [True, False]),
        ("RUN", [True, True]),
        ("/etc/**", [True, True]),
        ("cache miss", [True, True]),
    ):
        point = points.add(parse_breakpoint(written))
        assert may_stop() == expected, written
        points.enable(point.id, False)
        assert may_stop() == [False, False]
        points.clear()


def test_all_sorts_are_kept_for_the_next_session(debug: Debug, built: Debugged) -> None:
    written = ["4 hits 2 if cached", "stage:final", "COPY", "any if cached", '"/a b"', "cache miss", "warning"]
    expected: list[Breakpoint] = [parse_breakpoint(each) for each in written]
    expected.append(parse_logpoint("RUN if cached: {line}"))
    for point in expected:
        built.session.breakpoints.add(point)
    kept = debug(TEXT).state.breakpoints
    assert [replace(point, id=0) for point in kept] == expected


def test_the_environment_of_a_base_is_known(debug: Debug, engine: ScriptedEngine) -> None:
    engine.image("node", config=ImageConfig(env=(("N", "1"),), labels=(("a.b", "c"),), user="app", working_dir="/w"))
    debugged = debug("FROM node\nRUN x\n")
    condition = 'env.N == "1" and label.a.b == "c" and user == "app" and workdir == "/w" and "N" in env'
    assert len(stops(debugged, f"2 if {condition}")) == 1
