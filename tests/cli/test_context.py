"""`stepper context`: what it prints, for people and for programs."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command


@pytest.fixture
def context(project: Path) -> Path:
    """A context of a few files, with an ignore file."""
    (project / "Dockerfile").write_text("FROM scratch\n")
    (project / ".dockerignore").write_text("node_modules\n*.log\n")
    (project / "node_modules/a").mkdir(parents=True)
    (project / "node_modules/a/index.js").write_text("x" * 2000)
    (project / "node_modules/b.js").write_text("x" * 500)
    (project / "debug.log").write_text("x" * 7)
    (project / "main.js").write_text("x" * 1500)
    return project


def test_it_tells_what_is_included_and_what_is_ignored_by_which_rule(stepper: Command, context: Path) -> None:
    result = stepper("context")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "+      19 B  .dockerignore",
        "+      13 B  Dockerfile",
        "-       7 B  debug.log  .dockerignore:2 *.log",
        "+    1.5 kB  main.js",
        "-    2.5 kB  node_modules/ (2 files)  .dockerignore:1 node_modules",
        "",
        ".dockerignore:1 node_modules ignores 2 files, 2.5 kB",
        ".dockerignore:2 *.log ignores 1 file, 7 B",
        "included  3 files, 1.5 kB",
        "ignored   3 files, 2.5 kB",
    ]


def test_the_largest_can_come_first(stepper: Command, context: Path) -> None:
    lines = stepper("context", ".", "--largest").out.splitlines()
    assert [line.split()[3] for line in lines[:3]] == ["node_modules/", "main.js", ".dockerignore"]


def test_programs_get_every_path_and_the_totals(stepper: Command, context: Path) -> None:
    events = [json.loads(line) for line in stepper("context", "--json").out.splitlines()]
    by_path = {event["path"]: event for event in events[:-1]}
    assert by_path["node_modules/a/index.js"] == {
        "event": "context.path",
        "path": "node_modules/a/index.js",
        "kind": "file",
        "size": 2000,
        "included": False,
        "rule": {"line": 1, "text": "node_modules"},
    }
    assert by_path["main.js"]["rule"] is None
    assert events[-1]["event"] == "context.finished"
    assert events[-1]["included"] == {"files": 3, "size": 1532}
    assert events[-1]["ignored"] == {"files": 3, "size": 2507}


def test_the_ignore_file_of_the_dockerfile_counts(stepper: Command, context: Path) -> None:
    (context / "other").write_text("FROM scratch\n")
    (context / "other.dockerignore").write_text("main.js\n")
    assert "main.js  other.dockerignore:1 main.js" in stepper("context", ".", "-f", "other").out


def test_an_ignore_file_that_is_wrong_is_an_error(stepper: Command, context: Path) -> None:
    (context / ".dockerignore").write_text("[\n")
    result = stepper("context")
    assert result.code == 2
    assert ".dockerignore:1" in result.err
