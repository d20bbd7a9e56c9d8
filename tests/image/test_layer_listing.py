"""The filesystem after each layer, and which layers touched a path."""

from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.image.layer_contents import read_layer
from stepper.image.layer_listing import events_of, listing_after
from stepper.image.stack import Stack, stack
from tests.image.layers import Member, file, folder, symlink, tar

_NAMES = st.sampled_from(["a", "d", "d/a", "d/e", "d/e/f", ".wh.a", "d/.wh.e", "d/.wh..wh..opq", "./a", "../d/a"])
_MEMBERS = st.one_of(
    st.builds(file, _NAMES, st.sampled_from([b"", b"1", b"22"])),
    st.builds(folder, _NAMES),
    st.builds(symlink, _NAMES, st.just("t")),
)
_LAYERS = st.lists(st.lists(_MEMBERS, max_size=5), min_size=1, max_size=4)


def stacked(*layers: list[Member]) -> Stack:
    return stack(read_layer([tar(*members)]) for members in layers)


@given(_LAYERS)
@settings(max_examples=80, deadline=None)
def test_after_each_layer_it_is_what_the_layers_up_to_it_make(layers: list[list[Member]]) -> None:
    whole = stacked(*layers)
    for index in range(len(layers)):
        below = stacked(*layers[: index + 1])
        found = listing_after(whole.layers, index)
        assert {path: entry for path, entry in found.listing.items() if path != "/"} == {
            path: entry for path, entry in below.listing.items() if path != "/"
        }
        assert found.writers.keys() == found.listing.keys()


def test_the_writer_is_the_layer_that_wrote_a_path_last() -> None:
    layers = stacked([file("a", b"1"), file("b", b"1")], [file("a", b"22")], [file(".wh.b"), file("c")]).layers
    assert listing_after(layers, 1).writers == {"/a": 1, "/b": 0}
    assert listing_after(layers, 2).writers == {"/a": 1, "/c": 2}


def test_the_events_of_a_path_are_told_the_oldest_first() -> None:
    layers = stacked([file("a", b"1")], [file("a", b"22")], [file("z")], [file(".wh.a")]).layers
    assert [(event.layer, event.change.kind.value) for event in events_of(layers, "/a")] == [
        (0, "+"),
        (1, "~"),
        (3, "-"),
    ]
    assert events_of(layers, "/none") == ()
