from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.image.entry import EntryKind
from stepper.image.layer import Change, ChangeKind, Layer
from stepper.tui.widgets.change_nodes import Node, SortBy, all_nodes, layer_tree, listing_tree
from tests.tui.widgets.layers import added, deleted, entry, folder, layer, layers, modified


def outline(node: Node, sort: SortBy = SortBy.NAME) -> list[str]:
    """Names with their depth as dots."""
    lines: list[str] = []
    for child in node.sorted_children(sort):
        lines.append(child.name + ("/" if child.children is not None else ""))
        lines += ["." + line for line in outline(child, sort)]
    return lines


def test_folders_on_the_way_to_a_change_are_there_without_being_changes() -> None:
    root = layer_tree(layer(added("/etc/a", 1), added("/etc/b/c", 2)))
    assert outline(root) == ["etc/", ".a", ".b/", "..c"]
    etc = root.sorted_children(SortBy.NAME)[0]
    assert (etc.kind, etc.path, etc.size, etc.count) == (None, "/etc", 3, 2)


def test_a_folder_with_one_folder_in_it_stands_for_both() -> None:
    root = layer_tree(layer(added("/go/pkg/mod/a/x", 1), added("/go/pkg/mod/b/y", 1)))
    assert outline(root) == ["go/pkg/mod/", ".a/", "..x", ".b/", "..y"]
    assert root.sorted_children(SortBy.NAME)[0].path == "/go/pkg/mod"


def test_folding_hides_no_change() -> None:
    etc = modified("/etc", entry(EntryKind.DIRECTORY), entry(EntryKind.DIRECTORY))
    assert outline(layer_tree(layer(etc, folder("/etc/new"), added("/etc/new/x")))) == ["etc/", ".new/", "..x"]
    assert outline(layer_tree(layer(folder("/opt"), folder("/opt/new"), added("/opt/new/x")))) == ["opt/new/", ".x"]


def test_names_sort_as_names_and_sizes_from_the_largest() -> None:
    root = layer_tree(layer(added("/a/x", 1), added("/a-b", 5), added("/b", 9), added("/c", 5)))
    assert outline(root) == ["a/", ".x", "a-b", "b", "c"]
    assert outline(root, SortBy.SIZE) == ["b", "a-b", "c", "a/", ".x"]
    gone = layer_tree(layer(added("/a", 1), deleted("/b", 5), deleted("/c", 9)))
    assert outline(gone, SortBy.SIZE) == ["a", "c", "b"]


def test_a_file_with_several_hard_links_counts_once() -> None:
    linked = entry(size=100, links=2, inode=7)
    changes = [Change(path, ChangeKind.ADDED, None, linked) for path in ("/a/1", "/b/2")]
    root = layer_tree(layer(*changes))
    assert root.size == layer(*changes).size == 100


def test_the_root_itself_is_no_row() -> None:
    change = modified("/", entry(EntryKind.DIRECTORY), entry(EntryKind.DIRECTORY))
    root = layer_tree(layer(change, added("/a")))
    assert (outline(root), root.change, root.count) == (["a"], change, 2)


def test_a_folder_that_became_a_file_still_shows_what_was_in_it() -> None:
    change = modified("/a", entry(EntryKind.DIRECTORY), entry())
    assert outline(layer_tree(layer(change, deleted("/a/x")))) == ["a/", ".x"]


def test_a_listing_is_a_tree_of_entries() -> None:
    root = listing_tree({"/": entry(EntryKind.DIRECTORY), "/b": entry(size=3), "/a": entry(EntryKind.DIRECTORY)})
    assert outline(root) == ["a/", "b"]
    assert (root.size, root.count, root.sorted_children(SortBy.NAME)[1].entry) == (3, 3, entry(size=3))


@given(layers())
@settings(max_examples=200, deadline=None)
def test_every_change_is_in_the_tree_and_totals_are_right(source: Layer) -> None:
    root = layer_tree(source)
    nodes = list(all_nodes(root))
    assert (root.size, root.count) == (source.size, len(source.changes))
    shown = {node.path: node.change for node in nodes}
    hidden = [change for change in source.changes if change.path not in shown]
    for change in hidden:
        # Only folded into a folder below of the same kind.
        assert any(
            path.startswith(change.path + "/") and kept and kept.kind is change.kind for path, kept in shown.items()
        )
    for node in nodes:
        if node.children is None:
            assert node.count == 1
        else:
            own = [c for c in source.changes if c.path == node.path or c.path.startswith(node.path + "/")]
            assert node.size == sum(change.size for change in own)
            deleted_files = (c.before for c in own if c.after is None and c.before is not None)
            assert node.gone == sum(each.size for each in deleted_files if each.kind is EntryKind.FILE)


@given(layers(), st.sampled_from(SortBy))
@settings(max_examples=100, deadline=None)
def test_paths_lead_to_their_nodes(source: Layer, sort: SortBy) -> None:
    def check(node: Node, path: str) -> None:
        for child in node.sorted_children(sort):
            assert child.path == f"{path}/{child.name}"
            check(child, child.path)

    check(layer_tree(source), "")
