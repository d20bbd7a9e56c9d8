"""Two finished images held against each other."""

from collections.abc import Sequence

from stepper.image.comparison import differences, final_digests, growth, undecided
from stepper.image.layer import Layer
from stepper.image.layer_contents import read_layer
from stepper.image.stack import stack
from tests.image.layers import Member, file, folder, link, symlink, tar


def marks(first: Sequence[Sequence[Member]], second: Sequence[Sequence[Member]]) -> dict[str, str]:
    return {change.path: change.kind.value for change in compared(first, second).changes}


def compared(first: Sequence[Sequence[Member]], second: Sequence[Sequence[Member]]) -> Layer:
    sides = []
    for layers in (first, second):
        contents = [read_layer([tar(*members)]) for members in layers]
        found = stack(contents)
        sides.append((found.listing, final_digests(contents, found)))
    (before, digests_before), (after, digests_after) = sides
    return differences(before, after, digests_before, digests_after)


def test_the_same_files_in_other_layers_are_no_difference() -> None:
    assert marks([[file("a", b"1"), file("b", b"2")]], [[file("b", b"old")], [file("b", b"2"), file("a", b"1")]]) == {}


def test_a_file_of_another_time_differs_in_that_only_where_its_content_is_the_same() -> None:
    first = [[file("a", b"1", mtime=1), file("b", b"1", mtime=1), file("c", mtime=1), file("d", b"1", mode=0o600)]]
    second = [[file("a", b"1", mtime=2), file("b", b"2", mtime=2), file("c", mtime=2), file("d", b"1", mtime=2)]]

    found = compared(first, second)

    assert {change.path: change.differs for change in found.changes} == {
        "/a": ("time",),
        "/b": ("content",),
        "/c": ("time",),
        "/d": ("mode",),
    }
    assert found.time_only == 2
    assert [change.path for change in found.without_times.changes] == ["/b", "/d"]


def test_times_of_folders_and_links_are_no_difference() -> None:
    first = [[folder("a", mtime=1), symlink("b", "a", mtime=1)]]
    assert marks(first, [[folder("a", mtime=2), symlink("b", "a", mtime=2)]]) == {}


def test_without_digests_it_is_not_known_whether_the_content_is_another() -> None:
    before, after = (
        stack([read_layer([tar(file("a", b"1", mtime=time, uid=time), file("b", b"1", uid=time))])]).listing
        for time in (1, 2)
    )

    found = differences(before, after)

    assert [change.differs for change in found.changes] == [("content or time", "owner"), ("owner",)]
    assert found.time_only == 0
    assert [change.path for change in undecided(found)] == ["/a"]
    assert not undecided(differences(before, after, {"/a": 1}, {"/a": 1}))


def test_contents_of_the_same_size_are_told_apart() -> None:
    assert marks([[file("a", b"1")]], [[file("a", b"2")]]) == {"/a": "~"}


def test_modes_owners_and_targets_count() -> None:
    first = [[file("a"), file("b"), symlink("c", "x"), folder("d")]]
    second = [[file("a", mode=0o600), file("b", uid=1), symlink("c", "y"), file("d")]]
    assert marks(first, second) == {"/a": "~", "/b": "~", "/c": "~", "/d": "~"}


def test_extended_attributes_count_and_are_told_apart() -> None:
    found = compared(
        [[file("a", b"1", xattrs={"user.x": b"1"}), file("b", b"1", xattrs={"user.x": b"1"})]],
        [[file("a", b"1", xattrs={"user.x": b"2"}), file("b", b"1", xattrs={"user.x": b"1"})]],
    )
    assert [(change.path, change.differs) for change in found.changes] == [("/a", ("xattrs",))]


def test_what_only_one_has_is_added_or_deleted() -> None:
    assert marks([[file("a")]], [[file("b")]]) == {"/a": "-", "/b": "+"}


def test_every_name_of_a_file_has_its_content() -> None:
    linked = [[file("a", b"1"), link("b", "a")]]
    assert marks(linked, [[file("a", b"1"), file("b", b"2")]]) == {"/b": "~"}


def test_what_differs_adds_up_to_how_much_more_there_is() -> None:
    first = [[file("a", b"1" * 10), link("b", "a"), file("gone", b"1" * 100), folder("d")]]
    second = [[file("a", b"2" * 15), link("b", "a"), file("new", b"3"), symlink("l", "new")]]
    assert growth(compared(first, second)) == 15 + 1 - 10 - 100
    assert growth(compared(second, first)) == 10 + 100 - 15 - 1
