"""`stepper run --json`: what programs read."""

import json
from pathlib import Path
from typing import Any

import pytest

from stepper.engine.step import Output
from tests.cli.conftest import Command, Result
from tests.scripted_engine import ScriptedEngine, added, deleted, modified


def events(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.out.splitlines()]


@pytest.fixture
def dockerfile(project: Path) -> Path:
    path = project / "Dockerfile"
    path.write_text("FROM busybox AS base\nRUN make \\\n  all\n")
    return path


@pytest.mark.usefixtures("dockerfile")
def test_a_build_as_events(stepper: Command, engine: ScriptedEngine) -> None:
    changes = [added("/a", 100), added("/b", 20), modified("/c", 3), deleted("/d")]
    engine.on("RUN make", output=["hello\n", Output(b"oops\n", stderr=True)], changes=changes, seconds=1.23456)
    result = stepper("run", "--json", "-t", "app")
    assert result.code == 0
    assert result.err == ""
    told = events(result)
    base = {
        "id": "0.0",
        "file": "Dockerfile",
        "line": 1,
        "end_line": 1,
        "stage": "base",
        "instruction": "FROM busybox AS base",
    }
    make = {
        "id": "0.1",
        "file": "Dockerfile",
        "line": 2,
        "end_line": 3,
        "stage": "base",
        "instruction": "RUN make   all",
    }
    nothing = {"added": 0, "modified": 0, "deleted": 0}
    images = [event.pop("image") for event in told if "image" in event]
    assert all(image.startswith("sha256:") for image in images)
    assert told == [
        {
            "event": "build.started",
            "file": "Dockerfile",
            "target": "base",
            "steps": 2,
            "engine": "Docker 28.5.2",
        },
        {"event": "step.started", **base},
        {
            "event": "step.finished",
            **base,
            "cached": False,
            "why": "nothing is known of earlier runs",
            "seconds": 0.0,
            "bytes": 4_000_000,
            "changes": nothing,
        },
        {"event": "step.started", **make},
        {"event": "step.output", "id": "0.1", "line": 2, "stage": "base", "stream": "stdout", "text": "hello\n"},
        {"event": "step.output", "id": "0.1", "line": 2, "stage": "base", "stream": "stderr", "text": "oops\n"},
        {
            "event": "step.finished",
            **make,
            "cached": False,
            "why": "nothing is known of earlier runs",
            "seconds": 1.235,
            "bytes": 123,
            "changes": {"added": 2, "modified": 1, "deleted": 1},
        },
        {
            "event": "build.finished",
            "status": "built",
            "tags": ["app"],
            "bytes": 4_000_123,
            "seconds": 1.235,
            "stages": [{"stage": "base", "steps": 2, "cached": 0, "base_bytes": 4_000_000, "bytes": 4_000_123}],
        },
    ]


@pytest.mark.usefixtures("dockerfile")
def test_a_failure_as_events(stepper: Command, engine: ScriptedEngine) -> None:
    engine.on("RUN make", exit_code=7, message="it broke", hint="mend it", seconds=0.5)
    result = stepper("run", "--json")
    assert result.code == 1
    failed, finished = events(result)[-2:]
    assert failed == {
        "event": "step.failed",
        "id": "0.1",
        "file": "Dockerfile",
        "line": 2,
        "end_line": 3,
        "stage": "base",
        "instruction": "RUN make   all",
        "seconds": 0.5,
        "exit_code": 7,
        "exit_code_meaning": "",
        "message": "it broke",
        "hint": "mend it",
        "interrupted": False,
        "changes": {"added": 0, "modified": 0, "deleted": 0},
        "call_stack": [],
        "command": None,
        "command_line": None,
    }
    assert (finished["event"], finished["status"], finished["image"]) == ("build.finished", "failed", None)


@pytest.mark.usefixtures("dockerfile")
def test_what_was_found_out_about_a_failure_is_an_event(stepper: Command, engine: ScriptedEngine) -> None:
    engine.on("RUN make", output=["/bin/sh: cc: not found\n"], exit_code=127)
    failed, explained, _ = events(stepper("run", "--json"))[-3:]
    assert failed["exit_code_meaning"] == "command not found"
    assert (explained["event"], explained["line"]) == ("step.explained", 2)
    (hint,) = explained["hints"]
    assert hint["kind"] == "command"
    assert hint["text"].startswith("no folder of PATH has a program cc")


@pytest.mark.usefixtures("dockerfile")
def test_a_dry_run_tells_what_would_run_and_runs_nothing(stepper: Command, engine: ScriptedEngine) -> None:
    engine.on("RUN make", changes=[added("/app", 1)], seconds=3.0)
    (unknown,) = events(stepper("run", "--json", "--dry-run"))
    assert (unknown["event"], unknown["steps"], unknown["seconds"]) == ("forecast", [], None)
    assert engine.ran == []
    stepper("run")
    (known,) = events(stepper("run", "--json", "--dry-run"))
    (step,) = known["steps"]
    assert (step["line"], step["will_run"], step["seconds"], step["why"]) == (2, False, 3.0, "")
    (anew,) = events(stepper("run", "--json", "--dry-run", "--no-cache"))
    assert (anew["will_run"], anew["seconds"]) == (1, 3.0)


@pytest.mark.usefixtures("dockerfile")
def test_a_dry_run_is_told_to_people_too(stepper: Command, engine: ScriptedEngine) -> None:
    engine.on("RUN make", changes=[added("/app", 1)], seconds=3.0)
    stepper("run")
    assert "Nothing will run" in stepper("run", "--dry-run").out
    told = stepper("run", "--dry-run", "--no-cache").out
    assert "it is to run anew" in told
    assert "1 of 1 steps will run; it took 3.0s the last time" in told


@pytest.mark.usefixtures("dockerfile")
def test_cached_steps_say_so(stepper: Command) -> None:
    stepper("run")
    finished = [event for event in events(stepper("run", "--json")) if event["event"] == "step.finished"]
    assert [event["cached"] for event in finished] == [False, True]


@pytest.mark.usefixtures("dockerfile")
def test_until_ends_with_how_far_it_came(stepper: Command) -> None:
    result = stepper("run", "--json", "--until", "2")
    assert result.code == 0
    assert events(result)[-1]["status"] == "stopped"


@pytest.mark.usefixtures("dockerfile")
def test_no_byte_of_a_build_reaches_a_terminal(stepper: Command, engine: ScriptedEngine) -> None:
    engine.on("RUN make", output=[b"\x1b[2J\x9b\xe2\x80\xae\xff\n", b"caf\xc3", b"\xa9\n", b"cut \xc3"])
    result = stepper("run", "--json")
    assert result.out.isascii()
    assert "\x1b" not in result.out
    text = "".join(event["text"] for event in events(result) if event["event"] == "step.output")
    assert text == "\x1b[2J\ufffd\u202e\ufffd\ncaf\xe9\ncut \ufffd"


def test_scratch_has_no_image(stepper: Command, project: Path) -> None:
    (project / "Dockerfile").write_text("FROM scratch\nENV A=1\n")
    finished = [event for event in events(stepper("run", "--json")) if event["event"] == "step.finished"]
    assert [event["image"] for event in finished] == [None, None]


def test_what_people_should_know_goes_to_standard_error(stepper: Command, project: Path) -> None:
    (project / "Dockerfile").write_text("FRMO x\n")
    result = stepper("run", "--json")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Dockerfile:1: unknown instruction: FRMO")
