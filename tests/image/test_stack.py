"""Layers on top of each other."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from stepper.image.diff import apply
from stepper.image.layer import ChangeKind, Layer
from stepper.image.layer_contents import LayerContents, read_layer
from stepper.image.stack import HiddenFile, Stack, by_layers, stack
from tests.image.layers import Member, file, folder, link, tar


def stacked(*layers: Sequence[Member]) -> Stack:
    return stack(read_layer([tar(*members)]) for members in layers)


def marks(layer: Layer) -> dict[str, str]:
    return {change.path: change.kind.value for change in layer.changes}


def test_a_first_layer_adds_all_that_it_holds() -> None:
    found = stacked([folder("a"), file("a/b", b"12")])
    assert marks(found.layers[0]) == {"/a": "+", "/a/b": "+"}
    assert found.sizes == (2,)
    assert found.unreachable == 0
    assert found.writers["/a/b"] == 0


def test_a_file_written_again_is_modified_and_hides_its_bytes() -> None:
    found = stacked([file("a", b"123")], [file("a", b"45")])
    assert marks(found.layers[1]) == {"/a": "~"}
    assert found.hidden == (HiddenFile("/a", 3, 0, 1),)
    assert found.listing["/a"].size == 2


def test_a_file_written_again_is_told_by_its_content_whichever_of_its_names_it_is() -> None:
    found = stacked(
        [file("a", b"1"), link("b", "a"), file("c", b"1"), file("d", b"1"), file("e")],
        [file("b", b"1", mtime=9), file("c", b"1", mtime=9), file("d", b"2", mtime=9), file("e", mtime=9)],
    )
    told = {change.path: change.differs for change in found.layers[1].changes}
    assert told == {"/b": ("time",), "/c": ("time",), "/d": ("content",), "/e": ("time",)}


def test_what_was_not_summed_may_differ_in_its_content() -> None:
    layers = [read_layer([tar(file("a", b"1", mtime=time))], digests=False) for time in (1, 2)]
    assert [change.differs for change in stack(layers).layers[1].changes] == [("content or time",)]


def test_a_directory_that_only_holds_what_changed_is_no_change() -> None:
    found = stacked([folder("d"), file("d/a", b"1")], [folder("d"), file("d/b", b"2")])
    assert marks(found.layers[1]) == {"/d/b": "+"}


def test_a_whiteout_deletes_all_below() -> None:
    found = stacked([folder("d"), folder("d/e"), file("d/e/f", b"123")], [file(".wh.d")])
    assert marks(found.layers[1]) == {"/d": "-", "/d/e": "-", "/d/e/f": "-"}
    assert found.unreachable == 3
    assert set(found.listing) == {"/"}


def test_an_opaque_directory_keeps_nothing_from_below() -> None:
    found = stacked([folder("d"), file("d/a", b"1")], [folder("d"), file("d/.wh..wh..opq"), file("d/b", b"2")])
    assert marks(found.layers[1]) == {"/d/a": "-", "/d/b": "+"}


def test_what_a_layer_hides_and_brings_itself_stays_whatever_the_order() -> None:
    found = stacked([folder("d"), file("d/a", b"1")], [file("d/a", b"22"), file("d/.wh.a")])
    assert found.listing["/d/a"].size == 2
    assert marks(found.layers[1]) == {"/d/a": "~"}


def test_a_directory_in_place_of_a_file_and_the_other_way_round() -> None:
    found = stacked([file("x", b"1")], [folder("x"), file("x/y", b"22")], [file("x", b"3")])
    assert marks(found.layers[1]) == {"/x": "~", "/x/y": "+"}
    assert marks(found.layers[2]) == {"/x": "~", "/x/y": "-"}
    assert found.unreachable == 3


def test_a_path_without_its_directories_has_them_made() -> None:
    found = stacked([file("a", b"1")], [file("a/b/c", b"2")])
    assert set(found.listing) == {"/", "/a", "/a/b", "/a/b/c"}


def test_a_file_with_several_names_is_hidden_when_the_last_is_gone() -> None:
    found = stacked([file("a", b"123"), link("b", "a")], [file(".wh.a")], [file(".wh.b")])
    assert found.hidden == (HiddenFile("/b", 3, 0, 2),)


def test_a_name_of_a_file_in_a_layer_below_keeps_its_bytes_reachable() -> None:
    found = stacked([file("a", b"123")], [link("b", "a")], [file(".wh.a")])
    assert found.listing["/b"].size == 3
    assert found.unreachable == 0


def test_hidden_bytes_are_told_by_layers_with_the_most_expensive_first() -> None:
    found = stacked(
        [file("a", b"1"), file("b", b"22"), file("c", b"333")], [file("a", b"1")], [file(".wh.b"), file(".wh.c")]
    )
    assert {pair: [file.path for file in files] for pair, files in by_layers(found.hidden).items()} == {
        (0, 2): ["/c", "/b"],
        (0, 1): ["/a"],
    }
    assert next(iter(by_layers(found.hidden))) == (0, 2)


PATHS = st.sampled_from(["a", "a/b", "a/b/c", "a/d", "e", "e/f"])
MEMBERS = st.one_of(
    st.builds(file, PATHS, st.binary(max_size=5)),
    st.builds(folder, PATHS),
    st.builds(lambda path: file(f"{path.rpartition('/')[0]}/.wh.{path.rpartition('/')[2]}"), PATHS),
    st.builds(lambda path: file(f"{path}/.wh..wh..opq"), PATHS),
    st.builds(link, PATHS, PATHS),
)
LAYERS = st.lists(st.lists(MEMBERS, max_size=6), min_size=1, max_size=4)


def contents_of(layers: list[list[Member]]) -> list[LayerContents]:
    return [read_layer([tar(*members)]) for members in layers]


@given(LAYERS)
def test_the_changes_of_all_layers_lead_to_the_listing(layers: list[list[Member]]) -> None:
    found = stack(contents_of(layers))
    listing = {"/": stack([]).listing["/"]}
    for layer in found.layers:
        for change in layer.changes:
            assert listing.get(change.path) == change.before
        listing = dict(apply(listing, layer))
    assert listing == found.listing


def test_the_root_is_no_change_of_the_layer_that_describes_it_first() -> None:
    found = stacked([folder("/", mode=0o700)], [folder(".", mode=0o755)])
    assert marks(found.layers[0]) == {}
    assert marks(found.layers[1]) == {"/": "~"}


@given(LAYERS)
def test_every_path_has_its_directory_and_a_writer(layers: list[list[Member]]) -> None:
    found = stack(contents_of(layers))
    assert set(found.writers) == set(found.listing)
    for path in found.listing:
        assert found.listing[path.rpartition("/")[0] or "/"].kind.value == "d"


@given(LAYERS)
def test_what_is_not_hidden_is_visible(layers: list[list[Member]]) -> None:
    contents = contents_of(layers)
    found = stack(contents)
    assert all(file.written <= file.hidden for file in found.hidden)
    inodes: set[int] = set()
    visible = 0
    for entry in found.listing.values():
        if entry.kind.value == "-" and (not entry.inode or entry.inode not in inodes):
            inodes.add(entry.inode)
            visible += entry.size
    assert sum(found.sizes) - found.unreachable == visible


def test_a_layer_of_deletions_alone_has_no_bytes() -> None:
    found = stacked([file("a", b"1")], [file(".wh.a")])
    assert found.sizes[1] == 0
    assert found.layers[1].count(ChangeKind.DELETED) == 1
