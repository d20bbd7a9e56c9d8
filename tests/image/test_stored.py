"""Listings and layers written and read again."""

import contextlib
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer
from stepper.image.stored import dump_layer, dump_listing, load_layer, load_listing

_NUMBERS = st.integers(0, 2**62)
_TEXTS = st.binary(max_size=6).map(lambda data: data.decode("utf-8", "surrogateescape"))
_ENTRIES = st.builds(
    Entry,
    kind=st.sampled_from(EntryKind),
    mode=st.integers(0, 0o7777),
    uid=_NUMBERS,
    gid=_NUMBERS,
    size=_NUMBERS,
    mtime_ns=st.integers(-(2**62), 2**62),
    ctime_ns=_NUMBERS,
    inode=_NUMBERS,
    links=_NUMBERS,
    target=_TEXTS,
    device=st.tuples(_NUMBERS, _NUMBERS),
    xattrs=st.lists(st.tuples(_TEXTS, st.binary(max_size=4)), max_size=2).map(tuple),
)


@st.composite
def _changes(draw: st.DrawFn) -> Change:
    kind = draw(st.sampled_from(ChangeKind))
    before = draw(_ENTRIES) if kind is not ChangeKind.ADDED else None
    after = draw(_ENTRIES) if kind is not ChangeKind.DELETED else None
    return Change(draw(_TEXTS), kind, before, after)


@settings(max_examples=50)
@given(st.dictionaries(_TEXTS, _ENTRIES, max_size=5))
def test_any_listing_is_read_as_it_was_written(listing: dict[str, Entry]) -> None:
    assert load_listing(dump_listing(listing)) == listing


@settings(max_examples=50)
@given(st.lists(_changes(), max_size=5), st.lists(_changes(), max_size=3))
def test_any_layer_is_read_as_it_was_written(changes: list[Change], mount_points: list[Change]) -> None:
    layer = Layer(tuple(changes), tuple(mount_points))
    assert load_layer(dump_layer(layer)) == layer


@pytest.mark.parametrize(
    "document",
    [
        "[]",
        "{}",
        '{"changes": {"paths": ["/a"], "kinds": "+", "before": [], "after": []}, "mount_points": {}}',
        '{"changes": {"paths": [1], "kinds": "?", "before": [], "after": []}, "mount_points": {}}',
        '{"paths": ["/a"], "entries": [1]}',
        "{",
    ],
)
def test_a_damaged_document_is_the_same_error(document: str) -> None:
    damaged = zlib.compress(document.encode())
    with pytest.raises(ValueError, match="not a stored"):
        load_layer(damaged)
    with pytest.raises(ValueError, match="not a stored"):
        load_listing(damaged)


@settings(max_examples=50)
@given(st.dictionaries(_TEXTS, _ENTRIES, min_size=1, max_size=3), st.data())
def test_a_damaged_byte_is_an_error_or_changes_a_value(listing: dict[str, Entry], data: st.DataObject) -> None:
    stored = bytearray(dump_listing(listing))
    place = data.draw(st.integers(0, len(stored) - 1))
    stored[place] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(ValueError):
        load_listing(bytes(stored))


def test_bytes_that_are_no_listing_are_an_error() -> None:
    with pytest.raises(ValueError, match="not a stored"):
        load_listing(b"something else")
