"""The engine's own BuildKit has the same warnings: about the corpus, and about generated Dockerfiles."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stepper.dockerfile.build_checks import CheckWarning
from stepper.engine.client import EngineClient
from stepper.engine.connect import Connection
from tests.buildkit_trace import TraceWarning, warnings_of
from tests.dockerfile.build_checks.corpus import BASE, BASE_DOCKERFILE, CASES, Case, warnings
from tests.dockerfile.build_checks.generated import Generator
from tests.reference_build import reference_build

pytestmark = pytest.mark.engine

_BUILT = f"{BASE}-built"


@pytest.fixture(scope="module")
def client(engine: Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineClient]:
    """The engine, with the base image of the corpus on it."""
    folder = tmp_path_factory.mktemp("base")
    (folder / "Dockerfile").write_text(BASE_DOCKERFILE)
    assert reference_build(engine.client, folder, tag=BASE).error is None
    yield engine.client
    for tag in (BASE, _BUILT):
        engine.client.sdk.images.remove(tag, force=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_buildkit_says_the_same_of_the_corpus(case: Case, client: EngineClient, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(case.text)
    build = reference_build(client, tmp_path, tag=_BUILT, target=case.target, build_args=case.build_args)
    assert build.error is None
    found = warnings(case.text, build_args=case.build_args, target=case.target)
    assert _comparable(found) == _comparable(_check_warning(warning) for warning in warnings_of(build.trace))


@pytest.mark.parametrize("seed", range(40))
def test_buildkit_says_the_same_of_generated_dockerfiles(seed: int, client: EngineClient, tmp_path: Path) -> None:
    text = Generator(seed).dockerfile()
    (tmp_path / "Dockerfile").write_text(text)
    build = reference_build(client, tmp_path, tag=_BUILT)
    assert build.error is None
    assert _comparable(warnings(text)) == _comparable(_check_warning(warning) for warning in warnings_of(build.trace))


def test_an_error_of_the_directive_stops_both(client: EngineClient, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("# check=error=true\nFROM scratch\nCMD x\n")
    build = reference_build(client, tmp_path, tag=_BUILT)
    assert build.error == "lint violation found for rules: JSONArgsRecommended"


def _comparable(found: Iterable[CheckWarning]) -> set[CheckWarning]:
    """Without the suggestions: BuildKit also makes some that nobody can have meant, as `$A` for `$B`."""
    return {replace(w, message=re.sub(r" \(did you mean [^)]+\?\)$", "", w.message)) for w in found}


def _check_warning(warning: TraceWarning) -> CheckWarning:
    """BuildKit's form of a warning is `Rule: message (line 3)`, with one range for each of its lines."""
    line, end_line = warning.ranges[0][0], warning.ranges[-1][1]
    rule, _, message = warning.short.partition(": ")
    (description,) = warning.detail
    return CheckWarning(rule, line, end_line, message.removesuffix(f" (line {line})"), description, warning.url)
