"""The corpus of Dockerfiles: the warnings that are expected, and those of the engine's own BuildKit."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import docker
import pytest

from stepper.dockerfile.build_checks import RULES, CheckWarning, check
from stepper.dockerfile.parser import parse
from stepper.dockerfile.scope import DEFAULT_PATH
from stepper.engine.connect import Connection
from tests.buildkit_trace import TraceWarning, warnings_of
from tests.dockerfile.build_checks.corpus import BASE, BASE_DOCKERFILE, CASES, Case
from tests.reference_build import reference_build

_NOT_IN_THE_CORPUS = {"CopyIgnoredFile"}
"""BuildKit has no ignore file for a context that comes through the Docker API: see `test_ignored_files`."""


@dataclass(frozen=True)
class _Base:
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": DEFAULT_PATH})
    shell: tuple[str, ...] | None = None
    on_build: tuple[str, ...] = ()


_BASES = {
    "busybox": _Base(),
    "busybox:latest": _Base(),
    BASE: _Base(
        {"PATH": DEFAULT_PATH, "FLAVOUR": "vanilla"},
        ("/bin/ash", "-c"),
        ("ENV TOPPING=$SPRINKLES", "WORKDIR toppings"),
    ),
}


def _warnings(case: Case) -> tuple[CheckWarning, ...]:
    dockerfile = parse(case.text)
    target = case.target or str(len(dockerfile.stages) - 1)
    return check(dockerfile, build_args=case.build_args, target=target, bases=_BASES.get)


def test_the_corpus_finds_every_rule_and_misses_every_rule() -> None:
    names = {rule.name for rule in RULES} - _NOT_IN_THE_CORPUS
    assert {rule for case in CASES for rule, _ in case.expected} == names
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_dockerfile_has_the_expected_warnings(case: Case) -> None:
    assert {(warning.rule, warning.line) for warning in _warnings(case)} == case.expected


@pytest.fixture(scope="module")
def client(engine: Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[docker.DockerClient]:
    """The engine, with the base image of the corpus on it."""
    folder = tmp_path_factory.mktemp("base")
    (folder / "Dockerfile").write_text(BASE_DOCKERFILE)
    base = reference_build(engine.client, folder, tag=BASE)
    assert base.error is None
    yield engine.client
    for tag in (BASE, f"{BASE}-built"):
        engine.client.images.remove(tag, force=True)


@pytest.mark.engine
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_buildkit_has_the_same_warnings(case: Case, client: docker.DockerClient, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(case.text)
    build = reference_build(client, tmp_path, tag=f"{BASE}-built", target=case.target, build_args=case.build_args)
    assert build.error is None
    assert {_check_warning(warning) for warning in warnings_of(build.trace)} == set(_warnings(case))


def _check_warning(warning: TraceWarning) -> CheckWarning:
    """BuildKit's form of a warning is `Rule: message (line 3)`, with one range for each of its lines."""
    line, end_line = warning.ranges[0][0], warning.ranges[-1][1]
    rule, _, message = warning.short.partition(": ")
    (description,) = warning.detail
    return CheckWarning(rule, line, end_line, message.removesuffix(f" (line {line})"), description, warning.url)
