"""What an engine tells of an image's configuration."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from stepper.engine.engine_info import PODMAN
from stepper.engine.image_config import config_of_base
from stepper.engine.interruption import Interruption, StoppedError, Stopping
from stepper.engine.socket_requests import Answer
from stepper.image.config import HistoryEntry
from tests.engine.answering import WAIT_SECONDS

HISTORY = (HistoryEntry("2020-01-01T00:00:00Z", "ONBUILD RUN true", empty_layer=True),)


class PackingPodman:
    """A client of a Podman that packs an image and sends nothing of it, until the connection is given up."""

    def __init__(self, packing: Callable[[], None]) -> None:
        self.version: dict[str, Any] = {}
        self._packing = packing
        self._given_up = threading.Event()

    def answer(self, *_: object) -> Answer:
        return Answer(200, "OK", json.dumps({"Id": "sha256:1", "Config": {}, "Os": "linux"}).encode())

    def request(self, *_: object, **__: object) -> bytes:
        return b"{}"

    def download(self, _: str, *, stopping: Stopping) -> Iterator[bytes]:
        with stopping(self._given_up.set):
            self._packing()
            if not self._given_up.wait(WAIT_SECONDS):
                raise AssertionError("nobody stopped it")
            raise ConnectionError("cut off")
        yield b""


def test_an_archive_that_podman_packs_for_it_is_given_up_on_an_interrupt() -> None:
    interruption = Interruption()
    client: Any = PackingPodman(interruption.interrupt)
    with interruption.working(), pytest.raises(StoppedError):
        config_of_base(client, "sha256:1", PODMAN, HISTORY, interruption)


def test_a_connection_that_breaks_by_itself_was_not_stopped() -> None:
    client: Any = PackingPodman(lambda: None)
    client._given_up.set()
    with Interruption().working(), pytest.raises(ConnectionError):
        config_of_base(client, "sha256:1", PODMAN, HISTORY, Interruption())


def test_no_archive_is_packed_for_an_image_that_has_nothing_to_be_told_by_it() -> None:
    def packing() -> None:
        raise AssertionError("an archive was asked for")

    client: Any = PackingPodman(packing)
    assert config_of_base(client, "sha256:1", PODMAN, (), Interruption()).on_build == ()
