"""The corpus of Dockerfiles has the warnings that are expected."""

import pytest

from stepper.dockerfile.build_checks import RULES
from tests.dockerfile.build_checks.corpus import CASES, Case, warnings

_NOT_IN_THE_CORPUS = {"CopyIgnoredFile"}
"""BuildKit has no ignore file for a context that comes through the Docker API: see `test_ignored_files`."""


def test_the_corpus_finds_every_rule() -> None:
    names = {rule.name for rule in RULES} - _NOT_IN_THE_CORPUS
    assert {rule for case in CASES for rule, _ in case.expected} == names
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_dockerfile_has_the_expected_warnings(case: Case) -> None:
    found = warnings(case.text, build_args=case.build_args, target=case.target)
    assert {(warning.rule, warning.line) for warning in found} == case.expected
