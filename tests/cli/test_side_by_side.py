"""`stepper run` of stages that run side by side: whose line is whose, and what a failing stage was built for."""

import json
import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.scripted_engine import INFO, Gate, ScriptedEngine

TEXT = """\
FROM busybox AS a
RUN compile

FROM busybox AS b
RUN render

FROM busybox
COPY --from=a / /
COPY --from=b / /
"""


@pytest.fixture
def gates(engine: ScriptedEngine, project: Path) -> dict[str, Gate]:
    """Both stages stand still in their RUN, and go on together."""
    engine.info = replace(INFO, cpus=2)
    (project / "Dockerfile").write_text(TEXT)
    return {text: Gate() for text in ("RUN compile", "RUN render")}


def opened(gates: dict[str, Gate]) -> threading.Thread:
    def open_all() -> None:
        for gate in gates.values():
            gate.wait_entered()
        for gate in gates.values():
            gate.open()

    thread = threading.Thread(target=open_all)
    thread.start()
    return thread


def test_each_line_says_whose_it_is(stepper: Command, engine: ScriptedEngine, gates: dict[str, Gate]) -> None:
    engine.on("RUN compile", later=["cc main.c\n"], gate=gates["RUN compile"])
    engine.on("RUN render", later=["page 1\n"], gate=gates["RUN render"])
    thread = opened(gates)
    result = stepper("run")
    thread.join()
    assert result.code == 0
    lines = [" ".join(line.split()) for line in result.out.splitlines()]
    assert any(re.match(r"2 . \[a\] RUN compile", line) for line in lines)
    assert any(re.match(r"5 . \[b\] RUN render", line) for line in lines)
    assert any(re.fullmatch(r"2 . cc main.c", line) for line in lines)
    assert any(re.fullmatch(r"5 . page 1", line) for line in lines)
    # The last stage runs alone again, under its name.
    assert "stage 2" in lines
    assert any(re.match(r"9 . COPY --from=b", line) for line in lines)


def test_all_failures_are_told_each_with_its_own_output_and_what_its_stage_is_for(
    stepper: Command, engine: ScriptedEngine, gates: dict[str, Gate]
) -> None:
    engine.on("RUN compile", output=["error: a\n"], exit_code=2, gate=gates["RUN compile"])
    engine.on("RUN render", output=["error: b\n"], exit_code=3, gate=gates["RUN render"])
    thread = opened(gates)
    result = stepper("run")
    thread.join()
    assert result.code == 1
    first, second = sorted(result.err.split("\nDockerfile:")[1:])
    assert "exit code 2" in first
    assert "built for the COPY --from of stage 2 on line 8" in first
    assert ("error: a" in first, "error: b" in first) == (True, False)
    assert "exit code 3" in second
    assert "built for the COPY --from of stage 2 on line 9" in second
    assert ("error: a" in second, "error: b" in second) == (False, True)


def test_programs_are_told_the_step_of_each_event(
    stepper: Command, engine: ScriptedEngine, gates: dict[str, Gate]
) -> None:
    engine.on("RUN compile", output=["c\n"], gate=gates["RUN compile"])
    engine.on("RUN render", exit_code=1, gate=gates["RUN render"])
    thread = opened(gates)
    told = [json.loads(line) for line in stepper("run", "--json").out.splitlines()]
    thread.join()
    assert [event["id"] for event in told if event["event"] == "step.output"] == ["0.1"]
    failed = next(event for event in told if event["event"] == "step.failed")
    assert failed["id"] == "1.1"
    assert failed["call_stack"] == [
        {"use": "COPY --from", "stage": "stage 2", "line": 9, "instruction": "COPY --from=b / /"}
    ]
