"""Which frontend a file names, and what becomes of a file that Stepper does not read itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.dockerfile.frontends import Frontend, frontend_of, goes_to_builder, handed_over
from stepper.dockerfile.parser import parse
from stepper.errors import DockerfileError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# syntax=docker/dockerfile:1\nFROM a\n", Frontend("docker/dockerfile:1", 1)),
        ("#syntax = example.com/my/frontend:2\n", Frontend("example.com/my/frontend:2", 1)),
        ("# escape=`\n# Syntax=a/b --option x\nFROM a\n", Frontend("a/b --option x", 2)),
        ("\ufeff# syntax=a\n", Frontend("a", 1)),
        ("#!/usr/bin/env build\n# syntax=a\n", Frontend("a", 2)),
        ("// syntax=a\nlet x = 1\n", Frontend("a", 1)),
        ('{"syntax": "a/b", "steps": []}', Frontend("a/b", 1)),
        ('\n{\n "syntax": "a/b"\n}\n', Frontend("a/b", 1)),
    ],
)
def test_a_file_names_its_frontend(text: str, expected: Frontend) -> None:
    assert frontend_of(text, {}) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FROM a\n# syntax=b\n",
        "# a comment\n# syntax=b\n",
        "\n# syntax=b\n",
        " # syntax=b\n",
        '{"syntax": 1}',
        '{"syntax": "a"',
        "[1]",
        '{"other": "a"}',
    ],
)
def test_a_file_without_the_directive_at_its_top_names_none(text: str) -> None:
    assert frontend_of(text, {}) is None


def test_the_build_argument_goes_before_the_directive() -> None:
    assert frontend_of("# syntax=a\n", {"BUILDKIT_SYNTAX": " b/c:1 more"}) == Frontend("b/c:1 more")


@given(st.text())
def test_every_text_has_a_frontend_or_none(text: str) -> None:
    found = frontend_of(text, {})
    assert found is None or (found.reference and found.line is not None)


@pytest.mark.parametrize(
    "reference",
    [
        "docker/dockerfile",
        "docker/dockerfile:1",
        "docker.io/docker/dockerfile:1.7-labs",
        "docker/dockerfile@sha256:abc",
        "docker/dockerfile-upstream:master",
        "docker/dockerfile:1 --option",
    ],
)
def test_releases_of_the_dockerfile_frontend_are_stepped_through(reference: str) -> None:
    assert Frontend(reference).reads_dockerfiles


@pytest.mark.parametrize("reference", ["a", "example.com/docker/dockerfile:1", "docker/dockerfilex", "dockerfile:1"])
def test_other_frontends_are_not(reference: str) -> None:
    assert not Frontend(reference).reads_dockerfiles


_NEW_FLAG, _NEW_INSTRUCTION = "RUN --quick make", "TEST make"


@pytest.mark.parametrize(
    ("reference", "line", "expected"),
    [
        ("docker/dockerfile:1", _NEW_FLAG, True),
        ("docker/dockerfile", _NEW_FLAG, True),
        ("docker/dockerfile:1", _NEW_INSTRUCTION, False),
        ("docker/dockerfile:1-labs", _NEW_INSTRUCTION, True),
        ("docker/dockerfile-upstream:master", _NEW_INSTRUCTION, True),
        ("docker/dockerfile@sha256:abc", _NEW_FLAG, True),
        ("docker/dockerfile:1.7", _NEW_FLAG, False),
        ("docker/dockerfile:1.19.0-labs", _NEW_FLAG, False),
        ("docker/dockerfile:1.20", _NEW_INSTRUCTION, True),
        ("docker/dockerfile:2.0", _NEW_FLAG, True),
        ("docker/dockerfile:1-labs", "RUN --mout=type=tmpfs make", False),
        ("docker/dockerfile:1-labs", "RUNN make", False),
        ("docker/dockerfile:1-labs", "RUN --mount make", False),
    ],
)
def test_what_a_newer_release_may_know_is_no_error(reference: str, line: str, expected: bool) -> None:
    with pytest.raises(DockerfileError) as caught:
        parse(f"FROM a\n{line}\n")
    assert Frontend(reference).may_know(caught.value) is expected


def test_a_file_of_another_language_is_one_instruction_at_the_line_of_the_directive() -> None:
    data = b"// syntax=a/b:1\nlet x = 1\n\xff\n"
    frontend = frontend_of(data.decode(errors="replace"), {})
    assert frontend is not None
    dockerfile = handed_over(data, "recipe.txt", frontend)
    (stage,) = dockerfile.stages
    (instruction,) = stage.instructions
    assert (instruction.line, instruction.text) == (1, "# syntax=a/b:1")
    assert goes_to_builder(instruction)
    assert dockerfile.handed_over is not None
    assert dockerfile.handed_over.data == data
    assert dockerfile.lines[1] == "let x = 1"


def test_a_frontend_of_the_build_argument_stands_at_the_first_line() -> None:
    dockerfile = handed_over(b"x\n", "Dockerfile", Frontend("a/b"))
    (instruction,) = dockerfile.stages[0].instructions
    assert (instruction.line, instruction.text) == (1, "BUILDKIT_SYNTAX=a/b")


def test_only_a_run_with_a_device_is_left_to_the_builder() -> None:
    dockerfile = parse("FROM a\nRUN --device=x/y=z make\nRUN make\n")
    instructions = dockerfile.stages[0].instructions
    assert [goes_to_builder(each) for each in instructions] == [False, True, False]
