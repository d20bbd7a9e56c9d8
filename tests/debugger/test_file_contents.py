"""A file or folder of a state: its content, or all of it to disk."""

import tarfile
from collections.abc import Generator
from pathlib import Path

import pytest

from stepper.debugger.file_contents import open_content, read_content, save_to_disk
from stepper.errors import StepperError
from stepper.image.entry import EntryKind
from tests.debugger.conftest import Debug
from tests.image.layers import Member, file, folder, link, symlink, tar
from tests.scripted_engine import ScriptedEngine, added, modified

TEXT = "FROM busybox\nRUN make\nRUN change\n"


def pieces(data: bytes, size: int = 700) -> Generator[bytes, None, None]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


def test_the_content_of_a_file_is_as_it_is_after_the_step(debug: Debug, engine: ScriptedEngine) -> None:
    engine.on("RUN make", changes=[added("/app", 5)])
    engine.on("RUN change", changes=[modified("/app", 5, was=5)])
    engine.contents["/app"] = b"hello"
    debugged = debug(TEXT)
    debugged.session.resume()
    content = debugged.session.snapshots.content(debugged.step(2), "/app")
    assert (content.data, content.size, content.is_whole) == (b"hello", 5, True)
    assert debugged.session.snapshots.content_before(debugged.step(3), "/app").data == b"hello"
    with pytest.raises(StepperError):
        debugged.session.snapshots.content_before(debugged.step(2), "/app")


def test_of_a_large_file_only_what_was_asked_for_is_read() -> None:
    content = read_content(pieces(tar(file("big", b"x" * 100_000))), limit=1000)
    assert (len(content.data), content.size, content.is_whole) == (1000, 100_000, False)


def test_a_link_has_no_content_but_a_target() -> None:
    content = read_content(pieces(tar(symlink("l", "/etc/passwd"))))
    assert (content.header.kind, content.header.link, content.data) == (EntryKind.SYMLINK, "/etc/passwd", b"")


def test_a_folder_goes_to_disk_under_the_name_that_was_chosen(tmp_path: Path) -> None:
    data = tar(
        folder("src/"),
        file("src/a", b"1", mode=0o755),
        link("src/b", "src/a")._replace(mode=0o755),
        symlink("src/l", "/nowhere"),
    )
    save_to_disk(pieces(data), tmp_path / "copy")
    assert (tmp_path / "copy/a").read_bytes() == (tmp_path / "copy/b").read_bytes() == b"1"
    assert (tmp_path / "copy/a").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "copy/l").readlink() == Path("/nowhere")


def test_devices_and_pipes_are_left_out_and_counted(tmp_path: Path) -> None:
    null, pipe = Member("d/null", type=tarfile.CHRTYPE, device=(1, 3)), Member("d/pipe", type=tarfile.FIFOTYPE)
    assert save_to_disk(pieces(tar(folder("d/"), null, file("d/a"), pipe)), tmp_path / "copy") == 2
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["a"]
    with pytest.raises(StepperError, match="it is a device or a pipe"):
        save_to_disk(pieces(tar(null)), tmp_path / "null")


def test_a_file_goes_to_disk_under_another_name(tmp_path: Path) -> None:
    save_to_disk(pieces(tar(file("app", b"12345"))), tmp_path / "other")
    assert (tmp_path / "other").read_bytes() == b"12345"


def test_zeros_of_a_file_take_no_room_on_disk(tmp_path: Path) -> None:
    whole = bytes(8 << 20) + b"end"
    save_to_disk(pieces(tar(folder("d/"), file("d/disk", whole)), 65_536), tmp_path / "copy")
    saved = tmp_path / "copy/disk"
    assert saved.read_bytes() == whole
    assert saved.stat().st_blocks * 512 < 1 << 20


def test_what_is_there_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    with pytest.raises(StepperError, match="is there already"):
        save_to_disk(pieces(tar(file("app", b"new"))), tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"old"


def test_nothing_is_written_outside(tmp_path: Path) -> None:
    target = tmp_path / "in"
    target.mkdir()
    hostile = tar(folder("d/"), symlink("d/out", "/"), file("d/out/../../../evil", b"1"), file("d/out/tmp/evil", b"1"))
    with pytest.raises(StepperError):
        save_to_disk(pieces(hostile), target / "d")
    assert not Path("/tmp/evil").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize("data", [b"", b"rubbish" * 200, tar(file("a", b"1" * 3000))[:900]])
def test_a_damaged_archive_is_an_error(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(StepperError):
        read_content(pieces(data))
    with pytest.raises(StepperError):
        save_to_disk(pieces(data), tmp_path / "x")


def test_a_file_is_read_piece_by_piece_before_and_after_a_step(debug: Debug, engine: ScriptedEngine) -> None:
    engine.on("RUN make", changes=[added("/app", 5)])
    engine.contents["/app"] = b"hello"
    debugged = debug(TEXT)
    debugged.session.resume()
    with debugged.session.snapshots.file(debugged.step(2), "/app") as stream:
        assert (stream.header.size, b"".join(stream.chunks)) == (5, b"hello")
    with debugged.session.snapshots.file(debugged.step(3), "/app", before=True) as stream:
        assert b"".join(stream.chunks) == b"hello"
    with pytest.raises(StepperError), debugged.session.snapshots.file(debugged.step(2), "/app", before=True):
        pass


def test_a_damaged_archive_is_an_error_while_it_is_read() -> None:
    data = tar(file("big", b"x" * 100_000))[:50_000]
    with pytest.raises(StepperError, match="damaged"), open_content(pieces(data)) as stream:
        list(stream.chunks)


@pytest.mark.parametrize("data", [tar(file("a", b"x" * 90_000)), tar(folder("d/"), file("d/a", b"x" * 90_000))])
def test_saving_that_is_stopped_leaves_nothing(tmp_path: Path, data: bytes) -> None:
    seen: list[int] = []

    def stop(size: int) -> None:
        seen.append(size)
        if size > 40_000:
            raise StepperError("stopped")

    with pytest.raises(StepperError, match="stopped"):
        save_to_disk(pieces(data), tmp_path / "to", stop)
    assert seen == sorted(seen)
    assert not (tmp_path / "to").exists()
