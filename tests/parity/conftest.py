"""What the parity suite needs of pytest."""

import os

import pytest
from _pytest import runner


@pytest.fixture(scope="session", autouse=True)
def _environment_that_stays() -> None:
    """Keep pytest from noting the running test in the environment, which builds in the background read meanwhile.

    Reading all of it, as urllib does for proxies, fails when a variable goes at that moment.
    """
    os.environ.pop("PYTEST_CURRENT_TEST", None)
    setattr(runner, "_update_current_test_var", _note_nothing)  # noqa: B010 - mypy knows that it is not exported


def _note_nothing(item: pytest.Item, when: str | None) -> None:
    """In place of what pytest does before and after each phase of a test."""
