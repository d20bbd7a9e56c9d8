"""The warnings of the build checks in `stepper run`."""

import json
from pathlib import Path

import pytest

from stepper.image.config import ImageConfig
from tests.cli.conftest import Command
from tests.scripted_engine import PATH, ScriptedEngine

_TWO = "FROM busybox as Base\nCMD run it\n"
_SIGNALS = "JSON arguments recommended for CMD to prevent unintended behavior related to OS signals"


@pytest.fixture
def dockerfile(project: Path) -> Path:
    return project / "Dockerfile"


def test_warnings_stand_before_the_build_each_on_one_line(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text(_TWO)
    result = stepper("run")
    assert result.code == 0
    assert result.err.splitlines() == [
        "Dockerfile:1: StageNameCasing: Stage name 'Base' should be lowercase",
        "Dockerfile:1: FromAsCasing: 'as' and 'FROM' keywords' casing do not match",
        f"Dockerfile:2: JSONArgsRecommended: {_SIGNALS}",
    ]


def test_programs_get_them_as_events_before_the_build_starts(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text(_TWO)
    result = stepper("run", "--json")
    events = [json.loads(line) for line in result.out.splitlines()]
    assert [event["event"] for event in events[:4]] == ["warning", "warning", "warning", "build.started"]
    assert {key: events[2][key] for key in ("rule", "file", "line", "end_line")} == {
        "rule": "JSONArgsRecommended",
        "file": "Dockerfile",
        "line": 2,
        "end_line": 2,
    }
    assert result.err == ""


def test_only_the_stages_that_are_built_are_looked_at(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text("FROM busybox AS a\nENV A=$X\nFROM scratch AS b\nENV B=$X\n")
    assert [line.partition(":")[2].partition(":")[0] for line in stepper("run").err.splitlines()] == ["4"]


def test_error_true_fails_the_build_before_anything_runs(
    stepper: Command, dockerfile: Path, engine: ScriptedEngine
) -> None:
    dockerfile.write_text("# check=error=true\n" + _TWO)
    result = stepper("run")
    assert result.code == 2
    assert engine.calls == []
    assert result.err.splitlines()[3:5] == [
        "Dockerfile:2: lint violation found for rules: StageNameCasing, FromAsCasing, JSONArgsRecommended",
        "  2 │ FROM busybox as Base",
    ]
    assert stepper("run", "--build-arg", "BUILDKIT_DOCKERFILE_CHECK=skip=all").code == 0


def test_what_only_the_base_image_tells_comes_once_it_is_known(
    stepper: Command, dockerfile: Path, engine: ScriptedEngine
) -> None:
    engine.image("known", config=ImageConfig(env=(PATH, ("KNOWN", "1"))))
    dockerfile.write_text("FROM known\nENV A=$KNOWN\nENV B=$OTHER\n")
    result = stepper("run")
    assert result.err == "Dockerfile:3: UndefinedVar: Usage of undefined variable '$OTHER'\n"
    dockerfile.write_text("# check=error=true\nFROM known\nENV A=$KNOWN\nENV B=$OTHER\n")
    result = stepper("run")
    assert result.code == 2
    assert "Dockerfile:4: UndefinedVar" in result.err
    assert "lint violation found for rules: UndefinedVar" in result.err
    assert not [call for call in engine.calls if call.startswith("run ENV")][2:]


def test_a_wrong_option_of_the_checks_is_an_error(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text("# check=nope\nFROM scratch\n")
    result = stepper("run")
    assert result.code == 2
    assert result.err.splitlines()[:2] == [
        'Dockerfile:1: failed to parse check options: invalid check option "nope"',
        "  1 │ # check=nope",
    ]
