"""The archives that a COPY sends: what becomes of an engine's archive, and what goes wrong while a file is read."""

import errno
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import pytest

from stepper.engine.archive_writer import from_archive, from_context
from stepper.engine.context import BuildContext
from stepper.engine.copy_error import CopyError
from stepper.engine.copy_plan import Planned, Target
from stepper.engine.step import ContextSource
from stepper.image.archive import END
from stepper.image.entry import Entry, EntryKind
from tests.engine.trees import NOW, OLD, file, listing, tree


class Unreadable(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError(errno.EIO, "Input/output error")


class DamagedDisk(BuildContext):
    """A build context whose files can be opened, not read."""

    def open(self, path: str) -> BinaryIO:
        return Unreadable()


def write(context: BuildContext, size: int) -> bytes:
    planned = [Planned("/x", "/f", file(size))]
    return b"".join(from_context(context, planned, Target(listing({}), tree({}), NOW), lambda _: None))


def test_a_file_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"12")
    with pytest.raises(CopyError, match="cannot read f of the build context: Input/output error"):
        write(DamagedDisk(ContextSource(tmp_path)), 2)


def test_a_file_that_becomes_shorter_is_an_error_and_one_that_grows_is_cut(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"12")
    context = BuildContext(ContextSource(tmp_path))
    with pytest.raises(CopyError, match="f became shorter while it was read"):
        write(context, 3)
    assert write(context, 1)[512:514] == b"1\0"


CAPABILITY = "SCHILY.xattr.security.capability"


def packed(*members: tuple[str, bytes, str]) -> bytes:
    """An archive as the engine makes it: names, types and links; a file holds its own name."""
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, kind, link in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.mode = kind, link, 0o640
            info.size = len(name) if kind == tarfile.REGTYPE else 0
            info.pax_headers = {CAPABILITY: "cap"} if kind in (tarfile.REGTYPE, tarfile.LNKTYPE) else {}
            archive.addfile(info, io.BytesIO(name.encode()))
    return body.getvalue()


def sent(archives: Mapping[str, bytes], planned: Mapping[str, Entry]) -> dict[str, tarfile.TarInfo]:
    """What is sent of `planned`, by its name at the destination `/x`; `archives` are the engine's, by path."""
    wanted = {path: Planned("/x" + path, path, entry) for path, entry in planned.items()}
    target = Target(listing({}), tree({}), NOW)
    members = b"".join(from_archive(lambda path: [archives[path]], wanted, target, lambda size: None))
    with tarfile.open(fileobj=io.BytesIO(members + END)) as archive:
        return {info.name: info for info in archive}


WHOLE = packed(
    ("s", tarfile.DIRTYPE, ""),
    ("s/a", tarfile.REGTYPE, ""),
    ("s/b", tarfile.LNKTYPE, "s/a"),
    ("s/c", tarfile.LNKTYPE, "s/a"),
)


def test_names_of_one_file_stay_that_and_keep_its_attributes() -> None:
    found = sent({"/s": WHOLE}, {"/s/a": file(), "/s/b": file()})
    assert {name: (info.islnk(), info.linkname) for name, info in found.items()} == {
        "x/s/a": (False, ""),
        "x/s/b": (True, "x/s/a"),
    }
    assert [info.pax_headers[CAPABILITY] for info in found.values()] == ["cap", "cap"]


def test_a_name_of_a_file_that_is_not_copied_has_its_content() -> None:
    archives = {"/s": WHOLE, "/s/a": packed(("a", tarfile.REGTYPE, ""))}
    found = sent(archives, {"/s/b": file(), "/s/c": file()})
    assert {name: (info.islnk(), info.linkname, info.size) for name, info in found.items()} == {
        "x/s/b": (False, "", 1),
        "x/s/c": (True, "x/s/b", 0),
    }


def test_names_of_what_is_no_ordinary_file_are_each_something_of_their_own() -> None:
    fifo = Entry(EntryKind.FIFO, 0o640, 1, 2, 0, OLD)
    whole = packed(("s", tarfile.DIRTYPE, ""), ("s/p", tarfile.FIFOTYPE, ""), ("s/q", tarfile.LNKTYPE, "s/p"))
    found = sent({"/s": whole}, {"/s/p": fifo, "/s/q": fifo})
    assert [(info.isfifo(), info.uid) for info in found.values()] == [(True, 1), (True, 1)]


def test_a_block_device_becomes_a_character_device() -> None:
    device = Entry(EntryKind.CHARACTER_DEVICE, 0o640, 0, 0, 0, OLD, device=(7, 8))
    whole = packed(("b", tarfile.BLKTYPE, ""))
    assert sent({"/b": whole}, {"/b": device})["x/b"].ischr()


def test_what_the_engine_does_not_send_is_an_error() -> None:
    with pytest.raises(CopyError, match="the engine did not send /s/missing"):
        sent({"/s": WHOLE}, {"/s/a": file(), "/s/missing": file()})


def test_a_damaged_archive_is_an_error() -> None:
    with pytest.raises(CopyError, match="cannot read what the engine sent"):
        sent({"/s/a": packed(("a", tarfile.REGTYPE, ""))[:513]}, {"/s/a": file()})
