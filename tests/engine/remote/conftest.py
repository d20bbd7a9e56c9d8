"""A web server for what is fetched."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stepper.engine.remote.workspace import Workspace
from tests.remote_site import Site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server that nothing is between."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "site"
    folder.mkdir()
    with Site(folder) as running:
        yield running


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """A workspace that is gone in the end."""
    with Workspace() as made:
        yield made
