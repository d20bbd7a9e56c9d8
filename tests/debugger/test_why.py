"""Why a step ran and did not come from the cache, and what is expected to run."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stepper.debugger.why.forecast import Expected, Forecast
from stepper.engine.step import RunSettings, StepId
from stepper.folders import cache_folder
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine, added
from tests.scripted_stepped_run import ScriptedCommand

TEXT = """\
FROM busybox
ARG VERSION=1.2
COPY src /src
RUN make
RUN test
"""


@pytest.fixture
def src(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "src"
    folder.mkdir(parents=True)
    for name in ("main.c", "util.c", "more.c"):
        (folder / name).write_text(name)
    return folder


@pytest.fixture
def built(debug: Debug, engine: ScriptedEngine, src: Path) -> Debug:
    """Starts a session after one that built all of it."""
    engine.on("COPY", changes=[added("/src", 1)])
    engine.on("RUN make", changes=[added("/app", 10)], seconds=4.0)
    engine.on("RUN test", changes=[added("/log", 10)], seconds=3.0)
    first = debug(TEXT)
    first.session.resume()
    assert why(first, 4) == "nothing is known of earlier runs"
    first.session.close()
    return debug


def why(debugged: Debugged, line: int) -> str:
    return debugged.at(line).why


def run(debugged: Debugged) -> Debugged:
    debugged.session.resume()
    return debugged


def change_context(engine: ScriptedEngine) -> None:
    """The scripted engine looks at no file: it is told that they are others."""
    engine.context_version += 1


def test_what_comes_from_the_cache_has_no_reason(built: Debug) -> None:
    debugged = run(built(TEXT))
    assert [why(debugged, line) for line in (1, 3, 4, 5)] == ["", "", "", ""]


def test_a_changed_file_is_named_with_how_many_more(built: Debug, engine: ScriptedEngine, src: Path) -> None:
    (src / "main.c").write_text("other")
    (src / "new.c").write_text("new")
    (src / "util.c").unlink()
    change_context(engine)
    assert why(run(built(TEXT)), 3) == "because src/main.c changed (and 2 more)"


def test_what_stands_on_a_step_that_ran_anew_names_its_line(built: Debug, engine: ScriptedEngine, src: Path) -> None:
    (src / "main.c").write_text("other")
    change_context(engine)
    debugged = run(built(TEXT))
    assert why(debugged, 4) == "because line 3 before it ran anew"
    assert why(debugged, 5) == "because line 4 before it ran anew"


def test_a_changed_argument_is_told_with_both_values(built: Debug) -> None:
    debugged = run(built(TEXT, build_args={"VERSION": "1.3"}))
    assert why(debugged, 4) == "because the variable VERSION is 1.3, it was 1.2"


def test_a_secrets_value_is_neither_told_nor_kept(debug: Debug) -> None:
    text = "FROM busybox\nARG API_TOKEN\nRUN make\n"
    for value in ("hunter1", "hunter2"):
        debugged = run(debug(text, build_args={"API_TOKEN": value}))
        debugged.session.close()
    assert why(debugged, 3) == "because the variable API_TOKEN has another value"
    history = list(cache_folder().glob("last-runs-3.sqlite*"))
    assert history
    assert not any(b"hunter" in path.read_bytes() for path in history)


def test_a_changed_instruction_says_what_it_was(built: Debug) -> None:
    debugged = run(built(TEXT.replace("RUN make", "RUN make -j4")))
    assert why(debugged, 4) == "because the instruction is another one: it was RUN make"


def test_a_new_instruction_was_never_run(built: Debug) -> None:
    assert why(run(built(TEXT + "WORKDIR /new\n")), 6) == "never run before"


LINES = "FROM busybox\nRUN one\nRUN two\nRUN three\n"


@pytest.fixture
def edited(debug: Debug, engine: ScriptedEngine) -> Callable[..., Debugged]:
    """A session over the last of these texts, after one over each of the others."""
    engine.on("RUN", changes=[added("/made", 10)], seconds=2.0)

    def build(*texts: str) -> Debugged:
        for text in texts[:-1]:
            run(debug(text)).session.close()
        return run(debug(texts[-1]))

    return build


Edited = Callable[..., Debugged]


def test_a_line_that_is_inserted_is_no_other_one_that_was_changed(edited: Edited) -> None:
    debugged = edited(LINES, LINES.replace("RUN one", "RUN new\nRUN one").replace("three", "three -v"))
    assert [why(debugged, line) for line in (2, 3, 4, 5)] == [
        "never run before",
        "because line 2 before it ran anew",
        "because line 3 before it ran anew",
        "because the instruction is another one: it was RUN three",
    ]


def test_a_line_that_is_inserted_above_a_changed_one_is_told_from_it_by_what_they_say(edited: Edited) -> None:
    debugged = edited(LINES, LINES.replace("RUN two", "RUN apk add git\nRUN two -v"))
    assert why(debugged, 3) == "never run before"
    assert why(debugged, 4).startswith("because the instruction is another one: it was RUN two")


def test_lines_that_all_changed_are_what_they_were_in_their_order(edited: Edited) -> None:
    debugged = edited(LINES, "FROM busybox\nRUN uno\nRUN dos\nRUN three\n")
    assert why(debugged, 2) == "because the instruction is another one: it was RUN one"
    assert why(debugged, 3).startswith("because the instruction is another one: it was RUN two")


def test_a_line_that_was_taken_out_again_is_not_what_a_later_one_was(edited: Edited) -> None:
    tried = LINES.replace("RUN two", "RUN fix\nRUN two")
    debugged = edited(LINES, tried, LINES, LINES.replace("RUN two", "RUN other\nRUN two"))
    assert why(debugged, 3) == "never run before"


def test_a_line_that_was_changed_back_and_again_is_what_it_was_the_last_time(edited: Edited) -> None:
    second, third = LINES.replace("two", "two -v"), LINES.replace("two", "two -vv")
    assert why(edited(LINES, second, third), 3) == "because the instruction is another one: it was RUN two -v"


def test_a_line_above_which_another_went_is_told_by_what_is_before_it(edited: Edited) -> None:
    debugged = edited(LINES, LINES.replace("RUN one\n", ""))
    assert why(debugged, 2) == "because what is before it is not as it was"
    assert why(debugged, 3) == "because line 2 before it ran anew"


def test_the_time_of_a_line_is_known_wherever_it_stands_by_now(edited: Edited) -> None:
    debugged = edited(LINES, LINES)
    debugged.write(LINES.replace("RUN two", "RUN new\nRUN two"))
    debugged.session.reload()
    assert expected(debugged) == {
        3: Expected(True, None, "never run before"),
        4: Expected(True, 2.0, "line 3 before it runs anew"),
        5: Expected(True, 2.0, "line 3 before it runs anew"),
    }


def test_a_changed_base_says_what_it_was(edited: Edited, engine: ScriptedEngine) -> None:
    engine.image("alpine")
    debugged = edited("FROM busybox\nRUN one\n", "FROM alpine\nRUN one\n")
    assert why(debugged, 1) == "because the instruction is another one: it was FROM busybox"
    assert why(debugged, 2) == "because the base image of line 1 is another one"


def test_a_line_of_the_configuration_between_them_moves_nothing(edited: Edited) -> None:
    debugged = edited(LINES, LINES.replace("RUN two", "EXPOSE 80\nRUN two -v"))
    assert why(debugged, 4) == "because the instruction is another one: it was RUN two"


def test_a_step_that_stands_twice_is_not_what_a_new_one_was_before(debug: Debug) -> None:
    run(debug("FROM busybox\nRUN make\nRUN make\n")).session.close()
    debugged = run(debug("FROM busybox\nRUN make\nRUN make\nRUN test\n"))
    assert why(debugged, 4) == "never run before"


def test_scripts_that_only_begin_alike_are_told_apart(debug: Debug, engine: ScriptedEngine) -> None:
    engine.on("RUN", changes=[added("/app", 10)])
    script = "RUN <<EOF\n{}\nEOF\n"
    run(debug("FROM busybox\n" + script.format("make"))).session.close()
    debugged = run(debug("FROM busybox\n" + script.format("test") + script.format("make")))
    assert why(debugged, 2) == "never run before"
    assert why(debugged, 5) == "because line 2 before it ran anew"


def test_what_is_gone_from_the_engine_says_so(built: Debug, engine: ScriptedEngine) -> None:
    engine.remove_snapshots()
    assert why(run(built(TEXT)), 3) == "because its snapshot is gone from the engine"


def test_what_the_step_cache_lost_is_not_called_gone_from_the_engine(built: Debug, engine: ScriptedEngine) -> None:
    engine.prune()
    assert why(run(built(TEXT)), 3) == "because the step cache has nothing of it"


def test_what_cannot_be_told_is_not_told(built: Debug, engine: ScriptedEngine) -> None:
    change_context(engine)
    assert why(run(built(TEXT)), 3) == "because what it reads or is run with has changed"


def test_a_file_of_earlier_runs_that_was_emptied_gives_no_reason(built: Debug, engine: ScriptedEngine) -> None:
    for path in cache_folder().glob("last-runs-3.sqlite*"):
        path.write_bytes(b"")
    engine.prune()
    assert why(run(built(TEXT)), 4) == "nothing is known of earlier runs"


def test_a_file_of_a_bind_mount_is_named(debug: Debug, engine: ScriptedEngine, src: Path) -> None:
    text = "FROM busybox\nRUN --mount=type=bind,source=src,target=/src make\n"
    run(debug(text)).session.close()
    (src / "util.c").write_text("other")
    assert expected(debug(text))[2].why == "src/util.c changed"
    change_context(engine)
    assert why(run(debug(text)), 2) == "because src/util.c changed"


def test_a_changed_run_setting_is_named(debug: Debug) -> None:
    text = "FROM busybox\nRUN make\n"
    run(debug(text)).session.close()
    debugged = debug(text, run_settings=RunSettings(network="none"))
    assert expected(debugged)[2].why == "--network is none, it was the default"
    assert why(run(debugged), 2) == "because --network is none, it was the default"


def test_another_user_is_named(debug: Debug) -> None:
    run(debug("FROM busybox\nUSER app\nRUN make\n")).session.close()
    assert why(run(debug("FROM busybox\nUSER root\nRUN make\n")), 3) == "because the user is root, it was app"


def stepped_into(debugged: Debugged) -> Debugged:
    debugged.session.step_over()
    debugged.session.step_into()
    return run(debugged)


def test_a_run_that_is_stepped_into_says_so_where_nothing_else_is_the_reason(debug: Debug) -> None:
    text = "FROM busybox\nRUN make && make test\n"
    first = stepped_into(debug(text))
    assert why(first, 2) == "nothing is known of earlier runs"
    first.session.close()
    assert not expected(debug(text))[2].will_run
    again = stepped_into(debug(text))
    assert why(again, 2) == "because it was stepped into"
    again.session.close()
    other = stepped_into(debug(f"{text.strip()} && make install\n"))
    assert why(other, 2) == "because the instruction is another one: it was RUN make && make test"


def test_a_failed_run_that_is_stepped_into_says_what_it_said_when_it_was_run(debug: Debug) -> None:
    debugged = debug("FROM busybox\nRUN make && make test\n")
    debugged.engine.on("RUN make", commands={1: ScriptedCommand(exit_code=1)})
    assert why(stepped_into(debugged), 2) == "nothing is known of earlier runs"


def test_a_step_that_failed_the_last_time_says_so(debug: Debug, engine: ScriptedEngine) -> None:
    engine.on("RUN make", exit_code=1)
    text = "FROM busybox\nRUN make\n"
    debugged = run(debug(text))
    debugged.session.close()
    assert why(run(debug(text)), 2) == "because it failed the last time"


@pytest.mark.parametrize(
    ("options", "said"),
    [({"no_cache": True}, "because of --no-cache"), ({"no_cache_stages": ("0",)}, "because of --no-cache-filter")],
)
def test_what_the_user_asked_for_is_the_reason(built: Debug, options: dict[str, object], said: str) -> None:
    assert why(run(built(TEXT, **options)), 4) == said


def test_a_step_that_is_run_again_says_so(built: Debug) -> None:
    debugged = run(built(TEXT))
    debugged.session.rerun(debugged.step(4))
    assert why(debugged, 4) == "because it was run again"


# The forecast


def expected(debugged: Debugged) -> dict[int, Expected]:
    debugged.session.explanations.forecast()
    return in_the_state(debugged)


def in_the_state(debugged: Debugged) -> dict[int, Expected]:
    assert debugged.state.forecast is not None
    steps = debugged.state.forecast.steps
    return {debugged.state.record(step).instruction.line: each for step, each in steps.items()}


def test_nothing_is_foretold_of_a_file_that_was_never_built(debug: Debug) -> None:
    assert expected(debug(TEXT.replace("COPY src /src\n", ""))) == {}


def test_everything_is_expected_from_the_cache_where_nothing_changed(built: Debug) -> None:
    assert {line: each.will_run for line, each in expected(built(TEXT)).items()} == {3: False, 4: False, 5: False}


def test_a_changed_file_is_foretold_with_what_stands_on_it_and_how_long_that_took(built: Debug, src: Path) -> None:
    (src / "main.c").write_text("other")
    debugged = built(TEXT)
    found = expected(debugged)
    assert found[3].why == "src/main.c changed"
    assert found[4] == Expected(True, 4.0, "line 3 before it runs anew")
    assert debugged.state.forecast is not None
    assert (debugged.state.forecast.will_run, debugged.state.forecast.seconds) == (3, 7.0)


def test_no_time_is_told_of_steps_that_never_ran() -> None:
    ran, never, cached = Expected(True, 3.4, "x"), Expected(True, None, "x"), Expected(False, 9.0)
    none, part, whole = (
        Forecast({StepId(0, number): each for number, each in enumerate(steps)})
        for steps in ([never, cached], [never, ran, cached], [ran, ran, cached])
    )
    assert (none.seconds, none.took) == (None, "")
    assert (part.seconds, part.took) == (3.4, "at least 3.4s")
    assert (whole.seconds, whole.took) == (6.8, "6.8s")


def test_what_is_gone_from_the_engine_is_foretold(built: Debug, engine: ScriptedEngine) -> None:
    engine.remove_snapshots()
    found = expected(built(TEXT))
    assert found[3].why == "its snapshot is gone from the engine"
    assert found[4] == Expected(True, 4.0, "line 3 before it runs anew")


def test_a_change_in_the_context_alone_renews_the_forecast(built: Debug, src: Path) -> None:
    debugged = built(TEXT)
    assert not expected(debugged)[3].will_run
    (src / "main.c").write_text("other")
    wait_for(lambda: foretold_again(debugged)[3].why == "src/main.c changed")
    (src / "main.c").write_text("main.c")
    wait_for(lambda: not foretold_again(debugged)[3].will_run)


def wait_for(condition: Callable[[], bool]) -> None:
    """How often is looked depends on how long a look took."""
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until, "the forecast stays as it was"
        time.sleep(0.01)


def foretold_again(debugged: Debugged) -> dict[int, Expected]:
    debugged.session.explanations.forecast_again()
    return in_the_state(debugged)


def test_an_edit_is_foretold_from_its_line_on(built: Debug) -> None:
    debugged = run(built(TEXT))
    debugged.write(TEXT.replace("RUN test", "RUN test -v"))
    debugged.session.reload()
    found = expected(debugged)
    assert found[5] == Expected(True, None, "the instruction is another one: it was RUN test")
    assert [line for line, each in found.items() if each.will_run] == [5]


def test_a_changed_argument_is_foretold(built: Debug) -> None:
    found = expected(built(TEXT, build_args={"VERSION": "2"}))
    assert not found[3].will_run
    assert found[4] == Expected(True, 4.0, "the variable VERSION is 2, it was 1.2")


def test_what_came_from_the_cache_is_known_the_next_time(debug: Debug, engine: ScriptedEngine) -> None:
    """Another file may have filled the step cache."""
    engine.on("RUN make", changes=[added("/app", 10)], seconds=4.0)
    text = "FROM busybox\nRUN make\n"
    run(debug(text)).session.close()
    for path in cache_folder().glob("last-runs-3.sqlite*"):
        path.unlink()
    debugged = run(debug(text))
    assert why(debugged, 2) == ""
    debugged.session.close()
    assert expected(debug(text)) == {2: Expected(False, None)}
