"""Fixtures for all tests: an engine where a test needs one, and folders of its own for what Stepper keeps."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from stepper.engine.connect import Connection, connect

# The same examples in every run, however slow the machine: what a property test says does not change by itself.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

# A shell that starts something in the background has it ignore Ctrl+C, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def engine() -> Iterator[Connection]:
    """A connection to the engine that the tests run against; without one the test fails."""
    connection = connect()
    yield connection
    connection.close()


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches what the person running it keeps in the cache and state folders."""
    home: Path = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
