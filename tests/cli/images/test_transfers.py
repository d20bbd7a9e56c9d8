"""`stepper save`, `stepper load` and `stepper import`."""

import io
import json
import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepper.cli.images.output_file import check_output, write_output
from stepper.cli.main import main
from stepper.engine.api_requests import inspect_image
from stepper.engine.connect import connect
from stepper.errors import UsageError
from stepper.image.compression import Compression, compressed
from tests.cli.images.test_layers import Piped
from tests.image.layers import file, tar

ROOT = tar(file("hello", b"hi"))


@pytest.fixture
def name() -> Iterator[str]:
    """A name for an image, which is removed afterwards."""
    name = f"stepper-test-{uuid.uuid4().hex[:12]}:1"
    yield name
    connection = connect()
    connection.client.api.remove_image(name, force=True)
    connection.close()


def test_a_file_that_is_there_is_replaced_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(b"old")
    with pytest.raises(UsageError, match="is there already"):
        check_output(str(path), force=False)
    check_output(str(path), force=True)
    write_output(str(path), [b"new"])
    assert path.read_bytes() == b"new"


def test_what_is_cut_off_leaves_neither_a_half_file_nor_takes_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(b"old")

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_output(str(path), broken())
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["x.tar"]


def test_a_new_file_has_the_mode_that_files_have_here(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_output(str(tmp_path / "x"), [b"1"])
    finally:
        os.umask(old)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o640


def test_a_full_disk_is_an_error_and_not_a_traceback() -> None:
    with pytest.raises(UsageError, match="/dev/full cannot be written: No space left"):
        write_output("/dev/full", [b"x" * 100])


@pytest.mark.parametrize(("written", "message"), [(".", "is a folder"), ("none/x", "there is no folder none")])
def test_a_place_that_cannot_be_is_an_error_before_anything_is_sent(
    written: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=message):
        check_output(written, force=False)


@pytest.mark.engine
@pytest.mark.parametrize("kind", [Compression.NONE, Compression.GZIP, Compression.ZSTD])
def test_an_image_goes_out_and_comes_back_in(
    kind: Compression, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Piped(b"".join(compressed([ROOT], kind))))
    assert main(["import", "-", name, "--change", 'CMD ["hello"]', "-m", "a base"]) == 0
    image = capfd.readouterr().out.strip()
    saved = tmp_path / "saved"
    assert main(["save", name, "-o", str(saved), "--compress", kind.value]) == 0
    connection = connect()
    connection.client.api.remove_image(name)
    assert main(["load", str(saved)]) == 0
    assert capfd.readouterr().err.splitlines()[-1] in (f"Loaded {name}.", f"Loaded docker.io/library/{name}.")
    found = inspect_image(connection.client, name)
    connection.close()
    assert found["Id"] == image
    assert found["Config"]["Cmd"] == ["hello"]
    assert main(["history", name, "--json"]) == 0
    (line,) = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert (line["imported"], line["comment"], line["bytes"] > 0) == (True, "a base", True)


@pytest.mark.engine
def test_a_file_is_named_in_the_history_of_what_was_imported_from_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("root.tar").write_bytes(ROOT)
    assert main(["import", "root.tar", name]) == 0
    assert main(["history", name]) == 0
    assert "imported from root.tar" in capfd.readouterr().out


@pytest.mark.engine
def test_what_is_no_archive_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Piped(b"no archive at all"))
    assert main(["load"]) == 1
    assert capfd.readouterr().err.startswith("stepper: the engine cannot load the archive: ")
    (tmp_path / "x.gz").write_bytes(b"\x1f\x8b\x08 damaged")
    assert main(["load", str(tmp_path / "x.gz")]) == 1
    assert "x.gz cannot be read: the gzip stream is damaged" in capfd.readouterr().err
    assert main(["import", str(tmp_path / "none.tar"), "x:1"]) == 2
    assert main(["import", str(tmp_path / "x.gz"), "Not A Name"]) == 2


@pytest.mark.engine
def test_a_cancelled_save_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stepper.engine.transfers.progress import Transfer

    def cancelled(self: Transfer, chunks: Iterator[bytes]) -> Iterator[bytes]:
        yield next(iter(chunks))
        raise KeyboardInterrupt

    monkeypatch.setattr(Transfer, "through", cancelled)
    assert main(["save", "busybox", "-o", str(tmp_path / "x.tar")]) == 130
    assert os.listdir(tmp_path) == []


def test_an_archive_is_not_written_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", Terminal())
    with pytest.raises(UsageError, match="nothing for a terminal"):
        check_output(None, force=False)
