"""Layers' contents as bytes and back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.image.layer_contents import read_layer
from stepper.image.stored_contents import dump_contents, load_contents
from tests.image.layers import Member, file, folder, link, symlink, tar

_NAMES = st.sampled_from(["a", "d/b", "d/.wh.c", "d/.wh..wh..opq", "é", "x\n", "bad\udcff"])
_MEMBERS = st.one_of(
    st.builds(
        lambda name, content, mode: file(name, content, mode=mode), _NAMES, st.binary(max_size=9), st.just(0o4755)
    ),
    st.builds(folder, _NAMES),
    st.builds(symlink, _NAMES, st.just("t")),
    st.builds(link, _NAMES, _NAMES),
)


@given(st.lists(_MEMBERS, max_size=8))
@settings(max_examples=60, deadline=None)
def test_every_layer_comes_back_as_it_was(members: list[Member]) -> None:
    contents = read_layer([tar(*members)])
    assert load_contents(dump_contents(contents)) == contents


@given(st.binary(max_size=40))
@settings(max_examples=60, deadline=None)
def test_other_bytes_are_an_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        load_contents(data)


def test_extended_attributes_come_back() -> None:
    contents = read_layer([tar(file("a", xattrs={"security.capability": b"\x01\xff", "user.b": b""}), file("c"))])
    assert contents.entries["/a"].xattrs == (("security.capability", b"\x01\xff"), ("user.b", b""))
    assert load_contents(dump_contents(contents)) == contents
