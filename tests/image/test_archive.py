"""Tar headers: what is written is read by the standard library, and the other way round."""

import contextlib
import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.image.archive import (
    END,
    ArchiveError,
    ArchiveReader,
    Header,
    as_read,
    padding,
    write_header,
)
from stepper.image.entry import EntryKind

NAME = st.text(st.characters(exclude_characters="\0/", codec="utf-8"), min_size=1, max_size=60).filter(
    lambda text: text not in (".", "..")
)
PATH = st.lists(NAME, min_size=1, max_size=5).map("/".join)
HEADERS = st.builds(
    Header,
    name=PATH,
    kind=st.sampled_from([EntryKind.FILE, EntryKind.DIRECTORY, EntryKind.SYMLINK, EntryKind.CHARACTER_DEVICE]),
    mode=st.integers(0, 0o7777),
    uid=st.integers(0, 2**32 - 2),
    gid=st.integers(0, 2**32 - 2),
    mtime_ns=st.integers(-(10**18), 10**19),
    xattrs=st.dictionaries(st.sampled_from(["security.capability", "user.a"]), st.binary(min_size=1, max_size=30)),
)


def archive(*members: tuple[Header, bytes]) -> bytes:
    return b"".join(write_header(header) + data + padding(len(data)) for header, data in members) + END


@settings(max_examples=150, deadline=None)
@given(HEADERS, st.binary(max_size=1500), st.integers(1, 700))
def test_what_is_written_is_read_again(header: Header, data: bytes, chunk: int) -> None:
    if header.kind is EntryKind.FILE:
        header.size = len(data)
    else:
        data = b""
    if header.kind is EntryKind.SYMLINK:
        header.link = "some/where" * 20
    if header.kind is EntryKind.CHARACTER_DEVICE:
        header.device = (10, 200)
    written = archive((header, data), (Header("after", EntryKind.DIRECTORY), b""))
    reader = ArchiveReader(written[at : at + chunk] for at in range(0, len(written), chunk))

    members = [(member, b"".join(reader.content())) for member in reader]

    read, content = members[0]
    assert [member.name.rstrip("/") for member, _ in members] == [header.name, "after"]
    assert content == data
    assert (read.kind, read.mode, read.uid, read.gid) == (header.kind, header.mode, header.uid, header.gid)
    assert (read.size, read.mtime_ns, read.link) == (header.size, header.mtime_ns, header.link)
    assert (read.device, dict(read.xattrs)) == (header.device, dict(header.xattrs))


@settings(max_examples=80, deadline=None)
@given(HEADERS)
def test_the_standard_library_reads_what_is_written(header: Header) -> None:
    written = archive((header, b""))

    with tarfile.open(fileobj=io.BytesIO(written)) as tar:
        member = tar.next()

    assert member is not None
    assert member.name == header.name.rstrip("/")
    assert (member.mode, member.uid, member.gid) == (header.mode, header.uid, header.gid)
    assert member.isdir() == (header.kind is EntryKind.DIRECTORY)


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_archives_of_the_standard_library_are_read(form: int) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
        file = tarfile.TarInfo(
            "a/" * 45 + "long-enough-for-a-prefix" if form == tarfile.USTAR_FORMAT else "x/" * 120 + "é"
        )
        file.size, file.mode, file.uid, file.mtime = 3, 0o640, 1234, 1_500_000_000
        tar.addfile(file, io.BytesIO(b"abc"))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.LNKTYPE, "x"
        tar.addfile(link)
    reader = ArchiveReader([buffer.getvalue()])

    members = [(member, b"".join(reader.content())) for member in reader]

    assert members[0][0].name == file.name
    assert members[0][1] == b"abc"
    assert members[0][0].mtime_ns == 1_500_000_000 * 10**9
    assert (members[1][0].hard_link, members[1][0].link, members[1][0].size) == (True, "x", 0)


@pytest.mark.parametrize("form", ["--format=gnu", "--format=pax", "--format=oldgnu"])
def test_sparse_files_of_gnu_tar_are_passed_through_with_another_owner(form: str, tmp_path: Path) -> None:
    sparse = tmp_path / "sparse"
    with sparse.open("wb") as file:
        for place in range(0, 6 << 20, 1 << 20):
            file.seek(place)
            file.write(b"data" * 1024)
        file.truncate(9 << 20)
    raw = subprocess.run(
        ["tar", "-c", form, "--sparse", "-C", tmp_path, "sparse"], capture_output=True, check=True
    ).stdout
    reader = ArchiveReader([raw])

    header = next(iter(reader))
    content = b"".join(reader.content())
    changed = as_read(header, owner=(77, 3_000_000)) + content + padding(header.stored) + END

    assert header.size == 9 << 20
    assert len(content) == header.stored < 1 << 20
    with tarfile.open(fileobj=io.BytesIO(changed)) as tar:
        member = tar.getmember("sparse")
        extracted = tar.extractfile(member)
        assert extracted is not None
        assert extracted.read() == sparse.read_bytes()
        assert (member.uid, member.gid) == (77, 3_000_000)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_are_an_archive_or_an_archive_error(data: bytes) -> None:
    reader = ArchiveReader([data])
    with contextlib.suppress(ArchiveError):
        for _ in reader:
            list(reader.content())


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 1535), st.binary(min_size=1, max_size=20))
def test_a_damaged_archive_is_an_archive_error_or_is_read(place: int, damage: bytes) -> None:
    data = bytearray(archive((Header("n" * 150, EntryKind.FILE, size=0), b"")))
    data[place : place + len(damage)] = damage
    with contextlib.suppress(ArchiveError):
        list(ArchiveReader([bytes(data)]))


def test_an_archive_that_is_cut_off_is_an_error() -> None:
    data = archive((Header("a", EntryKind.FILE, size=2000), bytes(2000)))
    reader = ArchiveReader([data[:1000]])

    with pytest.raises(ArchiveError, match="cut off"):
        [list(reader.content()) for _ in reader]
