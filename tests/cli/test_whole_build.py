"""`stepper run` and `stepper check` on a file for another frontend."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.scripted_engine import WHOLE_BUILD, ScriptedEngine

_TEXT = "# syntax=example.com/recipe:1\nlet it be\n"


@pytest.fixture(autouse=True)
def _recipe(project: Path, engine: ScriptedEngine) -> None:
    (project / "recipe.txt").write_text(_TEXT)
    engine.image(WHOLE_BUILD, size=5_000_000)
    engine.on("# syntax", output=["=> [1/1] let\n"], seconds=2.5)


def test_the_log_has_one_line_with_an_arrow_and_the_builders_output(stepper: Command) -> None:
    result = stepper("run", "-f", "recipe.txt", "-t", "app", "--build-arg", "ANY=1")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[:4] == [
        "recipe.txt -> example.com/recipe:1  on Docker 28.5.2, local",
        "    1 ▶ ⇢ # syntax=example.com/recipe:1",
        "      │ => [1/1] let",
        "    1 ✔ ⇢ # syntax=example.com/recipe:1                                              2.5s     5.0 MB",
    ]
    assert "  tagged app" in result.out


def test_programs_are_told_that_the_builder_does_it(stepper: Command) -> None:
    events = [json.loads(line) for line in stepper("run", "--json", "-f", "recipe.txt").out.splitlines()]
    (finished,) = [event for event in events if event["event"] == "step.finished"]
    assert finished["builder"] is True
    assert (finished["line"], finished["stage"], finished["bytes"]) == (1, "example.com/recipe:1", 5_000_000)
    assert "builder" not in events[0]


def test_only_a_run_with_a_device_is_the_builders(stepper: Command, project: Path) -> None:
    (project / "Dockerfile").write_text("FROM busybox\nRUN --device=a/b=c x\nRUN y\n")
    events = [json.loads(line) for line in stepper("run", "--json").out.splitlines()]
    finished = [event for event in events if event["event"] == "step.finished"]
    assert [event.get("builder") for event in finished] == [None, True, None]


def test_the_id_of_the_image_goes_into_the_file_of_iidfile(stepper: Command, project: Path) -> None:
    assert stepper("run", "-f", "recipe.txt", "--iidfile", "id").code == 0
    assert (project / "id").read_text().startswith("sha256:")


def test_a_failed_build_exits_as_a_failed_step(stepper: Command, engine: ScriptedEngine) -> None:
    engine.on("# syntax", message="process did not complete: exit code: 3", exit_code=3)
    result = stepper("run", "-f", "recipe.txt")
    assert result.code == 1
    assert "recipe.txt:1: process did not complete: exit code: 3" in result.err


def test_a_secret_for_another_frontend_is_refused_at_the_directive(stepper: Command, project: Path) -> None:
    result = stepper("run", "-f", "recipe.txt", "--secret", "id=a,src=recipe.txt")
    assert result.code == 2
    assert result.err.splitlines()[0].startswith("recipe.txt:1: --secret cannot be given to the engine's builder")


def test_there_is_nothing_to_check_in_another_language(stepper: Command) -> None:
    result = stepper("check", "-f", "recipe.txt")
    assert (result.code, result.out) == (0, "")
    assert "recipe.txt is for the frontend example.com/recipe:1" in result.err
    as_json = stepper("check", "--json", "-f", "recipe.txt")
    assert json.loads(as_json.out) == {"event": "check.finished", "file": "recipe.txt", "warnings": 0}
