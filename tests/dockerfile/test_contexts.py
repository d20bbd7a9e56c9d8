"""Additional build contexts: which names they take, and what becomes of stages that have one."""

import pytest

from stepper.dockerfile.build_checks import check as warnings_of
from stepper.dockerfile.contexts import context_name
from stepper.dockerfile.graph import stage_graph
from stepper.dockerfile.operations import CopyOperation, FromOperation
from stepper.dockerfile.parser import parse
from stepper.dockerfile.resolve import resolve
from stepper.dockerfile.scope import Scope
from stepper.dockerfile.validate import check

FOLDER: dict[str, str | None] = {"src": None}
STAGES = parse("FROM busybox AS src\nRUN x\nSTOPSIGNAL NONSENSE\nFROM busybox\nCOPY --from=src a b\n")


def first(text: str, contexts: dict[str, str | None], line: int = 1) -> object:
    dockerfile = parse(text)
    scope = Scope.start(dockerfile, {}, contexts=contexts)
    stage = dockerfile.stages[0]
    return resolve(stage.instructions[line - 1], scope, dockerfile=dockerfile, stage=0)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("alpine", "alpine"),
        ("alpine:latest", "alpine"),
        ("alpine:3", "alpine:3"),
        ("docker.io/library/alpine", "alpine"),
        ("docker.io/me/x:latest", "me/x"),
        ("example.com/library/x", "example.com/library/x"),
    ],
)
def test_names_are_those_that_docker_shows(written: str, name: str) -> None:
    assert context_name(written) == name


def test_from_can_name_a_folder_or_another_image() -> None:
    assert first("FROM src", FOLDER) == FromOperation(context="src")
    assert first("FROM docker.io/library/alpine:latest", {"alpine": "mine:1"}) == FromOperation(image="mine:1")
    assert first("FROM alpine:3", {"alpine": "mine:1"}) == FromOperation(image="alpine:3")
    assert first("FROM scratch", {"scratch": None}) == FromOperation()


def test_copy_can_name_a_folder_or_another_image() -> None:
    folder = first("FROM scratch\nCOPY --from=src a b", FOLDER, 2)
    assert folder == CopyOperation(("a",), "b", from_context="src")
    image = first("FROM scratch\nCOPY --from=alpine a b", {"alpine": "mine:1"}, 2)
    assert image == CopyOperation(("a",), "b", from_image="mine:1")


def test_a_context_takes_the_place_of_a_stage_with_its_name() -> None:
    scope = Scope.start(STAGES, {}, contexts=FOLDER)
    from_ = resolve(STAGES.stages[0].instructions[0], scope, dockerfile=STAGES, stage=0)
    assert from_ == FromOperation(context="src")
    copy = resolve(STAGES.stages[1].instructions[1], scope, dockerfile=STAGES, stage=1)
    assert copy == CopyOperation(("a",), "b", from_stage=0)
    graph = stage_graph(STAGES, {}, contexts=FOLDER)
    assert graph.dependencies[0] == ()
    assert graph.needed(1) == {0, 1}


def test_what_is_wrong_in_a_stage_that_is_replaced_is_no_error() -> None:
    assert [error.line for error in check(STAGES, {})] == [3]
    assert check(STAGES, {}, contexts=FOLDER) == ()


def test_a_stage_that_is_replaced_triggers_nothing() -> None:
    dockerfile = parse("FROM scratch AS src\nONBUILD STOPSIGNAL NONSENSE\nFROM src\n")
    assert [error.line for error in check(dockerfile, {})] == [3]
    assert check(dockerfile, {}, contexts=FOLDER) == ()


def test_the_build_checks_leave_a_replaced_stage_out() -> None:
    dockerfile = parse("FROM scratch AS src\nWORKDIR x\nFROM src\nENV A=$B\n")
    assert [warning.line for warning in warnings_of(dockerfile)] == [2, 4]
    assert [warning.line for warning in warnings_of(dockerfile, contexts=FOLDER)] == [4]
