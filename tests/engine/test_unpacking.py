"""ADD of archives: told from other files, and what becomes of their members."""

import bz2
import contextlib
import gzip
import io
import lzma
import random
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.engine.context import BuildContext
from stepper.engine.copy_error import CopyError
from stepper.engine.copy_flags import Owner
from stepper.engine.copy_plan import Nothing, Target, make_directories
from stepper.engine.step import ContextSource
from stepper.engine.unpacking import is_archive, unpack
from stepper.image.compression import Compression, compressed
from stepper.image.entry import Entry, EntryKind
from tests.engine.trees import NOW, directory, file, link, listing, tree

MTIME = 1_400_000_000


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", mode: int = 0o640) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode, info.mtime, info.uid, info.gid = kind, link, mode, MTIME, 11, 12
    return info


def archive(*members: tarfile.TarInfo, data: bytes = b"data") -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as tar:
        for info in members:
            info.size = len(data) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(data))
    return body.getvalue()


def context(folder: Path, content: bytes) -> BuildContext:
    (folder / "archive").write_bytes(content)
    return BuildContext(ContextSource(folder))


def unpacked(
    folder: Path, content: bytes, there: Mapping[str, Entry] | None = None, owner: Owner | None = None
) -> tuple[Target, list[tarfile.TarInfo]]:
    """The target after unpacking in /x, and what the engine gets to unpack there."""
    target = Target(listing(there or {"/x": directory()}), tree(there or {"/x": directory()}), NOW)
    sent = b"".join(unpack(context(folder, content), "/archive", target, "/x", owner, lambda size: None))
    with tarfile.open(fileobj=io.BytesIO(sent)) as tar:
        return target, tar.getmembers()


def zstd_compress(data: bytes) -> bytes:
    return b"".join(compressed([data], Compression.ZSTD))


@pytest.mark.parametrize("compress", [bytes, gzip.compress, bz2.compress, lzma.compress, zstd_compress])
def test_archives_are_told_however_they_are_compressed(compress: Callable[[bytes], bytes], tmp_path: Path) -> None:
    content = compress(archive(member("a")))
    assert is_archive(context(tmp_path, content), "/archive")
    target, members = unpacked(tmp_path, content)
    assert [info.name for info in members] == ["a"]
    assert target.entry("/x/a") is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text",
        bytes(2048),
        gzip.compress(b"text"),
        gzip.compress(b"")[:8],
        b"BZh9" + bytes(50),
        b"\xfd7zXZ\0" + b"x" * 9,
        b"\x28\xb5\x2f\xfd" + b"x" * 20,
        lzma.compress(archive(member("a")), format=lzma.FORMAT_ALONE),
        gzip.compress(gzip.compress(archive(member("a")))),
    ],
    ids=[
        *("empty", "text", "zeros", "gzipped text", "cut off gzip", "broken bzip2", "broken xz", "broken zstd"),
        *("lzma of old", "gzipped twice"),
    ],
)
def test_other_files_are_no_archives(content: bytes, tmp_path: Path) -> None:
    assert not is_archive(context(tmp_path, content), "/archive")


def test_members_keep_owner_mode_and_time(tmp_path: Path) -> None:
    target, _ = unpacked(
        tmp_path, archive(member("d", tarfile.DIRTYPE, mode=0o700), member("d/f"), member("l", tarfile.SYMTYPE, "d"))
    )
    f, d, to_d = (target.entry(path) for path in ("/x/d/f", "/x/d", "/x/l"))
    assert f == Entry(EntryKind.FILE, 0o640, 11, 12, 4, MTIME * 10**9)
    assert d == Entry(EntryKind.DIRECTORY, 0o700, 11, 12, 0, MTIME * 10**9)
    assert to_d == Entry(EntryKind.SYMLINK, 0o777, 11, 12, 1, MTIME * 10**9, target="d")


def test_an_owner_is_for_every_member(tmp_path: Path) -> None:
    target, members = unpacked(tmp_path, archive(member("d", tarfile.DIRTYPE), member("d/f")), owner=Owner(1, 2))
    assert [(info.uid, info.gid) for info in members] == [(1, 2), (1, 2)]
    assert target.entry("/x/d") == Entry(EntryKind.DIRECTORY, 0o640, 1, 2, 0, MTIME * 10**9)


def test_a_hard_link_is_like_the_file_that_it_names(tmp_path: Path) -> None:
    target, _ = unpacked(tmp_path, archive(member("f"), member("h", tarfile.LNKTYPE, "f")))
    entry = target.entry("/x/h")
    assert entry is not None
    assert (entry.kind, entry.size) == (EntryKind.FILE, 4)


def test_a_hard_link_to_a_symlink_is_that_symlink(tmp_path: Path) -> None:
    to_nowhere = member("s", tarfile.SYMTYPE, "nowhere")
    target, _ = unpacked(tmp_path, archive(to_nowhere, member("h", tarfile.LNKTYPE, "s")))
    for path in ("/x/s", "/x/h"):
        entry = target.entry(path)
        assert entry is not None
        assert (entry.kind, entry.target, entry.mode) == (EntryKind.SYMLINK, "nowhere", 0o777)


def test_directories_that_the_archive_does_not_name_are_sent_with_their_times(tmp_path: Path) -> None:
    target, _ = unpacked(tmp_path, archive(member("made/on/f"), member("named", tarfile.DIRTYPE), member("named/f")))
    assert {path for path, _ in target.take_directories()} == {"/x", "/x/made", "/x/made/on"}


def test_a_member_replaces_what_is_there_but_directories_merge(tmp_path: Path) -> None:
    there = {"/x/d/kept": file(), "/x/f": directory(), "/x/f/gone": file(), "/x/g": file()}
    target, _ = unpacked(
        tmp_path, archive(member("d", tarfile.DIRTYPE), member("f"), member("g", tarfile.DIRTYPE)), there
    )
    kinds = {path: entry.kind for path in ("/x/f", "/x/g", "/x/d/kept") if (entry := target.entry(path))}
    assert kinds == {"/x/f": EntryKind.FILE, "/x/g": EntryKind.DIRECTORY, "/x/d/kept": EntryKind.FILE}
    assert target.entry("/x/f/gone") is None


def test_links_on_the_way_stay_within_the_destination(tmp_path: Path) -> None:
    content = archive(
        member("l", tarfile.SYMTYPE, "/etc"), member("l/passwd"), member("up", tarfile.SYMTYPE, "../.."), member("up/f")
    )
    target, members = unpacked(tmp_path, content)
    assert [info.name for info in members] == ["l", "etc/passwd", "up", "f"]
    assert target.entry("/etc/passwd") is None
    assert target.entry("/x/etc/passwd") is not None
    assert target.entry("/x/f") is not None


def test_links_that_are_there_are_followed_too(tmp_path: Path) -> None:
    there = {"/x/l": link("/real"), "/x/real": directory()}
    _, members = unpacked(tmp_path, archive(member("l/f")), there)
    assert [info.name for info in members] == ["real/f"]


def test_a_linked_archive_names_each_directory_itself_since_what_is_there_may_be_a_link(tmp_path: Path) -> None:
    target = Target(listing({"/x/l": link("/real"), "/x/f/full": file()}), Nothing(), NOW, on_top=True)
    make_directories(target, "/x")
    content = context(tmp_path, archive(member("l/m/f"), member("l/g"), member("f")))
    sent = b"".join(unpack(content, "/archive", target, "/x", Owner(1, 2), lambda size: None))
    with tarfile.open(fileobj=io.BytesIO(sent)) as tar:
        assert [(info.name, info.isdir(), info.uid) for info in tar] == [
            ("l", True, 0),
            ("l/m", True, 0),
            ("l/m/f", False, 1),
            ("l/g", False, 1),
            ("f", False, 1),
        ]
    gone = [change.path for change in target.layer().changes if change.after is None]
    assert gone == ["/x/f/full"]


def test_a_member_that_leads_out_of_the_destination_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CopyError, match=r"the archive holds \.\./f, which leads out"):
        unpacked(tmp_path, archive(member("../f")))


def test_a_damaged_archive_is_an_error_that_names_it(tmp_path: Path) -> None:
    content = gzip.compress(archive(member("f"), data=bytes(range(256)) * 400))
    with pytest.raises(CopyError, match="archive is a damaged archive"):
        unpacked(tmp_path, content[:-300])


def test_an_archive_whose_first_header_can_be_read_is_one_wherever_it_is_cut_off(tmp_path: Path) -> None:
    whole = gzip.compress(archive(member("f"), data=random.Random(1).randbytes(100_000)))
    assert is_archive(context(tmp_path, whole[:-20_000]), "/archive")


def test_an_archive_of_nothing_but_records_for_all_members_is_one_too(tmp_path: Path) -> None:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w", pax_headers={"comment": "nothing"}):
        pass
    assert is_archive(context(tmp_path, body.getvalue()), "/archive")


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("gone", "the archive holds h, a link to gone, which is not there"),
        ("../etc/passwd", "the archive holds h, a link to ../etc/passwd, which leads out"),
        ("..", "the archive holds h, a link to .., which leads out"),
    ],
)
def test_a_hard_link_to_nothing_or_out_of_the_destination_is_an_error(tmp_path: Path, link: str, message: str) -> None:
    with pytest.raises(CopyError) as caught:
        unpacked(tmp_path, archive(member("h", tarfile.LNKTYPE, link)))
    assert caught.value.message == message


def test_a_hard_link_to_a_file_of_the_image_changes_that_file_too(tmp_path: Path) -> None:
    there = {"/x/old": file(size=7)}
    target, _ = unpacked(tmp_path, archive(member("h", tarfile.LNKTYPE, "/old")), there)
    linked = Entry(EntryKind.FILE, 0o640, 11, 12, 7, MTIME * 10**9)
    assert (target.entry("/x/h"), target.entry("/x/old")) == (linked, linked)


@pytest.mark.parametrize("owner", [None, Owner(1, 2)])
def test_extended_attributes_that_no_filesystem_takes_are_left_out(tmp_path: Path, owner: Owner | None) -> None:
    on_file, on_link = member("f"), member("l", tarfile.SYMTYPE, "f")
    for info in (on_file, on_link):
        info.pax_headers = {
            f"SCHILY.xattr.{name}": "value" for name in ("nonsense", "user.a", "security.b", "trusted.c")
        }
    _, members = unpacked(tmp_path, archive(on_file, on_link), owner=owner)
    kept = [sorted(key.removeprefix("SCHILY.xattr.") for key in info.pax_headers if "xattr" in key) for info in members]
    assert kept == [["security.b", "trusted.c", "user.a"], ["security.b", "trusted.c"]]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "a/b", "./a", "/b/a", "a/../b", "c/"]),
            st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE]),
            st.sampled_from(["a", "b", "/", "..", "a/b", "/a"]),
        ),
        max_size=6,
    )
)
def test_whatever_the_members_are_nothing_outside_of_the_destination_changes(
    members: list[tuple[str, bytes, str]],
) -> None:
    with tempfile.TemporaryDirectory() as name, contextlib.suppress(CopyError):
        there = {"/x": directory(), "/etc/passwd": file()}
        target, sent = unpacked(Path(name), archive(*(member(*each) for each in members)), there)
        assert all(not info.name.startswith(("/", "../")) for info in sent)
        changed = {change.path for change in target.layer().changes}
        assert all(path == "/x" or path.startswith("/x/") for path in changed)
