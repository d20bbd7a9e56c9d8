"""Which files the sources of a COPY name."""

from pathlib import Path

import pytest

from stepper.dockerfile.operations import CopyOperation
from stepper.engine.context import BuildContext
from stepper.engine.copy_error import CopyError
from stepper.engine.copy_sources import find_sources, selected_sources
from stepper.engine.copy_walk import walk
from stepper.engine.step import ContextSource
from tests.engine.trees import directory, file, link, tree

TREE = tree(
    {
        "/a.txt": file(),
        "/b.txt": file(),
        "/dir/c.txt": file(),
        "/dir/sub/d.txt": file(),
        "/dir/a*b": file(),
        "/linked": link("dir"),
        "/gone": link("nowhere"),
        "/empty": directory(),
    }
)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a.txt", ["/a.txt"]),
        ("/a.txt", ["/a.txt"]),
        ("./dir/../a.txt", ["/a.txt"]),
        ("../../a.txt", ["/a.txt"]),
        (".", ["/"]),
        ("dir/", ["/dir"]),
        ("*.txt", ["/a.txt", "/b.txt"]),
        ("[b-z].txt", ["/b.txt"]),
        ("d?r/*.txt", ["/dir/c.txt"]),
        ("d*/*/*.txt", ["/dir/sub/d.txt"]),
        ("linked", ["/linked"]),
        ("linked/*.txt", ["/dir/c.txt"]),
        ("link*/c.txt", []),
        ("*.nothing", []),
        ("dir/a[*]b", ["/dir/a*b"]),
        ("di?/a\\*b", ["/dir/a*b"]),
    ],
)
def test_sources_name_paths(source: str, found: list[str]) -> None:
    assert find_sources(TREE, source) == found


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("aa.txt", '"/aa.txt": not found', "Did you mean a.txt?"),
        ("dir/sub/d.tx", '"/dir/sub/d.tx": not found', "Did you mean dir/sub/d.txt?"),
        ("nowhere/*.txt", '"/nowhere": not found', None),
        ("gone", '"/gone": not found', "It is a link to nowhere, and that does not exist there."),
        ("go*", '"/gone": not found', "It is a link to nowhere, and that does not exist there."),
        ("a.txt/x", "/a.txt is not a directory", None),
        ("[ab", r"\[ab is no valid pattern", None),
    ],
)
def test_what_is_missing_is_an_error_that_says_what_to_do(source: str, message: str, hint: str | None) -> None:
    with pytest.raises(CopyError, match=message) as caught:
        find_sources(TREE, source)
    assert caught.value.hint == hint


def test_a_source_that_the_ignore_file_keeps_out_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch()
    context = BuildContext(ContextSource(tmp_path, "*.key\n"))
    with pytest.raises(CopyError, match="not found in the build context") as caught:
        find_sources(context, "secret.key")
    assert caught.value.hint == "It is there, but line 1 of the ignore file keeps it out: *.key"


def test_a_source_outside_of_the_context_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "context").mkdir()
    (tmp_path / "outside").touch()
    with pytest.raises(CopyError) as caught:
        find_sources(BuildContext(ContextSource(tmp_path / "context")), "../outside")
    assert caught.value.hint == "Nothing outside of the build context can be copied: `..` stops at its root."


def taken(*sources: str, exclude: tuple[str, ...] = ()) -> list[str]:
    """What --parents takes of the tree, as `directory:path below it`."""
    operation = CopyOperation(sources, "/x", parents=True, exclude=exclude)
    found = selected_sources(TREE, operation)
    return [
        f"{path}:{visit.relative}"
        for path, selection in found
        for visit in walk(TREE, path, selection)
        if visit.relative
    ]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("dir/c.txt", ["/:dir", "/:dir/c.txt", "/:dir"]),
        ("/dir/./c.txt", ["/dir:c.txt"]),
        ("./dir/c.txt", ["/:dir", "/:dir/c.txt", "/:dir"]),
        ("dir/./sub/./d.txt", ["/dir:sub", "/dir:sub/d.txt"]),
        ("d*/./c.txt", ["/dir:c.txt"]),
        ("/./a.txt", ["/:a.txt"]),
        ("**/d.txt", ["/:dir", "/:dir/sub", "/:dir/sub/d.txt"]),
        ("../a.txt", ["/:a.txt"]),
        ("no*", []),
        ("dir/./no*", []),
        ("none*/./x", []),
    ],
)
def test_parents_keep_the_directories_after_the_pivot(source: str, found: list[str]) -> None:
    assert set(taken(source)) == set(found)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("dir/none", '"/dir/none": not found'),
        ("dir/./none", '"/dir/none": not found'),
        ("none/./a", '"/none": not found'),
        ("linked/c.txt", '"/linked/c.txt": not found'),
        (".", "names nothing to copy with --parents"),
        ("dir/./", "names nothing to copy with --parents"),
    ],
)
def test_parents_of_what_is_missing_are_an_error(source: str, message: str) -> None:
    with pytest.raises(CopyError, match=message):
        taken(source)


def test_parents_of_what_is_excluded_are_an_error_unless_it_is_a_glob() -> None:
    with pytest.raises(CopyError, match="not found"):
        taken("a.txt", exclude=("*.txt",))
    assert taken("a.*", exclude=("*.txt",)) == []
