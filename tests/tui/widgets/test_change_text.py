import pytest

from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind
from stepper.tui.widgets.change_nodes import Node, SortBy, layer_tree
from stepper.tui.widgets.change_text import Row, describe, differences, permissions, row_note, size_text
from tests.tui.widgets.layers import added, deleted, entry, folder, layer, modified

NET_RAW = bytes.fromhex("0100000200200000000000000000000000000000")


def node_of(*changes: Change) -> Node:
    """The first row of a layer."""
    return layer_tree(layer(*changes)).sorted_children(SortBy.NAME)[0]


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (entry(), "-rw-r--r--"),
        (entry(EntryKind.DIRECTORY, mode=0o1777), "drwxrwxrwt"),
        (entry(EntryKind.SYMLINK, mode=0o777), "lrwxrwxrwx"),
        (entry(mode=0o4755), "-rwsr-xr-x"),
        (entry(EntryKind.CHARACTER_DEVICE, mode=0o660), "crw-rw----"),
    ],
)
def test_permissions_look_as_in_ls(thing: Entry, text: str) -> None:
    assert permissions(thing) == text


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (entry(), entry(mode=0o755), ("mode 0644 → 0755",)),
        (entry(), entry(uid=1000, gid=5), ("owner 0:0 → 1000:5",)),
        (entry(size=12), entry(size=1400), ("size 12 B → 1.4 kB",)),
        (
            entry(EntryKind.SYMLINK, target="a"),
            entry(EntryKind.SYMLINK, target="b\n"),
            ("target a → b\\n",),
        ),
        (entry(), entry(EntryKind.DIRECTORY, mode=0o755), ("file → directory", "mode 0644 → 0755")),
        (entry(), entry(mtime_ns=5), ("written again",)),
        (entry(EntryKind.DIRECTORY), entry(EntryKind.DIRECTORY, mtime_ns=5), ("time",)),
    ],
)
def test_a_modification_says_what_differs(before: Entry, after: Entry, said: tuple[str, ...]) -> None:
    assert differences(modified("/x", before, after)) == said


def test_a_row_notes_link_targets_and_changed_modes() -> None:
    assert (
        row_note(node_of(Change("/l", added("/l").kind, None, entry(EntryKind.SYMLINK, target="t\x1b")))) == "→ t\\x1b"
    )
    assert row_note(node_of(modified("/x", entry(), entry(mode=0o755, uid=1)))) == "0644→0755 0:0→1:0"
    assert row_note(node_of(added("/x"))) == ""


def test_a_row_notes_extended_attributes_where_they_are_new_or_other() -> None:
    ping, note = ("security.capability", NET_RAW), ("user.note", b"mine")
    plain, capped = entry(), entry()._replace(xattrs=(ping,))
    assert row_note(node_of(Change("/x", ChangeKind.ADDED, None, capped))) == "cap_net_raw=ep"
    assert row_note(node_of(modified("/x", plain, capped))) == "none→cap_net_raw=ep"
    assert row_note(node_of(modified("/x", capped, plain))) == "cap_net_raw=ep→none"
    assert row_note(node_of(modified("/x", capped, capped._replace(mode=0o755)))) == "0644→0755"
    assert row_note(node_of(modified("/x", capped, capped._replace(xattrs=(ping, note))))) == "none→user.note"
    assert row_note(node_of(Change("/x", ChangeKind.DELETED, capped, None))) == ""
    many = tuple((f"user.{letter * 9}", b"") for letter in "abc")
    assert row_note(node_of(Change("/x", ChangeKind.ADDED, None, entry()._replace(xattrs=many)))) == (
        "user.aaaaaaaaa user.bbbbbbbbb u…"
    )


def test_a_file_with_several_names_counts_once_and_each_says_how_large_it_is() -> None:
    root = layer_tree(
        layer(*(Change(f"/{name}", ChangeKind.ADDED, None, entry(size=5, links=2, inode=1)) for name in "ab"))
    )
    rows = root.sorted_children(SortBy.NAME)
    assert root.size == 5
    assert [(size_text(node), row_note(node)) for node in rows] == [("5 B", ""), ("5 B", "hard link")]
    linked = modified("/x", entry(size=5), entry(size=5, links=3, inode=1))
    assert (row_note(node_of(linked)), differences(linked)) == ("1→3 links", ("1 → 3 links",))


def test_what_was_found_in_a_file_goes_before_what_its_entry_says() -> None:
    touched = modified("/x", entry(), entry())
    node, capped = node_of(touched), entry()._replace(xattrs=(("security.capability", NET_RAW),))
    assert row_note(node) == "written again"
    assert row_note(node, Row(touched._replace(after=capped), capped)) == "none→cap_net_raw=ep"
    assert "modified extended attributes" in describe(node, Row(touched._replace(after=capped), capped))
    older = node_of(modified("/x", entry(), entry(mtime_ns=5)))
    assert older.change is not None
    assert row_note(older) == "content or time"
    assert row_note(older, Row(older.change._replace(same_content=True), older.entry)) == "time only"


def test_a_deleted_file_shows_what_it_had_in_brackets() -> None:
    assert size_text(node_of(deleted("/x", 1200))) == "(1.2 kB)"
    assert size_text(node_of(added("/x", 1200))) == "1.2 kB"
    assert size_text(node_of(folder("/x"), added("/x/y", 12), added("/x/z", 3))) == "15 B"
    assert size_text(node_of(added("/x", kind=EntryKind.SYMLINK))) == ""


def test_a_folder_that_adds_nothing_shows_what_was_deleted_of_it_in_brackets() -> None:
    gone = Change("/x", ChangeKind.DELETED, entry(EntryKind.DIRECTORY), None)
    assert size_text(node_of(gone, deleted("/x/y", 1200), deleted("/x/z", 300))) == "(1.5 kB)"
    assert size_text(node_of(gone)) == ""
    changed = modified("/x", entry(EntryKind.DIRECTORY), entry(EntryKind.DIRECTORY))
    assert size_text(node_of(changed, deleted("/x/y", 1200))) == "(1.2 kB)"
    mixed = node_of(changed, added("/x/a", 5), deleted("/x/y", 1200))
    assert size_text(mixed) == "5 B"
    assert describe(mixed).endswith("3 paths, 5 B, 1.2 kB deleted")


def test_the_description_has_all_that_is_known() -> None:
    assert describe(node_of(added("/a\n", 12))) == "/a\\n · added · -rw-r--r--  0:0  12 B  2001-09-09 01:46:40 UTC"
    assert describe(node_of(deleted("/x", 12))).startswith("/x · deleted · was -rw-r--r--  0:0  12 B")
    assert "modified mode 0644 → 0755" in describe(node_of(modified("/x", entry(), entry(mode=0o755))))
    assert describe(node_of(added("/d/x", 5), added("/d/y", 5))) == "/d · 2 paths, 10 B"
    assert "2 links" in describe(node_of(Change("/x", added("/x").kind, None, entry(links=2, inode=1))))
    assert "5:1" in describe(
        node_of(Change("/x", added("/x").kind, None, entry(EntryKind.CHARACTER_DEVICE, device=(5, 1))))
    )
    assert "s since 1970" in describe(node_of(Change("/x", added("/x").kind, None, entry(mtime_ns=10**30))))
