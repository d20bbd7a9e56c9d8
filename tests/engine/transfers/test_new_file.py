"""Files that archives are written to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stepper.engine.transfers.new_file import write_file


def test_nothing_is_on_the_disk_before_the_first_chunk_and_nothing_after_an_error(tmp_path: Path) -> None:
    seen: list[int] = []

    def chunks() -> Iterator[bytes]:
        seen.append(len(list(tmp_path.iterdir())))
        yield b"half"
        seen.append(len(list(tmp_path.iterdir())))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "x", chunks())

    assert seen == [0, 1]
    assert not list(tmp_path.iterdir())


def test_a_file_of_no_chunks_is_empty(tmp_path: Path) -> None:
    write_file(tmp_path / "x", [])
    assert (tmp_path / "x").read_bytes() == b""
