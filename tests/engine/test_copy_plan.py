"""What a COPY does to a filesystem, without an engine. The parity tests hold the same rules to BuildKit."""

from collections.abc import Mapping

import pytest

from stepper.engine.copy_error import CopyError
from stepper.engine.copy_flags import Owner
from stepper.engine.copy_modes import Chmod
from stepper.engine.copy_plan import Nothing, Rules, Target, absolute, make_directories, plan_copy
from stepper.engine.copy_walk import selection_of
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import ChangeKind
from tests.engine.trees import NOW, OLD, SECOND, directory, file, link, listing, tree

SOURCE = {
    "/file": file(3, 0o640),
    "/dir": directory(0o750, mtime_ns=OLD + SECOND),
    "/dir/a": file(1),
    "/dir/sub": directory(0o711, mtime_ns=OLD + 2 * SECOND),
    "/dir/sub/b": file(2),
    "/dir/link": link("a"),
    "/to-file": link("file"),
}


def target(entries: Mapping[str, Entry] | None = None) -> Target:
    before = listing(entries or {})
    return Target(before, tree(entries or {}), NOW)


def copied(source: str, into: Target, destination: str, rules: Rules = Rules()) -> dict[str, str]:  # noqa: B008 - frozen
    """Destination by source of the files that are written."""
    return {file.source: file.destination for file in plan_copy(tree(SOURCE), source, into, destination, rules)}


@pytest.mark.parametrize(
    ("source", "destination", "place"),
    [
        ("/file", "/x", "/x"),
        ("/file", "/x/", "/x/file"),
        ("/file", "/there", "/there/file"),
        ("/file", "/x/y/z", "/x/y/z"),
        ("/file", "/x/.", "/x/file"),
        ("/file", "/to-there", "/there/file"),
        ("/to-file", "/x/", "/x/to-file"),
        ("/file", "/", "/file"),
    ],
)
def test_a_file_goes_where_the_destination_says(source: str, destination: str, place: str) -> None:
    into = target({"/there": directory(), "/to-there": link("there")})
    assert list(copied(source, into, destination).values()) == [place]
    assert into.entry(place) is not None


def test_a_directorys_contents_are_copied() -> None:
    assert copied("/dir", target(), "/x") == {
        "/dir/a": "/x/a",
        "/dir/link": "/x/link",
        "/dir/sub/b": "/x/sub/b",
    }


def test_a_destination_that_is_made_is_an_ordinary_directory_with_the_sources_time() -> None:
    into = target()
    copied("/dir", into, "/above/x")
    assert into.entry("/above") == directory(mtime_ns=NOW)
    assert into.entry("/above/x") == directory(mtime_ns=OLD + SECOND)
    assert into.entry("/above/x/sub") == directory(0o711, mtime_ns=OLD + 2 * SECOND)


def test_a_destination_that_is_there_takes_on_the_time_alone() -> None:
    into = target({"/x": directory(0o700, 5, 6)})
    copied("/dir", into, "/x")
    assert into.entry("/x") == directory(0o700, 5, 6, OLD + SECOND)


def test_a_directory_below_it_takes_on_everything() -> None:
    into = target({"/x/sub": directory(0o777, 5, 6), "/x/sub/kept": file()})
    copied("/dir", into, "/x")
    assert into.entry("/x/sub") == directory(0o711, mtime_ns=OLD + 2 * SECOND)
    assert into.entry("/x/sub/kept") == file()


def test_a_directory_gets_a_new_time_from_what_is_put_into_it() -> None:
    into = target({"/x": directory(0o700, 5, 6)})
    copied("/file", into, "/x")
    assert into.entry("/x") == directory(0o700, 5, 6, NOW)


def test_owner_and_mode_are_for_all_that_is_made() -> None:
    into = target()
    rules = Rules(Owner(7, 8), Chmod("4644"))
    copied("/dir", into, "/above/x", rules)
    above, sub, a, to_a = (into.entry(path) for path in ("/above", "/above/x/sub", "/above/x/a", "/above/x/link"))
    assert above == directory(0o644, 7, 8, NOW)
    assert sub is not None
    assert (sub.mode, sub.uid, sub.gid) == (0o4644, 7, 8)
    assert a == file(1, 0o4644, 7, 8)
    assert to_a == link("a")._replace(uid=7, gid=8)


@pytest.mark.parametrize(
    ("source", "destination", "message"),
    [
        ("/file", "/full", "cannot replace the directory /full/file with a file"),
        ("/dir", "/other", "cannot copy a directory to /other: it is there and is no directory"),
        ("/dir", "/x", "cannot copy a directory to /x/sub"),
        ("/file", "/other/", "/other is not a directory"),
        ("/file", "/other/deeper/x", "/other is not a directory"),
        ("/nothing", "/x", '"/nothing": not found'),
    ],
)
def test_what_buildkit_refuses_is_an_error(source: str, destination: str, message: str) -> None:
    into = target({"/full/file": directory(), "/other": file(), "/x/sub": link("/full")})
    with pytest.raises(CopyError, match=message):
        copied(source, into, destination)


def test_the_layer_holds_what_changed_with_the_entries_before() -> None:
    into = target({"/x": directory(0o700), "/x/a": file(9)})
    copied("/dir", into, "/x")

    changes = {change.path: change for change in into.layer().changes}

    assert {path: change.kind for path, change in changes.items()} == {
        "/x": ChangeKind.MODIFIED,
        "/x/a": ChangeKind.MODIFIED,
        "/x/link": ChangeKind.ADDED,
        "/x/sub": ChangeKind.ADDED,
        "/x/sub/b": ChangeKind.ADDED,
    }
    assert changes["/x/a"].before == file(9)
    assert changes["/x/a"].after == file(1)


def test_directories_are_sent_once_parents_first() -> None:
    into = target()
    copied("/dir", into, "/above/x")
    assert [path for path, _ in into.take_directories()] == ["/", "/above", "/above/x", "/above/x/sub"]
    assert into.take_directories() == []


def test_what_is_removed_takes_everything_below_with_it() -> None:
    into = target({"/x/a": file(), "/x/sub/b": file(), "/xy": file()})
    make_directories(into, "/x/new")
    into.remove("/x")
    assert [into.entry(path) for path in ("/x", "/x/a", "/x/sub/b", "/x/new")] == [None] * 4
    assert [(change.path, change.kind) for change in into.layer().changes if change.path != "/"] == [
        (path, ChangeKind.DELETED) for path in ("/x", "/x/a", "/x/sub", "/x/sub/b")
    ]
    assert into.entry("/xy") is not None


def on_top(entries: Mapping[str, Entry]) -> Target:
    return Target(listing(entries), Nothing(), NOW, on_top=True)


def test_a_linked_copy_follows_no_link_that_is_there() -> None:
    into = on_top({"/to-real": link("real"), "/real/kept": file()})
    assert copied("/file", into, "/to-real/") == {"/file": "/to-real/file"}
    changes = {change.path: change for change in into.layer().changes}
    assert changes["/to-real"].before == link("real")
    assert changes["/to-real"].after == directory(mtime_ns=NOW)
    assert "/real" not in changes


def test_a_linked_copy_takes_no_directory_as_it_is_there() -> None:
    into = on_top({"/x": directory(0o1777, 5, 6), "/x/kept": file()})
    copied("/file", into, "/x/")
    changes = {change.path: change.after for change in into.layer().changes}
    assert changes == {"/": directory(mtime_ns=NOW), "/x": directory(mtime_ns=NOW), "/x/file": file(3, 0o640)}


def test_a_linked_file_replaces_a_directory_with_all_that_is_in_it() -> None:
    into = on_top({"/x/sub/f": file(), "/xy": file()})
    assert copied("/file", into, "/x") == {"/file": "/x"}
    kinds = {change.path: change.kind for change in into.layer().changes if change.path != "/"}
    assert kinds == {"/x": ChangeKind.MODIFIED, "/x/sub": ChangeKind.DELETED, "/x/sub/f": ChangeKind.DELETED}


def test_a_linked_directory_replaces_a_file_and_merges_with_a_directory() -> None:
    into = on_top({"/x/a": directory(0o700), "/x/a/gone": file(), "/x/sub": file(), "/x/kept": file()})
    copied("/dir", into, "/x")
    kinds = {change.path: change.kind for change in into.layer().changes if change.path not in ("/", "/x")}
    assert kinds == {
        "/x/a": ChangeKind.MODIFIED,
        "/x/a/gone": ChangeKind.DELETED,
        "/x/link": ChangeKind.ADDED,
        "/x/sub": ChangeKind.MODIFIED,
        "/x/sub/b": ChangeKind.ADDED,
    }


def test_directories_on_the_way_to_what_is_selected_take_on_mode_and_owner_where_they_are_made() -> None:
    into = target()
    rules = Rules(Owner(7, 8), Chmod("4711"))
    list(plan_copy(tree(SOURCE), "/dir", into, "/x", rules, selection_of(["sub", "!sub/b"])))
    assert into.entry("/x/sub") == directory(0o4711, 7, 8, NOW)


def test_directories_on_the_way_to_what_is_selected_take_on_the_mode_where_they_are_there() -> None:
    into = target({"/x/sub": directory(0o700, 5, 6)})
    rules = Rules(Owner(7, 8), Chmod("4755"))
    list(plan_copy(tree(SOURCE), "/dir", into, "/x", rules, selection_of(["sub", "!sub/b"])))
    assert into.entry("/x/sub") == directory(0o711, 5, 6, NOW)


def test_a_directory_on_the_way_to_what_is_selected_does_not_replace_a_file() -> None:
    into = target({"/x/sub": file()})
    with pytest.raises(CopyError, match="cannot copy a directory to /x/sub"):
        list(plan_copy(tree(SOURCE), "/dir", into, "/x", Rules(), selection_of(["sub", "!sub/b"])))


def test_a_socket_becomes_an_empty_file_and_a_block_device_a_character_device() -> None:
    socket = Entry(EntryKind.SOCKET, 0o640, 1, 2, 0, OLD)
    disk = Entry(EntryKind.BLOCK_DEVICE, 0o600, 1, 2, 0, OLD, device=(7, 8))
    planned = plan_copy(tree({"/s/a": socket, "/s/b": disk}), "/s", target(), "/x", Rules())
    assert [file.entry for file in planned] == [
        socket._replace(kind=EntryKind.FILE),
        disk._replace(kind=EntryKind.CHARACTER_DEVICE),
    ]


def test_trees_of_any_depth_are_copied() -> None:
    deep = "/dir" + "/d" * 1500
    source = tree({deep + "/file": file()})
    into = target()
    (planned,) = plan_copy(source, "/dir", into, "/x", Rules())
    assert planned.source == deep + "/file"


@pytest.mark.parametrize(
    ("destination", "working_dir", "path"),
    [
        ("/a", "/w", "/a"),
        ("/a/", "/w", "/a/"),
        ("a", "/w", "/w/a"),
        ("a/", "/w", "/w/a/"),
        (".", "/w", "/w/"),
        ("./", "/w", "/w/"),
        ("../a", "/w/x", "/w/a"),
        ("..", "/", "/"),
        ("a/.", "", "/a/"),
        (".", "/", "/"),
    ],
)
def test_a_relative_destination_is_below_the_working_directory(destination: str, working_dir: str, path: str) -> None:
    assert absolute(destination, working_dir) == path
