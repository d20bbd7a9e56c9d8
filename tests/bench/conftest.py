"""Benchmarks report figures and do not judge: the machines they run on differ. `make bench` prints the table."""

import pytest

from tests.bench.figures import Figures

_FIGURES = pytest.StashKey[Figures]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIGURES] = Figures()


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Where a benchmark puts what it measured."""
    return request.config.stash[_FIGURES]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    figures = config.stash[_FIGURES]
    if figures.rows:
        terminalreporter.section("figures")
        for line in figures.table():
            terminalreporter.write_line(line)
