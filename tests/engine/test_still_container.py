"""What is asked of an engine for the files of a container; no engine is needed."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from stepper.engine.still_container import archive_of


def test_a_path_is_asked_for_by_its_bytes_whatever_they_are() -> None:
    asked: list[tuple[str, bytes]] = []

    def get_archive(container: str, path: bytes) -> tuple[Iterator[bytes], dict[str, object]]:
        asked.append((container, path))
        return (chunk for chunk in (b"a", b"b")), {}

    client: Any = SimpleNamespace(api=SimpleNamespace(get_archive=get_archive))
    odd = b"/odd-\xff".decode("utf-8", "surrogateescape")
    assert list(archive_of(client, "container", odd)) == [b"a", b"b"]
    assert asked == [("container", b"/odd-\xff")]
