"""What is asked of an engine for the files of a container; no engine is needed."""

from collections.abc import Generator, Mapping
from typing import Any, cast

from stepper.engine.client import EngineClient
from stepper.engine.still_container import archive_of


class Files:
    """A client that gives the same bytes for whatever is downloaded."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def download(self, path: str, params: Mapping[str, Any]) -> Generator[bytes, None, None]:
        self.asked.append((path, params))
        yield from (b"a", b"b")


def test_a_path_is_asked_for_by_its_bytes_whatever_they_are() -> None:
    files = Files()
    odd = b"/odd-\xff".decode("utf-8", "surrogateescape")
    assert list(archive_of(cast("EngineClient", files), "container", odd)) == [b"a", b"b"]
    assert files.asked == [("/containers/container/archive", {"path": b"/odd-\xff"})]
