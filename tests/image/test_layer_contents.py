"""What is read of a layer's archive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.image.archive import ArchiveError
from stepper.image.entry import EntryKind
from stepper.image.layer_contents import LayerContents, inside_root, read_layer
from tests.image.layers import Member, file, folder, link, symlink, tar

_NAMES = st.sampled_from(
    ["a", "a/b", "a/b/c", "./a//b", "/d", "../d", ".", "e/.wh.a", "e/.wh..wh..opq", "é" * 40, "n" * 120]
)
_MEMBERS = st.one_of(
    st.builds(
        file, _NAMES, st.binary(max_size=1100), uid=st.sampled_from([0, 7, 1 << 30]), mtime=st.sampled_from([0, 1.5])
    ),
    st.builds(folder, _NAMES, st.sampled_from([0o755, 0o7700])),
    st.builds(symlink, _NAMES, _NAMES),
    st.builds(link, _NAMES, _NAMES),
)


def test_files_directories_and_links_are_entries_by_their_absolute_paths() -> None:
    contents = read_layer([tar(folder("etc/"), file("etc/hosts", b"abc", uid=7, mode=0o600), symlink("l", "etc"))])
    assert set(contents.entries) == {"/etc", "/etc/hosts", "/l"}
    assert contents.entries["/etc/hosts"][:5] == (EntryKind.FILE, 0o600, 7, 0, 3)
    assert contents.entries["/l"].target == "etc"
    assert contents.size == 3


def test_whiteouts_hide_and_are_no_entries() -> None:
    contents = read_layer([tar(file("a/.wh.b"), file("c/.wh..wh..opq"), file(".wh..wh.plnk"), file(".wh.top"))])
    assert contents == LayerContents({}, frozenset({"/a/b", "/top"}), frozenset({"/c"}))


def test_names_of_one_file_share_an_inode_and_count_once() -> None:
    contents = read_layer([tar(file("a", b"12345"), link("b", "a"), link("c", "b"), file("d", b"x"))])
    assert {contents.entries[path].inode for path in ("/a", "/b", "/c")} == {1}
    assert contents.entries["/c"].links == 3
    assert contents.entries["/d"].inode == 0
    assert contents.size == 6


def test_every_name_of_a_file_has_its_extended_attributes() -> None:
    attributes = {"user.b": b"2", "security.capability": b"\x01\xff"}
    contents = read_layer([tar(file("a", b"1", xattrs=attributes), link("b", "a"), file("c"))])
    assert contents.entries["/a"].xattrs == (("security.capability", b"\x01\xff"), ("user.b", b"2"))
    assert contents.entries["/b"] == contents.entries["/a"]
    assert contents.entries["/c"].xattrs == ()


def test_a_link_to_a_directory_is_taken_as_it_is_told() -> None:
    contents = read_layer([tar(folder("a"), link("b", "a"), file("b/c"))])
    assert contents.entries["/b"].kind is EntryKind.DIRECTORY


def test_a_name_of_a_file_below_is_borrowed() -> None:
    contents = read_layer([tar(link("b", "./below"))])
    assert contents.borrowed == {"/b": "/below"}


def test_of_two_members_with_one_name_the_later_counts() -> None:
    contents = read_layer([tar(file("a", b"12345"), link("b", "a"), file("a", b"x"))])
    assert contents.entries["/a"].size == 1
    assert contents.entries["/b"].links == 1


@given(st.lists(_MEMBERS, max_size=8), st.integers(1, 3000))
def test_in_which_chunks_a_layer_comes_does_not_matter(members: list[Member], size: int) -> None:
    archive = tar(*members)
    chunks = [archive[place : place + size] for place in range(0, len(archive), size)]
    # No header stands whole in a chunk of less than a block.
    pieces = [archive[place : place + 500] for place in range(0, len(archive), 500)]
    assert read_layer([archive]) == read_layer(chunks) == read_layer(pieces)


def test_equal_contents_have_equal_digests_and_others_do_not() -> None:
    contents = read_layer([tar(file("a", b"12345"), file("b", b"12345"), file("c", b"12346"))])
    assert contents.digests["/a"] == contents.digests["/b"] != contents.digests["/c"]


def test_large_contents_are_told_apart_by_their_ends_too_in_whatever_chunks_they_come() -> None:
    large = bytes(1 << 20)
    archive = tar(file("a", large + b"1"), file("b", large + b"1"), file("c", large + b"2"))
    contents = read_layer([archive])
    assert contents.digests["/a"] == contents.digests["/b"] != contents.digests["/c"]
    assert contents == read_layer([archive[place : place + 70_001] for place in range(0, len(archive), 70_001)])


@pytest.mark.parametrize(
    ("name", "path"),
    [("/abs", "/abs"), ("../../x", "/x"), ("a/../../../b", "/b"), ("./a//b/", "/a/b"), ("//x", "/x"), ("", "/")],
)
def test_no_name_leads_out_of_the_root(name: str, path: str) -> None:
    assert inside_root(name) == path


@given(st.text(alphabet="./ab", max_size=20))
def test_every_name_stands_for_a_clean_absolute_path(name: str) -> None:
    path = inside_root(name)
    assert path.startswith("/")
    assert path == "/" or not ({"", ".", ".."} & set(path[1:].split("/")))


def test_a_path_of_as_many_levels_as_linux_takes_is_read() -> None:
    name = "/".join(["d"] * 2_047)
    assert set(read_layer([tar(file(name, b"x"))]).entries) == {"/" + name}


@given(st.binary(max_size=2000))
def test_bytes_that_are_no_archive_are_an_error_and_nothing_else(data: bytes) -> None:
    try:
        read_layer([data])
    except ArchiveError:
        return


@given(st.integers(min_value=1, max_value=3000))
def test_an_archive_that_is_cut_off_is_an_error_or_ends_between_members(length: int) -> None:
    whole = tar(file("a", b"x" * 700), file("b", b"y" * 10))
    try:
        contents = read_layer([whole[:length]])
    except ArchiveError:
        return
    assert set(contents.entries) in (set(), {"/a"}, {"/a", "/b"})
