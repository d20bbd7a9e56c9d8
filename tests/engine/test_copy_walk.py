"""What `--exclude` and `--parents` take of a source."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.engine.copy_error import CopyError
from stepper.engine.copy_walk import EVERYTHING, Selected, Visit, selection_of, walk
from tests.engine.trees import directory, file, link, tree

SOURCE = tree(
    {
        "/s/a.txt": file(),
        "/s/b.md": file(),
        "/s/dir/c.txt": file(),
        "/s/dir/deep/d.md": file(),
        "/s/dir/deep/e.txt": file(),
        "/s/empty": directory(),
        "/s/link": link("dir"),
        "/s/other/f": file(),
    }
)


def visits(*exclude: str, include: str | None = None) -> list[Visit]:
    return list(walk(SOURCE, "/s", selection_of(exclude, include)))


def taken(*exclude: str, include: str | None = None) -> list[str]:
    """The relative paths of all that is copied; `(dir)` for a directory that is only on the way."""
    names = {Selected.ENTER: "{}/", Selected.PASS: "({})", Selected.FILE: "{}"}
    return [names[v.how].format(v.relative) for v in visits(*exclude, include=include) if v.how in names and v.relative]


def test_everything_is_taken_without_patterns() -> None:
    expected = ["a.txt", "b.md", "dir/", "dir/c.txt", "dir/deep/", "dir/deep/d.md", "dir/deep/e.txt", "empty/"]
    assert taken() == [*expected, "link", "other/", "other/f"]


def test_patterns_are_relative_to_the_directory_that_is_copied() -> None:
    assert "a.txt" not in taken("*.txt")
    assert "dir/c.txt" in taken("*.txt")
    assert "a.txt" in taken("s/a.txt")
    assert "a.txt" in taken("/a.txt")
    assert "a.txt" not in taken("./a.txt")


def test_a_directory_that_is_excluded_is_gone_with_all_that_is_in_it() -> None:
    assert taken("dir", "empty") == ["a.txt", "b.md", "link", "other/", "other/f"]


def test_what_is_taken_back_in_brings_the_directories_on_the_way_along() -> None:
    assert taken("*", "!dir/deep/*.md") == ["(dir)", "(dir/deep)", "dir/deep/d.md"]
    rest = taken("dir", "!dir/deep", "empty", "*.*", "link", "other")
    assert rest == ["(dir)", "dir/deep/", "dir/deep/d.md", "dir/deep/e.txt"]


def test_parents_take_what_the_pattern_names_and_the_directories_above_it() -> None:
    assert taken(include="dir/c.txt") == ["(dir)", "dir/c.txt"]
    assert taken(include="**/*.md") == ["b.md", "(dir)", "(dir/deep)", "dir/deep/d.md"]
    assert taken(include="dir/deep") == ["(dir)", "dir/deep/", "dir/deep/d.md", "dir/deep/e.txt"]
    assert taken(include="*/f") == ["(other)", "other/f"]
    assert taken(include="none") == []
    assert taken(include="") == []


def test_what_is_excluded_is_not_brought_back_by_parents() -> None:
    assert taken("**/deep", include="dir") == ["dir/", "dir/c.txt"]


def test_a_link_is_never_gone_through() -> None:
    assert taken(include="link/c.txt") == []


def test_a_source_that_is_a_file_is_taken_whatever_the_patterns_are() -> None:
    found = list(walk(SOURCE, "/s/a.txt", selection_of(["**"], "b.md")))
    assert [(visit.how, visit.relative) for visit in found] == [(Selected.FILE, "")]


@pytest.mark.parametrize("pattern", ["[", "!"])
def test_a_malformed_pattern_is_an_error(pattern: str) -> None:
    with pytest.raises(CopyError):
        selection_of([pattern])


names = st.sampled_from(["a", "b", "c", "a.md"])
paths = st.lists(names, min_size=1, max_size=4).map("/".join)
patterns = st.lists(st.sampled_from(["a", "b", "*", "**", "*.md", "?"]), min_size=1, max_size=3).map("/".join)


@settings(max_examples=150)
@given(
    files=st.sets(paths, min_size=1, max_size=8),
    exclude=st.lists(st.tuples(st.sampled_from(["", "!"]), patterns).map("".join), max_size=3),
    include=st.none() | patterns,
)
def test_what_is_visited_is_what_is_asked_for_and_the_way_to_it(
    files: set[str], exclude: list[str], include: str | None
) -> None:
    """No pruning loses anything, every directory is there before what is in it, and none is entered without reason."""
    names = {name for name in files if not any(other.startswith(f"{name}/") for other in files)}
    source = tree({f"/{name}": file() for name in names})
    selection = selection_of(exclude, include)
    seen: set[str] = {""}
    passed: set[str] = set()
    for visit in walk(source, "/", selection):
        if visit.how is Selected.LEAVE:
            continue
        assert visit.relative.rpartition("/")[0] in seen
        assert visit.relative not in seen or not visit.relative
        seen.add(visit.relative)
        if visit.how is Selected.PASS:
            passed.add(visit.relative)
    every = {"/".join(name.split("/")[:end]) for name in names for end in range(1, name.count("/") + 2)}
    assert seen - passed - {""} == {path for path in every if selection.takes(path)}
    assert all(any(path.startswith(f"{way}/") for path in seen - passed) for way in passed)


def test_everything_visits_each_path_once() -> None:
    assert visits() == list(walk(SOURCE, "/s", EVERYTHING))
