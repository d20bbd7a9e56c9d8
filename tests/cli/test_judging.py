"""`stepper run` with --break, --log and --assert: where it stops, what it tells, and what it exits with."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command
from tests.scripted_engine import ScriptedEngine, added, deleted

TEXT = """\
FROM busybox AS build
RUN one
RUN two
FROM busybox
COPY . /src
RUN npm
RUN clean
ENV MODE=debug
"""


@pytest.fixture(autouse=True)
def built(project: Path, engine: ScriptedEngine) -> None:
    (project / "Dockerfile").write_text(TEXT)
    engine.on("RUN npm", changes=[added("/root/.npmrc", 3), added("/app", 60_000_000)], seconds=42.0)
    engine.on("RUN clean", changes=[deleted("/tmp/x")])


def test_a_breakpoint_ends_the_run_and_is_named(stepper: Command, engine: ScriptedEngine) -> None:
    result = stepper("run", "--break", "7", "--break", "RUN if seconds > 50", "-t", "app")
    assert result.code == 0
    assert "Stopped before line 7: line 7" in result.out
    assert engine.ran == ["COPY . /src", "RUN npm"]
    assert engine.tagged == {}


def test_a_watchpoint_ends_the_run_after_the_step(stepper: Command) -> None:
    result = stepper("run", "--break", "/root/.npmrc if seconds > 30")
    assert "Stopped after line 6: /root/.npmrc added" in result.out
    assert result.code == 0


def test_a_logpoint_is_a_line_of_the_log(stepper: Command) -> None:
    result = stepper("run", "--log", "RUN: took {seconds}, {layer.size}", "--log", "5: copies for {stage}")
    lines = result.out.splitlines()
    assert "    6 ◆ took 42.0s, 60.0 MB" in lines
    assert lines.index("    5 ◆ copies for 1") < next(
        index for index, line in enumerate(lines) if line.startswith("    5 ✔")
    )
    assert "Built" in result.out


def test_assertions_that_hold_change_nothing(stepper: Command) -> None:
    held = ["image.size < 100MB", "layer.size < 61MB", 'env.MODE == "debug"', 'instruction != "ADD"', 'exists("/app")']
    result = stepper("run", *[f"--assert={each}" for each in held])
    assert (result.code, result.err) == (0, "")


def test_all_broken_assertions_are_listed_with_the_lines_that_broke_them(stepper: Command) -> None:
    result = stepper(
        "run",
        "-t=app",
        '--assert=not exists("/root/.npmrc")',
        "--assert=layer.size < 50MB",
        "--assert=image.size < 10MB",
        '--assert=env.MODE != "debug"',
        '--assert=stage != "build"',
    )
    assert result.code == 4
    assert "tagged app" in result.out
    assert result.err.splitlines() == [
        "",
        "Dockerfile:6: layer.size < 50MB does not hold",
        "    RUN npm",
        "  layer.size is 60.0 MB",
        'Dockerfile:6: not exists("/root/.npmrc") does not hold for the image, since this step',
        "    RUN npm",
        '  exists("/root/.npmrc") is true',
        "Dockerfile:6: image.size < 10MB does not hold for the image, since this step",
        "    RUN npm",
        "  image.size is 64.0 MB",
        'Dockerfile:8: env.MODE != "debug" does not hold for the image, since this step',
        "    ENV MODE=debug",
        '  env.MODE is "debug"',
    ]


def test_a_failed_build_stays_exit_code_1_and_lists_what_was_broken(stepper: Command, engine: ScriptedEngine) -> None:
    engine.on("RUN clean", exit_code=1)
    result = stepper("run", "--assert", "layer.size < 50MB")
    assert result.code == 1
    assert "Dockerfile:6: layer.size < 50MB does not hold" in result.err


def test_what_is_asserted_of_an_image_that_was_not_built_is_said_to_be_open(stepper: Command) -> None:
    result = stepper("run", "--break", "6", "--assert", "image.size < 1B")
    assert result.code == 0
    assert "what is asserted of the image was not held" in result.err


def test_programs_are_told_all_of_it(stepper: Command) -> None:
    result = stepper("run", "--json", "--log", "6: now", "--assert", "layer.size < 50MB", "--break", "8")
    told: list[dict[str, Any]] = [json.loads(line) for line in result.out.splitlines()]
    by_event = {event["event"]: event for event in told}
    assert (by_event["log"]["line"], by_event["log"]["message"], by_event["log"]["error"]) == (6, "now", False)
    broken = by_event["assertion.broken"]
    assert (broken["line"], broken["assertion"], broken["of"]) == (6, "layer.size < 50MB", "step")
    assert broken["why"] == ["layer.size is 60.0 MB"]
    finished = by_event["build.finished"]
    assert finished["status"] == "stopped"
    assert finished["breakpoint"] == {"line": 8, "when": "before", "words": "line 8", "error": False}
    assert [each["line"] for each in finished["broken_assertions"]] == [6]
    assert result.code == 4


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--break", "3 if layer.sise > 3", "nothing is called layer.sise (did you mean layer.size?)"),
        ("--break", "99", "there is no instruction on line 99"),
        ("--break", "stage:biuld", "(did you mean build?)"),
        ("--log", "RUN took", "has no message"),
        ("--log", "RUN: {", "this brace is not closed"),
        ("--assert", "layer.size", "a condition is true or false"),
        ("--assert", "hits < 3", "an assertion has none"),
    ],
)
def test_what_cannot_be_read_is_exit_code_2_and_nothing_runs(
    stepper: Command, engine: ScriptedEngine, option: str, value: str, says: str
) -> None:
    result = stepper("run", option, value)
    assert result.code == 2
    assert says in result.err
    assert engine.calls == []


def test_what_cannot_be_read_is_told_before_the_files_of_the_build_are_looked_up(stepper: Command) -> None:
    assert "a condition is true or false" in stepper("run", "nowhere", "--assert", "layer.size").err


def test_a_caret_stands_under_what_is_wrong(stepper: Command) -> None:
    result = stepper("run", "--assert", "image.size < 3 and imge.size > 3")
    assert result.err.splitlines()[1:3] == [
        "  image.size < 3 and imge.size > 3",
        "                     ^^^^^^^^^",
    ]
