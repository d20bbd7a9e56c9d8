"""The archive that the engine's own builder gets."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from stepper.engine.build_context import archive
from stepper.engine.build_request import BuildRequest
from stepper.engine.copy_error import CopyError
from stepper.engine.step import ContextSource


def _members(request: BuildRequest) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(b"".join(archive(request, lambda _: None)))) as opened:
        return {member.name: member for member in opened.getmembers()}


def _content(request: BuildRequest, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(b"".join(archive(request, lambda _: None)))) as opened:
        file = opened.extractfile(name)
        assert file is not None
        return file.read()


def test_the_file_comes_first_and_without_a_pax_header() -> None:
    sent = b"".join(archive(BuildRequest(b"FROM a\n"), lambda _: None))
    assert sent.startswith(b"Dockerfile\0")
    assert sent[512:519] == b"FROM a\n"


def test_what_the_ignore_file_lets_through_is_sent(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("x" * 10)
    (tmp_path / "secret").write_text("no")
    (tmp_path / "link").symlink_to("kept/file")
    members = _members(BuildRequest(b"", ContextSource(tmp_path, "secret\n")))
    assert sorted(members) == ["Dockerfile", "kept", "kept/file", "link"]
    assert members["kept"].isdir()
    assert members["link"].linkname == "kept/file"
    assert (members["kept/file"].size, members["kept/file"].uid) == (10, 0)


def test_the_file_is_the_one_that_was_read_and_keeps_its_time_and_mode(tmp_path: Path) -> None:
    (tmp_path / "recipe.txt").write_text("edited since")
    os.chmod(tmp_path / "recipe.txt", 0o600)
    os.utime(tmp_path / "recipe.txt", (1000, 1000))
    request = BuildRequest(b"as read", ContextSource(tmp_path), name="recipe.txt")
    assert _content(request, "recipe.txt") == b"as read"
    member = _members(request)["recipe.txt"]
    assert (member.mtime, member.mode) == (1000, 0o600)


def test_a_file_that_the_ignore_file_keeps_out_is_sent_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM a\n")
    assert _content(BuildRequest(b"FROM a\n", ContextSource(tmp_path, "*\n")), "Dockerfile") == b"FROM a\n"


def test_it_is_told_what_went_out_and_can_be_stopped(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(3_000_000))
    sizes: list[int] = []

    def stop(size: int) -> None:
        sizes.append(size)
        if sum(sizes) > 2_000_000:
            raise CopyError("stopped")

    with pytest.raises(CopyError, match="stopped"):
        list(archive(BuildRequest(b"", ContextSource(tmp_path)), stop))
    assert 2_000_000 < sum(sizes) < 3_100_000
