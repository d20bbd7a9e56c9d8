from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.image.layer import Layer
from stepper.image.path_filter import parse_filter
from stepper.tui.widgets.change_nodes import Node, SortBy, layer_tree
from stepper.tui.widgets.visible_rows import OPEN_AT_FIRST, OpenFolders, VisibleRows
from tests.tui.widgets.layers import added, layer, layers


@dataclass
class NaiveRows:
    """What the rows should be, worked out anew each time, by recursion."""

    root: Node
    sort: SortBy
    text: str
    open: dict[str, bool] = field(default_factory=dict)

    def rows(self) -> list[tuple[str, int]]:
        return self._below(self.root, 0)

    def _below(self, node: Node, depth: int) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        children = node.children or []
        by_name = sorted(children, key=lambda child: child.name)
        for child in by_name if self.sort is SortBy.NAME else sorted(by_name, key=lambda child: -child.size):
            if not self._wanted(child):
                continue
            found.append((child.path, depth))
            if self.open.get(child.path, False):
                found += self._below(child, depth + 1)
        return found

    def _wanted(self, node: Node) -> bool:
        return self.text in node.path.lower() or any(self._wanted(child) for child in node.children or [])


def shown(rows: VisibleRows) -> list[tuple[str, int]]:
    return [(node.path, depth) for node, depth in zip(rows.nodes, rows.depths, strict=True)]


@given(
    layers(),
    st.sampled_from(SortBy),
    st.sampled_from(["", "", "a", "b/", "é", "nowhere"]),
    st.lists(st.one_of(st.integers(0, 30), st.booleans()), max_size=12),
)
@settings(max_examples=300, deadline=None)
def test_the_rows_are_those_of_a_naive_model(source: Layer, sort: SortBy, text: str, actions: list[int | bool]) -> None:
    root = layer_tree(source)
    rows = VisibleRows(root, OpenFolders(), sort=sort, only=parse_filter(text))
    model = NaiveRows(root, sort, text)
    folders = [node for node in rows_of(root) if node.children]
    model.open = {node.path: rows.is_open(node) for node in folders}
    assert shown(rows) == model.rows()
    for action in actions:
        if isinstance(action, bool):
            rows.set_all(action)
            model.open = {node.path: action for node in folders}
        elif rows.nodes:
            row = action % len(rows.nodes)
            path = rows.nodes[row].path
            if rows.nodes[row].children:
                model.open[path] = not model.open[path]
            rows.toggle(row)
        assert shown(rows) == model.rows()
    for row, (path, depth) in enumerate(shown(rows)):
        assert rows.row_of(path) == row
        above = rows.parent_of(row)
        assert (above is None) == (depth == 0)
        assert above is None or path.startswith(rows.nodes[above].path + "/")


def rows_of(root: Node) -> list[Node]:
    found: list[Node] = []
    for child in root.children or []:
        found += [child, *rows_of(child)]
    return found


def test_a_small_tree_is_open_at_first_and_a_large_folder_is_not() -> None:
    small = layer(added("/a/1/x"), added("/a/2/y"))
    rows = VisibleRows(layer_tree(small), OpenFolders())
    assert len(rows.nodes) == 5
    large = layer(added("/b"), *(added(f"/a/{number}") for number in range(OPEN_AT_FIRST)))
    rows = VisibleRows(layer_tree(large), OpenFolders())
    assert [node.path for node in rows.nodes] == ["/a", "/b"]


def test_a_folder_alone_at_the_top_is_open_however_large() -> None:
    large = layer(*(added(f"/a/{number}") for number in range(100)))
    assert len(VisibleRows(layer_tree(large), OpenFolders()).nodes) == 101


def test_what_the_user_opened_and_closed_holds_for_the_next_layer() -> None:
    folders = OpenFolders()
    first = VisibleRows(layer_tree(layer(added("/a/x"), added("/b/y"))), folders)
    first.toggle(0)
    second = VisibleRows(layer_tree(layer(added("/a/other"), added("/b/z"))), folders)
    assert [node.path for node in second.nodes] == ["/a", "/b", "/b/z"]
    second.set_all(False)
    third = VisibleRows(layer_tree(layer(added("/a/x"), added("/c/y"))), folders)
    assert [node.path for node in third.nodes] == ["/a", "/c"]


def test_a_filter_opens_what_it_finds_and_does_not_change_what_was_open() -> None:
    folders = OpenFolders()
    root = layer_tree(layer(added("/a/x"), added("/b/needle"), added("/b/y")))
    plain = VisibleRows(root, folders)
    plain.set_all(False)
    filtered = VisibleRows(root, folders, only=parse_filter("needle"))
    assert [node.path for node in filtered.nodes] == ["/b", "/b/needle"]
    filtered.toggle(0)
    assert [node.path for node in filtered.nodes] == ["/b"]
    assert [node.path for node in VisibleRows(root, folders).nodes] == ["/a", "/b"]


def test_a_filter_with_capitals_minds_them() -> None:
    root = layer_tree(layer(added("/README"), added("/readme")))
    assert len(VisibleRows(root, OpenFolders(), only=parse_filter("readme")).nodes) == 2
    assert [node.path for node in VisibleRows(root, OpenFolders(), only=parse_filter("README")).nodes] == ["/README"]


def test_a_path_that_is_not_shown_is_found_by_the_folder_above() -> None:
    rows = VisibleRows(layer_tree(layer(added("/a/b/c"), added("/a/d"), added("/e"))), OpenFolders())
    rows.set_all(False)
    assert rows.row_of("/a/b/c") == 0
    assert rows.row_of("/nowhere") is None
