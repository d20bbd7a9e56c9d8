"""Two finished images held against each other."""

from collections.abc import Sequence

from stepper.image.comparison import differences, final_digests
from stepper.image.layer_contents import read_layer
from stepper.image.stack import stack
from tests.image.layers import Member, file, folder, link, symlink, tar


def marks(first: Sequence[Sequence[Member]], second: Sequence[Sequence[Member]]) -> dict[str, str]:
    sides = []
    for layers in (first, second):
        contents = [read_layer([tar(*members)]) for members in layers]
        found = stack(contents)
        sides.append((found.listing, final_digests(contents, found)))
    (before, digests_before), (after, digests_after) = sides
    layer = differences(before, after, digests_before, digests_after)
    return {change.path: change.kind.value for change in layer.changes}


def test_the_same_files_in_other_layers_are_no_difference() -> None:
    assert marks([[file("a", b"1"), file("b", b"2")]], [[file("b", b"old")], [file("b", b"2"), file("a", b"1")]]) == {}


def test_times_are_no_difference() -> None:
    assert marks([[file("a", b"1", mtime=1)]], [[file("a", b"1", mtime=2)]]) == {}


def test_contents_of_the_same_size_are_told_apart() -> None:
    assert marks([[file("a", b"1")]], [[file("a", b"2")]]) == {"/a": "~"}


def test_modes_owners_and_targets_count() -> None:
    first = [[file("a"), file("b"), symlink("c", "x"), folder("d")]]
    second = [[file("a", mode=0o600), file("b", uid=1), symlink("c", "y"), file("d")]]
    assert marks(first, second) == {"/a": "~", "/b": "~", "/c": "~", "/d": "~"}


def test_what_only_one_has_is_added_or_deleted() -> None:
    assert marks([[file("a")]], [[file("b")]]) == {"/a": "-", "/b": "+"}


def test_every_name_of_a_file_has_its_content() -> None:
    linked = [[file("a", b"1"), link("b", "a")]]
    assert marks(linked, [[file("a", b"1"), file("b", b"2")]]) == {"/b": "~"}
