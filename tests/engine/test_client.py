"""The client of an engine."""

import pytest

from stepper.engine import client as client_module
from stepper.engine.api_requests import image_path
from stepper.engine.client import EngineClient
from stepper.engine.socket_requests import Download
from tests.engine.conftest import BUSYBOX

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("read", [0, 1])
def test_a_download_is_let_go_of_when_it_is_closed_before_its_end(
    client: EngineClient, monkeypatch: pytest.MonkeyPatch, read: int
) -> None:
    closed: list[Download] = []

    class Noted(Download):
        def close(self) -> None:
            closed.append(self)
            super().close()

    monkeypatch.setattr(client_module, "Download", Noted)
    chunks = client.download(image_path(BUSYBOX, "get"))
    for _ in range(read):
        assert next(chunks)
    assert closed == []
    chunks.close()
    assert len(closed) == 1
