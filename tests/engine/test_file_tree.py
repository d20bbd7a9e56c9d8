"""Links are followed as if the tree's root were the whole world."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.engine.copy_error import CopyError
from stepper.engine.file_tree import clean, follow
from tests.engine.trees import directory, file, link, tree

TREE = tree(
    {
        "/dir/file": file(),
        "/to-dir": link("dir"),
        "/absolute": link("/dir/file"),
        "/out": link("../../../dir"),
        "/dir/up": link("../to-dir"),
        "/gone": link("missing/file"),
        "/loop": link("pool"),
        "/pool": link("loop"),
        "/self": link("."),
    }
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", "/"),
        ("dir/file", "/dir/file"),
        ("/to-dir/file", "/dir/file"),
        ("/absolute", "/dir/file"),
        ("/out/file", "/dir/file"),
        ("/dir/up/up/file", "/dir/file"),
        ("/self/self/dir", "/dir"),
        ("/gone", "/missing/file"),
        ("/gone/below", "/missing/file/below"),
        ("/nothing/at/all", "/nothing/at/all"),
        ("/dir/../../..//dir/./file", "/dir/file"),
    ],
)
def test_links_lead_to_what_they_name(path: str, found: str) -> None:
    assert follow(TREE, path) == found


def test_a_loop_of_links_is_an_error() -> None:
    with pytest.raises(CopyError, match="too many links"):
        follow(TREE, "/loop/x")


def test_a_path_through_a_file_is_an_error() -> None:
    with pytest.raises(CopyError, match="/dir/file is not a directory"):
        follow(TREE, "/to-dir/file/x")


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcd"), st.text(st.sampled_from("abcd./"), min_size=1, max_size=8), max_size=4),
    st.text(st.sampled_from("abcd./"), max_size=8),
)
def test_what_is_found_is_never_a_link_nor_outside(links: dict[str, str], path: str) -> None:
    entries = {f"/{name}": link(target) for name, target in links.items()} | {"/e": directory()}
    there = tree(entries)
    try:
        found = follow(there, path)
    except CopyError:
        return
    entry = there.entry(found)
    assert found == clean(found)
    assert entry is None or not entry.target


def test_names_come_in_the_order_of_their_bytes() -> None:
    names = ["Z", "a", "b-", "b", "é", "\udcff"]
    found = tree({f"/d/{name}": file() for name in names}).names("/d")
    assert list(found) == sorted(names, key=os.fsencode)
