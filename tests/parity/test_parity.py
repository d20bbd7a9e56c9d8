"""The same image as `docker build`: each case is built by Stepper and by BuildKit. See `tests.parity`."""

import contextlib
import os
import re
from collections.abc import Iterator

import pytest

from stepper.engine.connect import Connection, connect
from tests.parity.builds import Builds
from tests.parity.case import Case
from tests.parity.cases import CASES, THOROUGH
from tests.parity.known_differences import is_known, is_known_in_reports, known_differences

# The limit is each test's own: to remove the images of all of them takes minutes on a slow engine.
pytestmark = [pytest.mark.engine, pytest.mark.timeout(300, func_only=True)]

REFERENCE_HOST = "STEPPER_REFERENCE_HOST"
"""Names an engine whose BuildKit is the reference, where the tested engine's own is old or none."""

BUILDS = [case for case in CASES if case.fails is None]
FAILURES = [case for case in CASES if case.fails is not None]


def named(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.name, marks=_marks(case)) for case in cases])


def _marks(case: Case) -> list[pytest.MarkDecorator]:
    wanted = [(pytest.mark.buildkit, case.needs_buildkit), (pytest.mark.thorough, case.name in THOROUGH)]
    return [mark for mark, is_wanted in wanted if is_wanted]


@pytest.fixture(scope="module")
def builds(
    engine: Connection, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Builds]:
    """The builds of all cases that are asked for, in the background."""
    reference_host = os.environ.get(REFERENCE_HOST)
    asked_for = {item.name for item in request.session.items if item.path == request.path}
    selected = [case for case in CASES if any(name.endswith(f"[{case.name}]") for name in asked_for)]
    with contextlib.ExitStack() as opened:
        reference = opened.enter_context(contextlib.closing(connect(reference_host))) if reference_host else None
        running = Builds(engine, tmp_path_factory.mktemp("parity"), selected, reference)
        opened.callback(running.close)
        yield running


def test_every_case_has_a_name_of_its_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@named(BUILDS)
def test_the_image_is_the_one_that_buildkit_builds(case: Case, builds: Builds) -> None:
    built = builds.built(case)
    known = known_differences(case.name, builds.engine, builds.reference)
    unexpected = [line for line in built.report if not is_known(line, case.name, builds.engine, builds.reference)]
    missing = [pattern for pattern in known if not any(re.search(pattern, line) for line in built.report)]
    # Of an image that Stepper does not make nothing else is told.
    gone = missing if built.ours is None else []

    assert built.reference.error is None, "BuildKit does not build this case"
    assert not unexpected, "differs from BuildKit:\n" + "\n".join(unexpected)
    assert not gone, f"no known difference any more: {gone}"


@named(BUILDS)
@pytest.mark.thorough
def test_what_is_reported_of_a_layer_is_what_its_archive_holds(case: Case, builds: Builds) -> None:
    found = builds.reported(case)
    assert not [line for line in found if not is_known_in_reports(line, case.name, builds.engine)]


@named(FAILURES)
def test_a_build_fails_where_buildkit_fails(case: Case, builds: Builds) -> None:
    built = builds.built(case)
    assert case.fails is not None
    assert built.reference.error is not None, "BuildKit builds this case"
    assert built.ours is not None, "Stepper builds this case"

    exit_code = re.search(r"exit code: (\d+)", built.reference.error)
    assert (int(exit_code[1]) if exit_code else None) == case.fails.exit_code
    assert (built.ours.line, built.ours.exit_code) == (case.fails.line, case.fails.exit_code), built.ours.message
    failed = built.reference_instruction
    if failed is not None and built.ours.instruction is not None:
        words = built.ours.instruction.split()
        failed = failed.removeprefix("ONBUILD ")
        # What BuildKit shows of a heredoc comes after the instruction's own words.
        assert failed.split()[: len(words)] == words
